import { type CurateSummary, curate, curateOptions } from '../../curate/index.ts';
import { defineCommand } from '../command.ts';

export default defineCommand({
  examples: [
    'sungan curate --wavelength 193',
    'sungan curate --wavelength 193 --size 1024 --name aia-193-1k',
    'sungan curate --wavelength 171 --dry-run',
  ],
  schema: curateOptions,
  async run(options, { workspace, effects, jobs, dryRun }) {
    const summary = await curate(options, { workspace, effects, jobs, dryRun });
    return { text: describe(summary, dryRun), data: summary, exitCode: summary.count > 0 || dryRun ? 0 : 1 };
  },
});

function describe(summary: CurateSummary, dryRun: boolean): string {
  const { considered, accepted, rejected, judgedBefore, reasons, splits } = summary;
  const would = dryRun ? 'would judge' : 'judged';
  const word = dryRun ? 'pass the header rules' : 'accepted';
  const lines = [
    `dataset ${summary.dataset}: ${would} ${considered} frames, ${accepted} ${word}, ${rejected} rejected (${judgedBefore} were judged before)`,
    ...Object.entries(reasons)
      .sort(([, a], [, b]) => b - a)
      .map(([rule, count]) => `  ${rule}: ${count}`),
  ];
  if (summary.explained > 0)
    lines.push(`${summary.explained} of the rejected lie in known events (eclipse, manoeuvre, calibration)`);
  if (dryRun) return lines.join('\n');
  if (!summary.changed) lines.push('nothing new: no file was touched');
  lines.push(
    `${summary.count} frames at ${summary.levels.join(', ')} pixels: ${splits.train} train, ${splits.validation} validation, ${splits.test} test, ${splits.guard} guard`,
    summary.directory,
  );
  return lines.join('\n');
}
