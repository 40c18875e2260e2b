/** Card, histograms and contact sheets: made from the dataset and the catalog, and made again when either has changed. */
import { join } from 'node:path';
import { readJson, writeAtomic } from '../core/files.ts';
import { VERSION } from '../core/version.ts';
import { writeCard } from './card/index.ts';
import { type SheetSource, writeContactSheets } from './contact-sheet.ts';
import { openDataset } from './dataset.ts';
import { drawHistograms, measureHistograms } from './histograms.ts';
import { digestOf } from './verdict-digest.ts';

const HISTOGRAM_DATA = 'histograms.json';
const HISTOGRAM_PICTURE = 'histograms.svg';

/** Written last: says of which state the derived files are, so that a run killed before them is noticed. */
const STAMP_FILE = '.derived.json';

/** True when they had to be made. */
export async function updateDerivedFiles(source: SheetSource): Promise<boolean> {
  const { catalog, manifest } = source;
  const path = join(source.directory, STAMP_FILE);
  const dataset = await openDataset(source.directory).catch(() => undefined);
  const stamp = {
    manifest: dataset?.hash ?? null,
    verdicts: catalog.verdictsHash(manifest.name),
    version: VERSION,
  };
  if (JSON.stringify(await readJson(path)) === JSON.stringify(stamp)) return false;
  const digest = digestOf(catalog.verdicts(manifest.name));
  if (dataset && dataset.count > 0) {
    const histograms = await measureHistograms(dataset);
    await writeAtomic(join(source.directory, HISTOGRAM_DATA), `${JSON.stringify(histograms, null, 1)}\n`);
    const title = `${dataset.name}: ${dataset.count} frames${dataset.simulated ? ' (SIMULATED)' : ''}`;
    await writeAtomic(join(source.directory, HISTOGRAM_PICTURE), drawHistograms(histograms, title));
    await writeCard(dataset, catalog, digest, histograms);
  }
  await writeContactSheets({ ...source, digest });
  await writeAtomic(path, JSON.stringify(stamp));
  return true;
}
