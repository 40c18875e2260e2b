/**
 * The second stage: frames of the catalog are screened, normalised, registered, averaged to all sizes and kept as a
 * 16-bit Zarr dataset, with the reason for every frame that was left out.
 */
export { type Effects, quietEffects } from '../core/effects.ts';
export { openWorkspace, type Workspace } from '../core/workspace.ts';
export { type ContactSheetOptions, contactSheetOptions, contactSheets } from './contact-sheets.ts';
export { type CurateContext, curate } from './curate.ts';
export { type Dataset, type DatasetFrame, isDated, openDataset } from './dataset.ts';
export { type ExportOptions, type ExportSummary, exportDataset, exportOptions } from './export/index.ts';
export {
  countPictures,
  type ImportOptions,
  type ImportSummary,
  importOptions,
  importPictures,
} from './import/index.ts';
export { type CurateOptions, curateOptions } from './options.ts';
export type { CurateSummary } from './summary.ts';
export {
  restoreTransform,
  type Transform,
  type TransformName,
  type TransformRecord,
} from './transforms/index.ts';
export { digestOf, type VerdictDigest } from './verdict-digest.ts';
export { type DatasetCheck, verifyDatasets } from './verify.ts';
