/**
 * Kernel distance of two sets of features: the unbiased squared maximum mean discrepancy under the polynomial kernel
 * (x.y / d + 1)^3 (Binkowski et al. 2018, arXiv 1801.01401), averaged over random subsets. On Inception features it is
 * the KID. It may be slightly negative for equal distributions.
 */
import type { Random } from '../../numeric/random.ts';

export const SUBSETS = 100;
export const SUBSET_SIZE = 1000;

export interface KernelDistance {
  readonly mean: number;
  /** Population standard deviation over the subsets. */
  readonly deviation: number;
  readonly perSubset: readonly number[];
  readonly subsetSize: number;
}

/** Both sets are [count, dimension]. Subsets are as large as the smaller set where that has fewer than `subsetSize`. */
export function kernelDistance(
  a: Float32Array,
  b: Float32Array,
  dimension: number,
  random: Random,
  subsets = SUBSETS,
  subsetSize = SUBSET_SIZE,
): KernelDistance {
  const size = Math.min(subsetSize, a.length / dimension, b.length / dimension);
  const draw = (features: Float32Array) => drawDistinct(features.length / dimension, size, random);
  const perSubset = Array.from({ length: subsets }, () =>
    squaredDiscrepancy(pick(a, draw(a), dimension), pick(b, draw(b), dimension), dimension),
  );
  return { ...meanAndDeviation(perSubset), perSubset, subsetSize: size };
}

/** Unbiased MMD^2 of two sets of equal count. */
export function squaredDiscrepancy(a: Float64Array, b: Float64Array, dimension: number): number {
  const m = a.length / dimension;
  const [within, other] = [a, b].map((set) => kernelSum(set, set, dimension, true) / (m * (m - 1)));
  return within + other - (2 * kernelSum(a, b, dimension, false)) / (m * m);
}

/** Sum of the kernel over all pairs; `own` leaves the diagonal out and uses the symmetry. */
function kernelSum(a: Float64Array, b: Float64Array, n: number, own: boolean): number {
  const rows = a.length / n;
  const columns = b.length / n;
  let sum = 0;
  for (let i = 0; i < rows; i++) {
    let rowSum = 0;
    for (let j = own ? i + 1 : 0; j < columns; j++) {
      let dot = 0;
      for (let k = 0, p = i * n, q = j * n; k < n; k++) dot += a[p++] * b[q++];
      const value = dot / n + 1;
      rowSum += value * value * value;
    }
    sum += rowSum;
  }
  return own ? 2 * sum : sum;
}

export function pick(features: Float32Array, rows: ArrayLike<number>, dimension: number): Float64Array {
  const result = new Float64Array(rows.length * dimension);
  for (let i = 0; i < rows.length; i++) {
    result.set(features.subarray(rows[i] * dimension, (rows[i] + 1) * dimension), i * dimension);
  }
  return result;
}

/** `size` different indices below `count`. */
function drawDistinct(count: number, size: number, random: Random): Uint32Array {
  return random.shuffle(Uint32Array.from({ length: count }, (_, i) => i)).subarray(0, size);
}

function meanAndDeviation(values: readonly number[]): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, deviation: Math.sqrt(variance) };
}
