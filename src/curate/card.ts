/** The dataset card: what a scientist must know before using the set, made from the manifest and the catalog alone. */
import { join } from 'node:path';
import type { Catalog, Split } from '../catalog/index.ts';
import { writeAtomic } from '../core/files.ts';
import { channelOf } from './channels.ts';
import type { Dataset } from './dataset.ts';
import { registeredScale } from './register.ts';
import { RULES, reasonsOf } from './rules/index.ts';

export const CARD_FILE = 'card.md';

export async function writeCard(dataset: Dataset, catalog: Catalog): Promise<string> {
  const path = join(dataset.directory, CARD_FILE);
  await writeAtomic(path, renderCard(dataset, catalog));
  return path;
}

export function renderCard(dataset: Dataset, catalog: Catalog): string {
  const { manifest } = dataset;
  const sections = [
    heading(dataset),
    section('Frames', frameLines(dataset, catalog)),
    section('Left out', rejectionLines(dataset, catalog)),
    section('Splits', splitLines(dataset, catalog)),
    section('Geometry', geometryLines(dataset)),
    section('Intensity', intensityLines(dataset)),
    section('Licence and credit', creditLines(dataset)),
    section('Files', [
      `| file | bytes | SHA-256 |`,
      '| --- | --- | --- |',
      ...Object.entries(manifest.files).map(
        ([name, { bytes, sha256 }]) => `| ${name} | ${bytes} | ${sha256} |`,
      ),
    ]),
  ];
  return `${sections.join('\n\n')}\n`;
}

function heading({ name, manifest, channels }: Dataset): string {
  const lines = [`# ${name}`, ''];
  if (manifest.simulated)
    lines.push('**SIMULATED: these frames are made by a program. They are no observations.**', '');
  lines.push(
    `Full-disk images of the Sun, ${channels.map(describeChannel).join(', ')}, made by sungan ${manifest.madeBy}.`,
  );
  return lines.join('\n');
}

const describeChannel = (name: string) => (/^\d+$/.test(name) ? `AIA ${name} Å` : name.toUpperCase());

const section = (title: string, lines: readonly string[]) => [`## ${title}`, '', ...lines].join('\n');

function frameLines(dataset: Dataset, catalog: Catalog): string[] {
  const times = dataset.frames.map((frame) => frame.time).sort();
  const sources = new Set<string>();
  for (const { frameId } of dataset.frames) {
    const frame = catalog.frame(frameId);
    if (frame) sources.add(`${frame.product} (${frame.source})`);
  }
  return [
    `- Count: ${dataset.count}`,
    `- Time of observation: ${times[0] ?? 'none'} to ${times.at(-1) ?? 'none'}`,
    `- Median spacing: ${medianSpacing(times)}`,
    `- Source and level: ${[...sources].sort().join(', ') || 'none'}`,
    `- Gaps longer than three spacings: ${gapLines(times).join('; ') || 'none'}`,
  ];
}

function spacings(times: readonly string[]): number[] {
  return times.slice(1).map((time, i) => Date.parse(time) - Date.parse(times[i]!));
}

