/** Bootstrap intervals (Efron 1979): how much a number would move with other pictures of the same kind. */
import type { Random } from '../../numeric/random.ts';
import { quantile } from '../../numeric/stats.ts';

export const LEVEL = 0.95;

/** `count` indices below `count`, drawn with replacement. */
export function resample(count: number, random: Random): Int32Array {
  return Int32Array.from({ length: count }, () => random.int(count));
}

/**
 * Interval around `value` from replicas. A replica has repeated pictures, so distances that fall with the number of
 * different pictures are too large in all of them: only their spread around their own mean is used.
 */
export function intervalAround(value: number, replicas: readonly number[]): { low: number; high: number } {
  const mean = replicas.reduce((sum, replica) => sum + replica, 0) / replicas.length;
  const tail = (1 - LEVEL) / 2;
  return {
    low: value + quantile(replicas, tail) - mean,
    high: value + quantile(replicas, 1 - tail) - mean,
  };
}

/** Interval of the mean of `values`. */
export function intervalOfMean(
  values: ArrayLike<number>,
  random: Random,
  replicas: number,
): { low: number; high: number } {
  const count = values.length;
  const means = Array.from({ length: replicas }, () => {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += values[random.int(count)];
    return sum / count;
  });
  const tail = (1 - LEVEL) / 2;
  return { low: quantile(means, tail), high: quantile(means, 1 - tail) };
}
