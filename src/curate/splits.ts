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
  for (const [unit, split] of assigned)
    if (split !== 'guard' && unit.length === MONTH_LETTERS) counts[split]++;
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
 * Days of the new months left out because a day of another split is nearer than the guard: on the new month's side when
 * that day had its assignment before (its frames must not change), else on the later month's side.
 */
function guards(
  sides: ReadonlyMap<string, Side>,
  assigned: ReadonlyMap<string, Split>,
  guardDays: number,
): SplitAssignment[] {
  const sideOf = (day: string) => splitOf(day, assigned) ?? sides.get(monthOf(day));
  const rule = 'guard between months of different splits';
  return [...sides].flatMap(([month, side]) =>
    daysOfMonth(month)
      .filter((dayMs) => splitOf(dayAt(dayMs), assigned) === undefined)
      .filter((dayMs) =>
        daysAround(dayMs, guardDays).some((nearMs) => {
          const near = dayAt(nearMs);
          const isOlder = nearMs < dayMs || splitOf(near, assigned) !== undefined;
          return isOlder && differ(side, sideOf(near));
        }),
      )
      .map((dayMs): SplitAssignment => ({ unit: dayAt(dayMs), split: 'guard', rule })),
  );
}

/**
 * The assignments with wider guards where they were drawn for a dataset that asked for fewer days: every day nearer than
 * the guard to one of another split is left out, on both sides.
 */
export function widenGuards(assigned: ReadonlyMap<string, Split>, guardDays: number): Map<string, Split> {
  const widened = new Map(assigned);
  // Runs of days are told as such, and have their own guards.
  for (const month of [...assigned.keys()].filter((unit) => unit.length === MONTH_LETTERS)) {
    for (const dayMs of daysOfMonth(month)) {
      const side = splitOf(dayAt(dayMs), assigned);
      const isNear = daysAround(dayMs, guardDays).some((nearMs) =>
        differ(side, splitOf(dayAt(nearMs), assigned)),
      );
      if (isNear) widened.set(dayAt(dayMs), 'guard');
    }
  }
  return widened;
}

const MONTH_LETTERS = 7;

/** Whether frames of the two must not be near one another. */
const differ = (a: Split | undefined, b: Split | undefined) =>
  a !== undefined && b !== undefined && a !== b && a !== 'guard' && b !== 'guard';

const dayAt = (timeMs: number) => dayOf(new Date(timeMs).toISOString());

/** Midnights of the days of a month. */
function daysOfMonth(month: string): number[] {
  const first = Date.parse(`${month}-01T00:00:00Z`);
  return Array.from({ length: 31 }, (_, i) => first + i * DAY_MS).filter(
    (dayMs) => monthOf(dayAt(dayMs)) === month,
  );
}

/** Midnights of so many days before and after. */
function daysAround(dayMs: number, reach: number): number[] {
  return Array.from({ length: 2 * reach + 1 }, (_, i) => dayMs + (i - reach) * DAY_MS);
}

const DAY_RULE = 'run of days: fewer than 3 months';

/** Days before the last one that has its split join what is around them; what comes behind gets parts of its own. */
function planDays(days: readonly string[], assigned: ReadonlyMap<string, Split>): SplitAssignment[] {
  const last = [...assigned.keys()].reduce((a, b) => (a > b ? a : b), '');
  const between = days.filter((day) => day <= last);
  const later = days.filter((day) => day > last);
  return [
    ...between.map((unit) => ({ unit, split: sideBetween(unit, assigned), rule: DAY_RULE })),
    ...planRun(later, assigned),
  ];
}

/** The split that the days on both sides have; where they differ a day belongs to none. */
function sideBetween(day: string, assigned: ReadonlyMap<string, Split>): Split {
  const before = sideOfNeighbour(day, assigned);
  const behind = [...assigned]
    .filter(([unit, split]) => unit > day && split !== 'guard')
    .reduce<[string, Split] | undefined>((a, b) => (a && a[0] < b[0] ? a : b), undefined)?.[1];
  if (before !== undefined && behind !== undefined && before !== behind) return 'guard';
  return before ?? behind ?? 'guard';
}

/** A run of days for training, one for validation, one for test, a day between them where there are enough. */
function planRun(days: readonly string[], assigned: ReadonlyMap<string, Split>): SplitAssignment[] {
  const neighbour = sideOfNeighbour(days[0], assigned);
  const isLong = days.length >= SMALLEST_GUARDED_DAYS;
  if (days.length < SIDES.length || (neighbour !== undefined && !isLong)) {
    // Later days join the side of the last day before them, so that no boundary arises.
    return days.map((unit) => ({ unit, split: neighbour ?? 'train', rule: DAY_RULE }));
  }
  const guard = isLong ? 1 : 0;
  const lead = neighbour !== undefined && neighbour !== 'train' ? guard : 0;
  const usable = days.length - lead - 2 * guard;
  const held = Math.max(1, Math.round(usable * SHARES.test));
  const train = usable - 2 * held;
  return days.map((unit, i) => ({
    unit,
    split: i < lead ? 'guard' : daySplit(i - lead, train, held, guard),
    rule: DAY_RULE,
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
