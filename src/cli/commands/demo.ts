/** `sungan demo`: the whole road on the built-in synthetic archive. */
import { timesFloor } from '../../eval/index.ts';
import { defineCommand } from '../command.ts';
import { type DemoSummary, demo, rangeOf } from '../demo/demo.ts';
import { demoOptions } from '../demo/options.ts';

export default defineCommand({
  examples: [
    'sungan demo',
    'sungan demo --fresh',
    'sungan demo --days 5 --cadence 3h --kimg 1 --workspace /tmp/try',
  ],
  schema: demoOptions,
  async run(options, context) {
    if (context.dryRun) {
      const { from, to } = rangeOf(options);
      const text = `would simulate ${from} to ${to} every ${options.cadence}, then ingest, curate, train, generate, eval and report in ${context.workspace.root}/demo`;
      return { text, data: options };
    }
    const summary = await demo(options, context);
    return {
      text: describe(summary),
      data: summary,
      exitCode: summary.audit.missed.length + summary.audit.goodRefused.length > 0 ? 1 : 0,
    };
  },
});

function describe({ report, run, audit, scores, seconds }: DemoSummary): string {
  const planted = audit.faults.reduce((sum, { visible }) => sum + visible, 0);
  const caught = audit.faults.reduce((sum, { caughtVisible }) => sum + caughtVisible, 0);
  const lines = scores.results.flatMap(({ scores: each }) =>
    each.map((score) => {
      const times = timesFloor(score);
      return `  ${score.label}: ${score.value.toPrecision(3)}${times === undefined ? '' : ` (${times.toFixed(1)} x the real-against-real floor)`}`;
    }),
  );
  const total = Object.values(seconds).reduce((sum, value) => sum + value, 0);
  return [
    `faults that header or file show: ${caught} of ${planted} caught; good frames refused: ${audit.goodRefused.length} of ${audit.goodFrames}`,
    ...audit.missed.map(({ slot, fault }) => `  missed: ${fault} at ${slot}`),
    ...audit.goodRefused.map(({ slot, reason }) => `  refused though good: ${slot}: ${reason}`),
    'generated against test frames:',
    ...lines,
    `time: ${Object.entries(seconds)
      .map(([name, value]) => `${name} ${value.toFixed(0)} s`)
      .join(', ')}; ${(total / 60).toFixed(1)} minutes in all`,
    `samples: ${run}/samples and ${run}/generated`,
    `report: ${report}`,
  ].join('\n');
}
