/**
 * Which frames are for training, for validation, for test. The Sun looks nearly the same for hours and returns after 27
 * days, so whole calendar months go to one side, chosen by a seeded hash within strata of year and activity. Assignments
 * are kept in the catalog and never change. Below three months, runs of whole days take the months' place.
 */
import type { Split, SplitAssignment } from '../catalog/index.ts';
import { fnv1a, hash32 } from '../numeric/index.ts';

export interface DatedFrame {
  /** ISO 8601 UTC. */
  time: string;
  /** Any number that grows with solar activity, or null. */
  activity: number | null;
}

export interface SplitPlanOptions {
  seed: number;
  guardDays: number;
}

type Side = 'train' | 'validation' | 'test';

const SHARES: Record<Side, number> = { train: 0.7, validation: 0.15, test: 0.15 };
const SIDES: readonly Side[] = ['train', 'validation', 'test'];
const SMALLEST_MONTHS = 3;
/** Fewer days than that, and a day between the runs would cost too much. */
const SMALLEST_GUARDED_DAYS = 8;
const DAY_MS = 86_400_000;

export interface SplitPlan {
  /** New assignments only. */
  rows: SplitAssignment[];
  unit: 'month' | 'day';
}

/** The split of a time: its day's assignment where there is one, else its month's. */
export function splitOf(time: string, splits: ReadonlyMap<string, Split>): Split | undefined {
  return splits.get(dayOf(time)) ?? splits.get(monthOf(time));
}

/** Assignments that the frames need and the catalog lacks. */
export function planSplits(
  frames: readonly DatedFrame[],
  assigned: ReadonlyMap<string, Split>,
  options: SplitPlanOptions,
): SplitPlan {
  const days = [...new Set(frames.map((frame) => dayOf(frame.time)))].sort();
  const months = new Set([...days.map(monthOf), ...[...assigned.keys()].map(monthOf)]);
  const isOpen = (day: string) => splitOf(day, assigned) === undefined;
  if (months.size >= SMALLEST_MONTHS) {
    const open = new Set(days.filter(isOpen).map(monthOf));
    return { rows: planMonths(frames, [...open].sort(), assigned, options), unit: 'month' };
  }
  return { rows: planDays(days.filter(isOpen), assigned), unit: 'day' };
}

function planMonths(
  frames: readonly DatedFrame[],
  open: readonly string[],
  assigned: ReadonlyMap<string, Split>,
  { seed, guardDays }: SplitPlanOptions,
): SplitAssignment[] {
  const strata = stratify(frames, open);
  const counts: Record<Side, number> = { train: 0, validation: 0, test: 0 };
  for (const [unit, split] of assigned) if (split !== 'guard' && unit.length === 7) counts[split]++;
  const seen = new Set(assigned.values());
  const sides = new Map<string, Side>();
  let left = open.length;
  for (const stratum of strata) {
    const order = [...stratum].sort((a, b) => hash32(seed, fnv1a(a)) - hash32(seed, fnv1a(b)));
    for (const month of order) {
      const empty = SIDES.filter((side) => counts[side] === 0 && !seen.has(side));
      const side = chooseSide(left <= empty.length ? empty : SIDES, counts);
      counts[side]++;
      left--;
      sides.set(month, side);
    }
  }
  const rule = `month, seed ${seed}, by year and activity tercile`;
  const rows = [...sides].map(([unit, split]) => ({ unit, split, rule }));
  return [...rows, ...guards(sides, assigned, guardDays)].sort((a, b) => (a.unit < b.unit ? -1 : 1));
}

/** The side that is furthest below its share; ties go to the earlier in the list. */
function chooseSide(sides: readonly Side[], counts: Record<Side, number>): Side {
  const total = counts.train + counts.validation + counts.test + 1;
  const deficit = (side: Side) => SHARES[side] * total - counts[side];
  return sides.reduce((best, side) => (deficit(side) > deficit(best) ? side : best));
}

