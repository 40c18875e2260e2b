/** `sungan ganspace`: what the styles of a generator vary in, and which component is the solar cycle. */
import { type GanspaceSummary, ganspace, ganspaceOptions } from '../../eval/index.ts';
import { defineCommand } from '../command.ts';

export default defineCommand({
  examples: [
    'sungan ganspace',
    'sungan ganspace 3 --components 12 --pictures 1024',
    'sungan generate --run 3 --component 1=+2 --count 8',
  ],
  positionals: ['run'],
  schema: ganspaceOptions,
  async run(options, context) {
    if (context.dryRun) {
      const text = `would look for ${options.components} components in ${options.styles} styles of run ${options.run}`;
      return { text, data: options };
    }
    const summary = await ganspace(options, context);
    return { text: table(summary), data: summary.record };
  },
});

const STRONGEST = 3;

function table({ record, path }: GanspaceSummary): string {
  const lines = record.components.map(({ number, share, effects }) => {
    const certain = effects.filter(({ low, high }) => low * high > 0);
    const strongest = certain.sort((a, b) => Math.abs(b.r) - Math.abs(a.r)).slice(0, STRONGEST);
    const words = strongest.map(
      ({ label, r, low, high }) => `${label} r ${r.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`,
    );
    return `${String(number).padStart(2)}  ${(100 * share).toFixed(1).padStart(5)} %  ${words.join(', ') || 'nothing for certain'}`;
  });
  const { cycle } = record;
  const answer = cycle
    ? `solar activity: component ${cycle.component}, ${cycle.effect.label} r ${cycle.effect.r.toFixed(2)}`
    : 'solar activity: no component for certain';
  return [...lines, answer, path].join('\n');
}
