/** What is usual: medians and scatters of a quantity in the days around, robust against the bad frames among them. */
import { median, medianAbsoluteDeviation } from '../numeric/index.ts';

export interface LevelDistance {
  value: number;
  /** Median of the reference. */
  typical: number;
  /** |value - typical| in scatters. */
  distance: number;
}

const DAY_MS = 86_400_000;
/** Days on either side that tell what is usual. */
export const WINDOW_DAYS = 15;
/** Where so many days hold enough values they are the better reference: the Sun turns, and its level with it. */
const NEAR_DAYS = 2;
/** Fewer values than that say nothing about what is usual; of the days nearest by, four do. */
const FEWEST = 6;
const FEWEST_NEAR = 4;
/** MAD to the standard deviation of a normal distribution. */
const MAD_TO_SIGMA = 1.4826;
/** Scatter is taken as at least this share of the median: the Sun of a quiet day changes in the next ... */
const SMALLEST_SCATTER_NEAR = 0.07;
/** ... and in a fortnight regions turn into view that lift the disk by half (2,922 simulated days of a whole cycle). */
const SMALLEST_SCATTER = 0.13;

function distanceFrom(
  value: number,
  near: readonly number[],
  wide: () => readonly number[],
  smallestScatter = 0,
): LevelDistance | undefined {
  const isNear = near.length >= FEWEST_NEAR;
  const reference = isNear ? near : wide();
  if (!isNear && reference.length < FEWEST) return undefined;
  const typical = median(reference);
  const scatter = Math.max(
    MAD_TO_SIGMA * medianAbsoluteDeviation(reference),
    (isNear ? SMALLEST_SCATTER_NEAR : SMALLEST_SCATTER) * Math.abs(typical),
    smallestScatter,
  );
  return scatter > 0 ? { value, typical, distance: Math.abs(value - typical) / scatter } : undefined;
}

export interface TimedLevel {
  timeMs: number;
  value: number;
}

/**
 * Reference from all frames at once, before and after: the days' frames around a time, thinned to at most `PER_DAY` a
 * day so that the cost does not grow with the cadence. Their scatter is taken as `smallestScatter` at least.
 */
export function levelsAround(
  levels: readonly TimedLevel[],
  smallestScatter: number,
): (level: TimedLevel) => LevelDistance | undefined {
  const days = new Map<number, number[]>();
  for (const { timeMs, value } of levels) {
    const day = Math.floor(timeMs / DAY_MS);
    const list = days.get(day) ?? [];
    list.push(value);
    days.set(day, list);
  }
  const references = new Map<string, number[]>();
  const referenceOf = (day: number, reach: number) => {
    const key = `${day}/${reach}`;
    const known = references.get(key);
    if (known) return known;
    const values: number[] = [];
    for (let near = day - reach; near <= day + reach; near++) values.push(...thinned(days.get(near) ?? []));
    references.set(key, values);
    return values;
  };
  return ({ timeMs, value }) => {
    const day = Math.floor(timeMs / DAY_MS);
    const wide = () => referenceOf(day, WINDOW_DAYS);
    return distanceFrom(value, referenceOf(day, NEAR_DAYS), wide, smallestScatter);
  };
}

const PER_DAY = 8;

function thinned(values: readonly number[]): number[] {
  if (values.length <= PER_DAY) return [...values];
  return Array.from({ length: PER_DAY }, (_, i) => values[Math.floor((i * values.length) / PER_DAY)]!);
}

/** Enough to know the median; keeps the cost of a frame fixed at high cadence. */
const LARGEST_REFERENCE = 400;

/** Reference from the frames accepted so far: grows with the run and is the same after any resume. */
export class LevelHistory {
  /** By time. */
  private readonly levels: TimedLevel[];

  constructor(levels: readonly TimedLevel[]) {
    this.levels = [...levels].sort((a, b) => a.timeMs - b.timeMs);
  }

  distance({ timeMs, value }: TimedLevel): LevelDistance | undefined {
    return distanceFrom(value, this.before(timeMs, NEAR_DAYS), () => this.before(timeMs, WINDOW_DAYS));
  }

  private before(timeMs: number, days: number): number[] {
    const from = timeMs - days * DAY_MS;
    const values: number[] = [];
    for (let i = this.endBefore(timeMs) - 1; i >= 0 && values.length < LARGEST_REFERENCE; i--) {
      if (this.levels[i]!.timeMs < from) break;
      values.push(this.levels[i]!.value);
    }
    return values;
  }

  add(level: TimedLevel): void {
    this.levels.splice(this.endBefore(level.timeMs), 0, level);
  }

  /** Index behind the last level that is not later. */
  private endBefore(timeMs: number): number {
    let low = 0;
    let high = this.levels.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.levels[middle]!.timeMs <= timeMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
