/** The part of the card about splits and how active the Sun was in each. */
import type { Catalog, Split } from '../../catalog/index.ts';
import { quantile } from '../../numeric/index.ts';
import { type Dataset, isDated } from '../dataset.ts';
import type { VerdictDigest } from '../verdict-digest.ts';

const SPLITS: readonly Split[] = ['train', 'validation', 'test', 'guard'];

export function splitLines(dataset: Dataset, catalog: Catalog): string[] {
  const units = [...catalog.splits()].filter(([unit]) =>
    dataset.frames.some((frame) => frame.time.startsWith(unit)),
  );
  if (!dataset.frames.every(isDated)) return undatedLines(dataset);
  const byDay = units.some(([unit, split]) => unit.length > 7 && split !== 'guard');
  const rule = byDay
    ? 'Fewer than three calendar months were there when the splits were drawn, so the units are runs of days with a day left out between them. This is less independent than months: the Sun changes little in a day.'
    : `Units are calendar months, drawn by a seeded hash (seed ${dataset.manifest.recipe.seed}, where no earlier dataset of the workspace had drawn them) within strata of year and activity tercile; at least ${dataset.manifest.recipe.guardDays} days are left out where months of different splits meet.`;
  return [
    `${rule} A unit keeps its split for ever.`,
    '',
    '| split | frames | units |',
    '| --- | --- | --- |',
    ...SPLITS.map((split) => {
      const members = units.filter(([, side]) => side === split).map(([unit]) => unit);
      return `| ${split} | ${dataset.indicesOf(split).length} | ${members.join(', ') || '-'} |`;
    }),
  ];
}

function undatedLines(dataset: Dataset): string[] {
  return [
    'Not every picture has a date in its name, so they were split by the order of their names: the first for training, then some for validation, the last for test. Neighbours of different splits may show the same Sun.',
    '',
    '| split | frames |',
    '| --- | --- |',
    ...SPLITS.map((split) => `| ${split} | ${dataset.indicesOf(split).length} |`),
  ];
}

const BINS = 5;

/** Frames by the median of their disk, in fifths of its range over the dataset: the activity that each split has seen. */
export function activityLines(dataset: Dataset, { diskMedians: medians }: VerdictDigest): string[] {
  const values = dataset.frames.flatMap((frame) => medians.get(frame.frameId) ?? []);
  if (values.length === 0) return ['No disk levels were measured.'];
  const [low, high] = [quantile(values, 0), quantile(values, 1)];
  const binOf = (value: number) => Math.min(BINS - 1, Math.floor((BINS * (value - low)) / (high - low || 1)));
  const edge = (bin: number) => Number((low + ((high - low) * bin) / BINS).toPrecision(3));
  const header = Array.from({ length: BINS }, (_, bin) => `${edge(bin)} - ${edge(bin + 1)}`);
  const rows = SPLITS.map((split) => {
    const counts = new Array<number>(BINS).fill(0);
    for (const frame of dataset.frames) {
      const value = medians.get(frame.frameId);
      if (frame.split === split && value !== undefined) counts[binOf(value)]! += 1;
    }
    return `| ${split} | ${counts.join(' | ')} |`;
  });
  return [
    'Frames by the median of the disk (first channel, linear unit), a measure of activity that every frame has:',
    '',
    `| split | ${header.join(' | ')} |`,
    `| --- |${' --- |'.repeat(BINS)}`,
    ...rows,
  ];
}
