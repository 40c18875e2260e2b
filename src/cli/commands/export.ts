import { exportDataset, exportOptions } from '../../curate/index.ts';
import { defineCommand } from '../command.ts';

export default defineCommand({
  examples: [
    'sungan export aia-193 --format stylegan --size 512',
    'sungan export aia-193 --format png --bits 16 --split train,test --out pictures',
    'sungan export aia-193 --format catalog',
  ],
  positionals: ['name'],
  schema: exportOptions,
  async run(options, { workspace, effects, dryRun }) {
    const summary = await exportDataset(options, { workspace, effects, dryRun });
    const shown = summary.paths.length > 5 ? [...summary.paths.slice(0, 5), '...'] : summary.paths;
    return {
      text: [`${dryRun ? 'would export ' : ''}${summary.frames} frames as ${summary.format}:`, ...shown].join(
        '\n',
      ),
      data: summary,
    };
  },
});