/** Months of one year and one tercile of that year's activity together, in a fixed order. */
function stratify(frames: readonly DatedFrame[], months: readonly string[]): string[][] {
  const levels = new Map(months.map((month) => [month, activityOf(frames, month)]));
  const strata: string[][] = [];
  for (const year of new Set(months.map((month) => month.slice(0, 4)))) {
    const ranked = months
      .filter((month) => month.startsWith(year))
      .sort((a, b) => levels.get(a)! - levels.get(b)!);
    for (let tercile = 0; tercile < 3; tercile++) {
      const from = Math.round((ranked.length * tercile) / 3);
      strata.push(ranked.slice(from, Math.round((ranked.length * (tercile + 1)) / 3)));
    }
  }
  return strata;
}

function activityOf(frames: readonly DatedFrame[], month: string): number {
  const values = frames
    .filter((frame) => frame.activity !== null && frame.time.startsWith(month))
    .map((frame) => frame.activity!)
    .sort((a, b) => a - b);
  return values[Math.floor(values.length / 2)] ?? 0;
}

/**
 * Days left out where a new month meets one of another split: on the new month's side when the neighbour already had
 * its assignment (that one's frames must not change), else on the later month's side.
 */
function guards(
  sides: ReadonlyMap<string, Side>,
  assigned: ReadonlyMap<string, Split>,
  guardDays: number,
): SplitAssignment[] {
  const rows: SplitAssignment[] = [];
  for (const [month, side] of sides) {
    const first = Date.parse(`${month}-01T00:00:00Z`);
    const next = Date.parse(`${monthOf(new Date(first + 32 * DAY_MS).toISOString())}-01T00:00:00Z`);
    const before = dayOf(new Date(first - DAY_MS).toISOString());
    const after = dayOf(new Date(next).toISOString());
    const sideBefore = sides.get(monthOf(before)) ?? splitOf(before, assigned);
    const oldAfter = splitOf(after, assigned);
    if (sideBefore !== undefined && sideBefore !== side) rows.push(...guardRows(first, guardDays));
    if (oldAfter !== undefined && oldAfter !== side)
      rows.push(...guardRows(next - guardDays * DAY_MS, guardDays));
  }
  return rows;
}

function guardRows(startMs: number, days: number): SplitAssignment[] {
  return Array.from({ length: days }, (_, i) => ({
    unit: dayOf(new Date(startMs + i * DAY_MS).toISOString()),
    split: 'guard' as const,
    rule: 'guard between months of different splits',
  }));
}

/** A run of days for training, one for validation, one for test, a day between them where there are enough. */
function planDays(days: readonly string[], assigned: ReadonlyMap<string, Split>): SplitAssignment[] {
  const rule = 'run of days: fewer than 3 months';
  const neighbour = sideOfNeighbour(days[0], assigned);
  const isLong = days.length >= SMALLEST_GUARDED_DAYS;
  if (days.length < SIDES.length || (neighbour !== undefined && !isLong)) {
    // Later days join the side of the last day before them, so that no boundary arises.
    return days.map((unit) => ({ unit, split: neighbour ?? 'train', rule }));
  }
  const guard = isLong ? 1 : 0;
  const lead = neighbour !== undefined && neighbour !== 'train' ? guard : 0;
  const usable = days.length - lead - 2 * guard;
  const held = Math.max(1, Math.round(usable * SHARES.test));
  const train = usable - 2 * held;
  return days.map((unit, i) => ({
    unit,
    split: i < lead ? 'guard' : daySplit(i - lead, train, held, guard),
    rule,
  }));
}

function daySplit(i: number, train: number, held: number, guard: number): Split {
  if (i < train) return 'train';
  if (i < train + guard) return 'guard';
  if (i < train + guard + held) return 'validation';
  return i < train + held + 2 * guard ? 'guard' : 'test';
}

/** The side of the last assigned day or month before `day`. */
function sideOfNeighbour(day: string | undefined, assigned: ReadonlyMap<string, Split>): Side | undefined {
  if (day === undefined) return undefined;
  const before = [...assigned].filter(([unit]) => unit <= day).sort(([a], [b]) => (a < b ? 1 : -1));
  return before.map(([, split]) => split).find((split) => split !== 'guard');
}

const dayOf = (time: string) => time.slice(0, 10);
const monthOf = (time: string) => time.slice(0, 7);
