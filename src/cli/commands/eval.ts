/** `sungan eval`: scores of a run, or of any pictures against any others. */
import { evalOptions, evaluate, planEvaluation, scoreTable } from '../../eval/index.ts';
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
    return { text: scoreTable(summary), data: summary };
  },
});
