/** The dataset card: what a scientist must know before using the set, made from the manifest and the catalog alone. */
import { join } from 'node:path';
import type { Catalog } from '../../catalog/index.ts';
import { writeAtomic } from '../../core/files.ts';
import type { Dataset } from '../dataset.ts';
import type { ChannelHistograms } from '../histograms.ts';
import type { VerdictDigest } from '../verdict-digest.ts';
import { frameLines, rejectionLines, screeningLines } from './frames.ts';
import { calibrationLines, creditLines, geometryLines, intensityLines } from './physics.ts';
import { activityLines, splitLines } from './splits.ts';

export const CARD_FILE = 'card.md';

export async function writeCard(
  dataset: Dataset,
  catalog: Catalog,
  digest: VerdictDigest,
  histograms: readonly ChannelHistograms[],
): Promise<string> {
  const path = join(dataset.directory, CARD_FILE);
  await writeAtomic(path, renderCard(dataset, catalog, digest, histograms));
  return path;
}

function renderCard(
  dataset: Dataset,
  catalog: Catalog,
  digest: VerdictDigest,
  histograms: readonly ChannelHistograms[],
): string {
  const sections = [
    heading(dataset),
    section('Frames', frameLines(dataset, catalog)),
    section('Left out', rejectionLines(dataset, catalog, digest)),
    ...(dataset.manifest.recipe.imported ? [] : [section('Screening', screeningLines(digest))]),
    section('Splits', splitLines(dataset, catalog)),
    section('Activity', activityLines(dataset, digest)),
    section('Geometry', geometryLines(dataset)),
    section('Calibration', calibrationLines(dataset)),
    section('Intensity', intensityLines(dataset, histograms)),
    section('Licence and credit', creditLines(dataset)),
    section('Recipe', recipeLines(dataset)),
    section('Files', fileLines(dataset)),
  ];
  return `${sections.join('\n\n')}\n`;
}

function heading({ name, manifest, channels }: Dataset): string {
  const lines = [`# ${name}`, ''];
  if (manifest.simulated)
    lines.push('**SIMULATED: these frames are made by a program. They are no observations.**', '');
  lines.push('![Contact sheet](contact-sheet.png)', '');
  lines.push(
    `Full-disk images of the Sun, ${channels.map(describeChannel).join(', ')}, made by sungan ${manifest.madeBy}.`,
  );
  return lines.join('\n');
}

const describeChannel = (name: string) => (/^\d+$/.test(name) ? `AIA ${name} Å` : name.toUpperCase());

const section = (title: string, lines: readonly string[]) => [`## ${title}`, '', ...lines].join('\n');

function fileLines({ manifest }: Dataset): string[] {
  const rows = Object.entries(manifest.files).map(
    ([name, { bytes, sha256 }]) => `| ${name} | ${bytes} | ${sha256} |`,
  );
  return ['| file | bytes | SHA-256 |', '| --- | --- | --- |', ...rows];
}

/** The recipe as it stands in the manifest: the same options on the same frames give the same bytes. */
function recipeLines({ manifest, hash }: Dataset): string[] {
  return ['```json', JSON.stringify(manifest.recipe, null, 1), '```', '', `SHA-256 of the manifest: ${hash}`];
}
