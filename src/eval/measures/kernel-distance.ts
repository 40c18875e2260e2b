/**
 * Kernel distance of two sets of features: the unbiased squared maximum mean discrepancy under the polynomial kernel
 * (x.y / d + 1)^3 (Binkowski et al. 2018, arXiv 1801.01401), averaged over random subsets. On Inception features it is
 * the KID. It may be slightly negative for equal distributions.
 */
import type { Random } from '../../numeric/random.ts';
import { type MatrixProduct, productByLoop } from './matrix.ts';

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
export async function kernelDistance(
  a: Float32Array,
  b: Float32Array,
  dimension: number,
  random: Random,
  { subsets = SUBSETS, subsetSize = SUBSET_SIZE, product = productByLoop }: KernelOptions = {},
): Promise<KernelDistance> {
  const size = Math.min(subsetSize, a.length / dimension, b.length / dimension);
  const draw = (features: Float32Array) =>
    pick(features, drawDistinct(features.length / dimension, size, random), dimension);
  const perSubset: number[] = [];
  for (let i = 0; i < subsets; i++) {
    const [first, second] = [draw(a), draw(b)];
    perSubset.push(await squaredDiscrepancy(first, second, dimension, product));
  }
  return { ...meanAndDeviation(perSubset), perSubset, subsetSize: size };
}

export interface KernelOptions {
  subsets?: number;
  subsetSize?: number;
  product?: MatrixProduct;
}

/** Unbiased MMD^2 of two sets of equal count. */
export async function squaredDiscrepancy(
  a: Float64Array,
  b: Float64Array,
  dimension: number,
  product: MatrixProduct = productByLoop,
): Promise<number> {
  const m = a.length / dimension;
  const sum = async (x: Float64Array, y: Float64Array) =>
    kernelSum(await product(x, y, dimension, false), dimension, x === y ? m : 0);
  const [first, second, cross] = [await sum(a, a), await sum(b, b), await sum(a, b)];
  return (first + second) / (m * (m - 1)) - (2 * cross) / (m * m);
}

/** Sum of the kernel over a table of products; the diagonal of a table of `own` rows with themselves is left out. */
function kernelSum(products: Float64Array, dimension: number, own: number): number {
  let sum = 0;
  for (let i = 0; i < products.length; i++) sum += cube(products[i] / dimension + 1);
  for (let i = 0; i < own; i++) sum -= cube(products[i * own + i] / dimension + 1);
  return sum;
}

const cube = (value: number) => value * value * value;

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
