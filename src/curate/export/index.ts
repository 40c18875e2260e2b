/** Datasets in the formats that other programs read. A new format is a file and a row in the table. */
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { openCatalog, type Split } from '../../catalog/index.ts';
import { type Effects, throwIfStopped } from '../../core/effects.ts';
import { SunganError } from '../../core/errors.ts';
import { exists, writeAtomic } from '../../core/files.ts';
import type { Workspace } from '../../core/workspace.ts';
import { type Dataset, type DatasetFrame, openDataset } from '../dataset.ts';
import { catalogTable } from './catalog-table.ts';
import { fits } from './fits.ts';
import { png } from './png.ts';
import { stylegan } from './stylegan.ts';
import { tfrecord } from './tfrecord.ts';
import type { ExportFormat } from './types.ts';
import { webdataset } from './webdataset.ts';

const FORMATS: readonly ExportFormat[] = [stylegan, tfrecord, webdataset, png, fits];
const FORMAT_NAMES = ['stylegan', 'tfrecord', 'webdataset', 'png', 'fits', 'catalog'] as const;

export const exportOptions = z.strictObject({
  name: z.string().default('aia-193').describe('the dataset: its name in the workspace, or its folder'),
  format: z
    .enum(FORMAT_NAMES)
    .default('stylegan')
    .describe(
      'stylegan: ZIP; tfrecord: PG-GAN; webdataset: tars; png, fits: folders; catalog: Parquet table of verdicts',
    ),
  size: z.coerce.number().int().optional().describe('pixels a side [the largest level]'),
  split: z
    .array(z.enum(['train', 'validation', 'test', 'guard']))
    .default(['train'])
    .describe('which splits'),
  bits: z.coerce.number().int().default(8).describe('8 or 16 bits a value, for png and webdataset'),
  out: z.string().optional().describe('file or folder to write [exports/ in the dataset folder’s workspace]'),
});

export type ExportOptions = z.output<typeof exportOptions>;

export interface ExportSummary {
  format: string;
  frames: number;
  paths: string[];
}

export async function exportDataset(
  options: ExportOptions,
  { workspace, effects, dryRun = false }: { workspace: Workspace; effects: Effects; dryRun?: boolean },
): Promise<ExportSummary> {
  const named = join(workspace.datasets, options.name);
  const dataset = await openDataset((await exists(named)) ? named : resolve(options.name));
  throwIfStopped(effects.signal);
  if (options.format === 'catalog' && !dryRun) return exportCatalog(options, dataset, workspace);
  if (options.format === 'catalog') return { format: 'catalog', frames: dataset.count, paths: [] };
  const format = FORMATS.find((candidate) => candidate.name === options.format)!;
  const size = options.size ?? dataset.levels[0]!;
  const frames = chosenFrames(dataset, options.split);
  const bits = checkedBits(options.bits, format);
  const path = resolve(
    options.out ?? defaultPath(workspace, dataset, `${format.name}${format.extension ?? ''}`),
  );
  if (dryRun) return { format: format.name, frames: frames.length, paths: [path] };
  const paths = await format.write({ path, dataset, size, bits, signal: effects.signal }, frames);
  return { format: format.name, frames: frames.length, paths };
}

async function exportCatalog(
  options: ExportOptions,
  dataset: Dataset,
  workspace: Workspace,
): Promise<ExportSummary> {
  const catalog = openCatalog(workspace.catalog);
  try {
    const path = resolve(options.out ?? defaultPath(workspace, dataset, 'catalog.parquet'));
    const { frames, bytes } = catalogTable(dataset, catalog);
    await writeAtomic(path, bytes);
    return { format: 'catalog', frames, paths: [path] };
  } finally {
    catalog.close();
  }
}

const defaultPath = (workspace: Workspace, dataset: Dataset, file: string) =>
  join(workspace.root, 'exports', `${dataset.name}-${file}`);

function chosenFrames(dataset: Dataset, splits: readonly Split[]): DatasetFrame[] {
  const frames = dataset.frames.filter((frame) => splits.includes(frame.split));
  if (frames.length > 0) return frames;
  throw new SunganError('data', `dataset '${dataset.name}' has no frames in ${splits.join(', ')}`, {
    where: '--split',
    remedy: 'name other splits: train, validation, test, guard',
  });
}

function checkedBits(bits: number, format: ExportFormat): 8 | 16 {
  // A format with one width takes it whatever was said; the default would be wrong for fits.
  if (format.bits.length === 1) return format.bits[0]!;
  if (bits === 8 || bits === 16) return bits;
  throw new SunganError('usage', `${bits} bits`, { where: '--bits', remedy: 'give 8 or 16' });
}
