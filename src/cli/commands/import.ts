import { countPictures, type ImportSummary, importOptions, importPictures } from '../../curate/index.ts';
import { defineCommand } from '../command.ts';

export default defineCommand({
  examples: [
    'sungan import pictures.zip --name slampai-193',
    'sungan import browse/ --name browse-193 --colour-table 193 --range 41:5050 --mask 0:984:520:40',
  ],
  positionals: ['path'],
  schema: importOptions,
  async run(options, { workspace, effects, jobs, dryRun }) {
    if (dryRun) {
      const pictures = await countPictures(options);
      return { text: `would import ${pictures} pictures as ${options.name}`, data: { ...options, pictures } };
    }
    const summary = await importPictures(options, { workspace, effects, jobs });
    return { text: describe(summary), data: summary, exitCode: summary.skipped.length > 0 ? 3 : 0 };
  },
});

function describe({ dataset, imported, count, skipped, splits, directory, levels }: ImportSummary): string {
  return [
    `dataset ${dataset}: ${imported} pictures imported, ${skipped.length} left out`,
    ...skipped.slice(0, 10).map(({ file, reason }) => `  ${file}: ${reason}`),
    `${count} frames at ${levels.join(', ')} pixels: ${splits.train} train, ${splits.validation} validation, ${splits.test} test, ${splits.guard} guard`,
    directory,
  ].join('\n');
}
