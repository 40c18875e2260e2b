/**
 * The first stage: from archives, or a folder, to FITS files in the workspace and their rows in the catalog.
 */
export type { IngestContext } from './context.ts';
export { type TableOutcome, tablePath } from './fetch-tables.ts';
export { ingest, planIngest } from './ingest.ts';
export { type IngestOptions, ingestOptions } from './options.ts';
export type { IngestPlan } from './plan.ts';
export { filterOf, frameSelection } from './selection.ts';
export { describeSummary, exitCodeOf, type IngestSummary } from './summary.ts';
export { TABLE_NAMES, type TableName } from './tables.ts';
export {
  type FaultyFrame,
  type FramesSummary,
  verifyFrames,
  verifyFramesOptions,
} from './verify.ts';
