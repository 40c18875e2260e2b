/** Card, histograms and contact sheets: made from the dataset and the catalog, and made again when either has changed. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Verdict } from '../catalog/index.ts';
import { readJson, writeAtomic } from '../core/files.ts';
import { VERSION } from '../core/version.ts';
import { writeCard } from './card/index.ts';
import { type SheetSource, writeContactSheets } from './contact-sheet.ts';
import { openDataset } from './dataset.ts';
import { drawHistograms, measureHistograms } from './histograms.ts';

const HISTOGRAM_DATA = 'histograms.json';
const HISTOGRAM_PICTURE = 'histograms.svg';

/** Written last: says of which state the derived files are, so that a run killed before them is noticed. */
const STAMP_FILE = '.derived.json';

/** Of their JSON, one by one: of the frames of many years it is longer than a text may be. */
function hashOf(verdicts: readonly Verdict[]): string {
  const hash = createHash('sha256').update('[');
  verdicts.forEach((verdict, i) => {
    hash.update(`${i > 0 ? ',' : ''}${JSON.stringify(verdict)}`);
  });
  return hash.update(']').digest('hex');
}

/** True when they had to be made. */
export async function updateDerivedFiles(source: SheetSource): Promise<boolean> {
  const path = join(source.directory, STAMP_FILE);
  const dataset = await openDataset(source.directory).catch(() => undefined);
  const verdicts = source.catalog.verdicts(source.manifest.name);
  const stamp = {
    manifest: dataset?.hash ?? null,
    verdicts: hashOf(verdicts),
    version: VERSION,
  };
  if (JSON.stringify(await readJson(path)) === JSON.stringify(stamp)) return false;
  if (dataset && dataset.count > 0) {
    const histograms = await measureHistograms(dataset);
    await writeAtomic(join(source.directory, HISTOGRAM_DATA), `${JSON.stringify(histograms, null, 1)}\n`);
    const title = `${dataset.name}: ${dataset.count} frames${dataset.simulated ? ' (SIMULATED)' : ''}`;
    await writeAtomic(join(source.directory, HISTOGRAM_PICTURE), drawHistograms(histograms, title));
    await writeCard(dataset, source.catalog, verdicts, histograms);
  }
  await writeContactSheets({ ...source, verdicts });
  await writeAtomic(path, JSON.stringify(stamp));
  return true;
}
