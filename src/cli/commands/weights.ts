/** `sungan weights`: the Inception weights that FID is made with. */
import { manageWeights, weightsOptions } from '../../eval/index.ts';
import { defineCommand } from '../command.ts';

export default defineCommand({
  examples: ['sungan weights', 'sungan weights fetch', 'sungan weights fetch --which graph'],
  positionals: ['action'],
  schema: weightsOptions,
  async run(options, context) {
    const files = await manageWeights(options, context);
    const planned = files.find(({ which }) => which === options.which);
    const note = context.dryRun && options.action === 'fetch' ? `would fetch ${planned?.url}\n` : '';
    const lines = files.map(
      ({ which, state, path, summary }) => `${which.padEnd(6)} ${state.padEnd(8)} ${path} (${summary})`,
    );
    return { text: note + lines.join('\n'), data: files };
  },
});
