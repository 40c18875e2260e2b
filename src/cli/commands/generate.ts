/** `sungan generate`: pictures of a run's generator, or the generator itself as a model. */
import { z } from 'zod';
import { SunganError } from '../../core/errors.ts';
import { parseEdits, planComponents } from '../../eval/index.ts';
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
        'steps along the components that `sungan ganspace` named (of its checkpoint), in their standard deviations: 1=+2,4=-1',
      ),
  }),
  async run(given, { workspace, effects, dryRun }) {
    const { component, ...options } = given;
    const edits = parseEdits(component);
    if (edits.length > 0 && options.model !== undefined)
      throw new SunganError('usage', 'a model holds no steps along components', {
        where: '--component',
        remedy: 'leave out --component or --model',
      });
    const { run, checkpoint } = options;
    const plan =
      edits.length > 0
        ? await planComponents({ edits, run, checkpoint }, { workspace, effects })
        : { run, checkpoint, restyling: undefined };
    const wanted = { ...options, run: plan.run, checkpoint: plan.checkpoint };
    if (dryRun) {
      const data = await planGeneration(wanted, workspace);
      return { text: `would write ${data.count} pictures of ${data.run}, ${data.checkpoint}`, data };
    }
    const summary = await generate(wanted, { workspace, effects, restyling: plan.restyling });
    const made = options.model ? 'generator as ONNX model' : `${summary.files.length} pictures`;
    const along = plan.restyling ? `, ${plan.restyling.description}` : '';
    return {
      text: `${made} of ${summary.checkpoint}${along}\n${summary.directory}`,
      data: summary,
    };
  },
});
