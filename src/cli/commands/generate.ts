import { z } from 'zod';
import { componentRestyling, parseEdits } from '../../eval/index.ts';
import { generate, generateOptions, planGeneration } from '../../train/index.ts';
import { defineCommand } from '../command.ts';

export default defineCommand({
  examples: [
    'sungan generate --run latest --count 64',
    'sungan generate --run 3 --seeds 7,8,9 --truncation 0.7 --out ./pictures',
    'sungan generate --run 3 --label 2014 --count 16',
    'sungan generate --run 3 --component 1=+2,4=-1 --checkpoint best-swd',
  ],
  schema: z.strictObject({
    ...generateOptions.shape,
    component: z
      .array(z.string())
      .default([])
      .describe(
        'steps along components of the styles (see `sungan ganspace`), in their standard deviations: 1=+2,4=-1',
      ),
  }),
  async run(options, { workspace, effects, dryRun }) {
    const edits = parseEdits(options.component);
    if (dryRun) {
      const plan = await planGeneration(options, workspace);
      return { text: `would write ${plan.count} pictures of ${plan.run}, ${plan.checkpoint}`, data: plan };
    }
    const restyling = edits.length > 0 ? componentRestyling(edits) : undefined;
    const summary = await generate(options, { workspace, effects, restyling });
    const made = options.model ? 'generator as ONNX model' : `${summary.files.length} pictures`;
    return {
      text: `${made} of ${summary.checkpoint}\n${summary.directory}`,
      data: summary,
    };
  },
});
