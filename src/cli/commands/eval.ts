/** `sungan eval`: scores of a run, or of any pictures against any others. */
import { type EvalSummary, evalOptions, evaluate, planEvaluation, timesFloor } from '../../eval/index.ts';
import { defineCommand } from '../command.ts';

export default defineCommand({
  examples: [
    'sungan eval --run runs/0001-demo',
    'sungan eval --run 1 --metrics swd,ms-ssim --count 1024',
    'sungan eval --real aia-193@test --fake ./pictures --resolution 256',
  ],
  schema: evalOptions,
  async run(options, context) {
    if (context.dryRun) {
      const plan = await planEvaluation(options, context);
      const text = `would judge ${plan.count} pictures of ${plan.fake} against ${plan.real} at ${plan.resolution} pixels: ${plan.metrics.join(', ')}`;
      return { text, data: plan };
    }
    const summary = await evaluate(options, context);
    return { text: table(summary), data: summary };
  },
});

function table(summary: EvalSummary): string {
  const rows = summary.results.flatMap(({ scores }) =>
    scores.map((score) => {
      const times = timesFloor(score);
      return [
        `${score.label}${score.unit && ` (${score.unit})`}`,
        score.value.toPrecision(4),
        score.reference === undefined ? '' : `reals ${score.reference.toPrecision(4)}`,
        score.floors.map(({ pair, value }) => `${pair} ${value.toPrecision(4)}`).join(', '),
        times === undefined ? '' : `${times.toFixed(2)} x floor`,
      ];
    }),
  );
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column].length))) ?? [];
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]))
      .join('  ')
      .trimEnd(),
  );
  const head = `${summary.fake.label} against ${summary.real.label}: ${summary.fake.count} pictures a side, ${summary.real.resolution} pixels`;
  return [head, ...lines].join('\n');
}
