/** `sungan ablate`: what each choice of a recipe is worth. */
import { ablate, ablateOptions } from '../../eval/index.ts';
import { defineCommand } from '../command.ts';

export default defineCommand({
  examples: [
    'sungan ablate --data aia-193 --presets sungan-512-log,sungan-512-rates,sungan-512 --seeds 1,2,3 --kimg 500',
    "sungan ablate --data aia-193 --presets 'no log=sungan-64-log@aia-193-linear,+ log=sungan-64-log,+ rates=sungan-64-rates' --kimg 20",
  ],
  schema: ablateOptions,
  async run(options, context) {
    const summary = await ablate(options, context);
    if (context.dryRun) {
      return {
        text: `would train and judge ${summary.runs.length} runs: ${summary.runs.join(', ')}`,
        data: summary,
      };
    }
    return { text: `${summary.table}\n${summary.report}`, data: summary };
  },
});