function medianMs(times: readonly string[]): number {
  const sorted = spacings(times).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function medianSpacing(times: readonly string[]): string {
  const ms = medianMs(times);
  return ms === 0 ? 'not defined' : `${Number((ms / 3_600_000).toPrecision(4))} h`;
}

const LARGEST_LISTED_GAPS = 12;

function gapLines(times: readonly string[]): string[] {
  const limit = 3 * medianMs(times);
  const gaps = spacings(times).flatMap((ms, i) => (ms > limit ? [`${times[i]} to ${times[i + 1]}`] : []));
  const listed = gaps.slice(0, LARGEST_LISTED_GAPS);
  return gaps.length > listed.length ? [...listed, `and ${gaps.length - listed.length} more`] : listed;
}

function rejectionLines(dataset: Dataset, catalog: Catalog): string[] {
  const verdicts = catalog.verdicts(dataset.name);
  const rejected = verdicts.filter((verdict) => !verdict.accepted);
  const counts = new Map<string, number>();
  for (const { scores } of rejected) {
    for (const { rule, passed } of scores) if (!passed) counts.set(rule, (counts.get(rule) ?? 0) + 1);
  }
  const rows = [...counts].sort(([, a], [, b]) => b - a);
  const summaries = new Map(RULES.map((rule) => [rule.name, rule.summary]));
  const examples = rejected.slice(0, 20).map(({ frameId, scores }) => {
    return `- ${catalog.frame(frameId)?.slot ?? frameId}: ${reasonsOf(scores).join('; ')}`;
  });
  const judged = `${verdicts.length} frames were judged, ${verdicts.length - rejected.length} accepted, ${rejected.length} rejected.`;
  if (rejected.length === 0) return [judged];
  return [
    `${judged} A frame may fail several rules; every score and limit is kept in the catalog.`,
    '',
    '| rule | frames | what it measures |',
    '| --- | --- | --- |',
    ...rows.map(
      ([rule, count]) => `| ${rule} | ${count} | ${summaries.get(rule) ?? 'the file cannot be read'} |`,
    ),
    '',
    rejected.length > examples.length ? 'The first of them:' : 'All of them:',
    '',
    ...examples,
  ];
}

function splitLines(dataset: Dataset, catalog: Catalog): string[] {
  const splits: Split[] = ['train', 'validation', 'test', 'guard'];
  const units = [...catalog.splits()].filter(([unit]) =>
    dataset.frames.some((frame) => frame.time.startsWith(unit)),
  );
  const byDay = units.some(([unit, split]) => unit.length > 7 && split !== 'guard');
  const rule = byDay
    ? 'Fewer than three calendar months were there when the splits were drawn, so the units are runs of days with a day left out between them. This is less independent than months: the Sun changes little in a day.'
    : `Units are calendar months, drawn by a seeded hash (seed ${dataset.manifest.recipe.seed}) within strata of year and activity tercile; ${dataset.manifest.recipe.guardDays} days are left out where months of different splits meet.`;
  return [
    `${rule} A unit keeps its split for ever.`,
    '',
    '| split | frames | units |',
    '| --- | --- | --- |',
    ...splits.map((split) => {
      const members = units.filter(([, side]) => side === split).map(([unit]) => unit);
      return `| ${split} | ${dataset.indicesOf(split).length} | ${members.join(', ') || '-'} |`;
    }),
  ];
}

function geometryLines({ levels }: Dataset): string[] {
  const size = levels[0]!;
  return [
    `- Levels: ${levels.join(', ')} pixels a side, each the 2x2 mean of the one above in linear values`,
    `- Scale: ${Number(registeredScale(size).toPrecision(6))}" a pixel at ${size}; the field of view is ${Number((0.6 * 4096).toPrecision(6))}"`,
    '- Disk centre at the array centre, (n - 1) / 2 from zero; apparent radius as observed (it changes by 3 % over a year)',
    '- Solar north is up: row 0 of the arrays is the bottom (FITS order), pictures (PNG) are flipped so that north is at the top',
  ];
}

function intensityLines({ manifest }: Dataset): string[] {
  const perChannel = manifest.recipe.channels.flatMap((name, i) => {
    const { unit, nominalExposureSeconds } = channelOf(name);
    const transform = manifest.transforms[i]!;
    const constants = Object.entries(transform.constants).map(([key, value]) => `${key} = ${value}`);
    const exposure = nominalExposureSeconds === null ? '' : ` (${nominalExposureSeconds} s)`;
    return [
      `- Channel ${name}: linear value x in ${unit}${exposure}; stored is round(65535 y), ${transform.formula}`,
      `  - inverse: ${transform.inverse}`,
      `  - constants (${transform.name} version ${transform.version}): ${constants.join(', ')}`,
    ];
  });
  return [...perChannel, '- Degradation of the instrument is not corrected'];
}

function creditLines({ manifest }: Dataset): string[] {
  if (manifest.simulated)
    return ['Simulated data: no observation, no credit due. Not for science about the Sun.'];
  return ['NASA/SDO data are free to use. Courtesy of NASA/SDO and the AIA, EVE, and HMI science teams.'];
}
