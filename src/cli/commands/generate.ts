import { generate, generateOptions, planGeneration } from '../../train/index.ts';
import { defineCommand } from '../command.ts';

export default defineCommand({
  examples: [
    'sungan generate --run latest --count 64',
    'sungan generate --run 3 --seeds 7,8,9 --truncation 0.7 --out ./pictures',
  ],
  schema: generateOptions,
  async run(options, { workspace, effects, dryRun }) {
    if (dryRun) {
      const plan = await planGeneration(options, workspace);
      return { text: `would write ${plan.count} pictures of ${plan.run}, ${plan.checkpoint}`, data: plan };
    }
    const summary = await generate(options, { workspace, effects });
    const made = options.model ? 'generator as ONNX model' : `${summary.files.length} pictures`;
    return {
      text: `${made} of ${summary.checkpoint}\n${summary.directory}`,
      data: summary,
    };
  },
});
