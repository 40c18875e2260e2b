/** Distance of two samples of one number, and how unusual it is. */
import type { Random } from '../../numeric/random.ts';
import { sortedFinite } from '../../numeric/stats.ts';

/**
 * Wasserstein-1 distance of two samples of any size: the area between their cumulative distributions. Values that are no
 * numbers are left out, so a caller that can have some must say how many. NaN when a sample has no others.
 */
export function wasserstein(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [first, second] = [sortedFinite(a), sortedFinite(b)];
  if (first.length === 0 || second.length === 0) return Number.NaN;
  let [i, j, area] = [0, 0, 0];
  let previous = Math.min(first[0], second[0]);
  while (i < first.length || j < second.length) {
    const next = Math.min(
      i < first.length ? first[i] : Number.POSITIVE_INFINITY,
      j < second.length ? second[j] : Number.POSITIVE_INFINITY,
    );
    area += Math.abs(i / first.length - j / second.length) * (next - previous);
    while (i < first.length && first[i] === next) i++;
    while (j < second.length && second[j] === next) j++;
    previous = next;
  }
  return area;
}

/**
 * Share of random regroupings of the two samples whose distance is at least the observed one, (r + 1) / (n + 1): near 1
 * the two cannot be told apart, near 0 they differ. Unlike a p-value of frames in time it takes them as independent.
 */
export function permutationRank<Item>(
  a: readonly Item[],
  b: readonly Item[],
  distance: (a: readonly Item[], b: readonly Item[]) => number,
  random: Random,
  permutations: number,
): number {
  const observed = distance(a, b);
  if (Number.isNaN(observed)) return Number.NaN;
  const pool = [...a, ...b];
  let asLarge = 0;
  for (let k = 0; k < permutations; k++) {
    random.shuffle(pool);
    if (distance(pool.slice(0, a.length), pool.slice(a.length)) >= observed) asLarge++;
  }
  return (asLarge + 1) / (permutations + 1);
}
