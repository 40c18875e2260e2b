/** `sungan ingest`: archive or folder -> raw FITS + catalog. */
import {
  describeSummary,
  exitCodeOf,
  type IngestPlan,
  ingest,
  ingestOptions,
  planIngest,
} from '../../ingest/index.ts';
import { defineCommand } from '../command.ts';

export default defineCommand({
  examples: [
    'sungan ingest --wavelength 193 --from 2012-01-01 --to 2013-01-01 --cadence 6h',
    'sungan ingest --wavelength 171,193 --from 30d --cadence 1h',
    'sungan ingest --source files --path ~/sdo',
  ],
  schema: ingestOptions,
  async run(options, { workspace, effects, jobs, dryRun }) {
    if (dryRun) {
      const plan = await planIngest(options, { workspace, effects, jobs });
      return { text: describePlan(plan), data: plan };
    }
    const summary = await ingest(options, { workspace, effects, jobs });
    return { text: describeSummary(summary), data: summary, exitCode: exitCodeOf(summary) };
  },
});

function describePlan({
  slots,
  already,
  skipped,
  toAsk,
  firstSlot,
  lastSlot,
  bytes,
  hours,
  bytesPerSecond,
}: IngestPlan): string {
  const range = firstSlot === null ? '' : ` from ${firstSlot} to ${lastSlot}`;
  const cost =
    bytes === 0
      ? ''
      : `, about ${(bytes / 1e9).toFixed(2)} GB and ${hours < 1 ? `${Math.ceil(hours * 60)} minutes` : `${hours.toFixed(1)} hours`} at ${(bytesPerSecond / 1e6).toFixed(1)} MB/s`;
  return `${slots} wanted${range}: ${already} there, ${skipped} left out (known to be missing), ${toAsk} to fetch${cost}`;
}
