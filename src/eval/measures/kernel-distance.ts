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
  /** Of the mean, for other pictures of the same kind: by the jackknife; NaN for fewer than three pictures. */
  readonly standardError: number;
  readonly subsets: number;
  readonly subsetSize: number;
}

/**
 * Both sets are [count, dimension]. Subsets are as large as the smaller set where that has fewer than `subsetSize`; where
 * a subset is all there is, one says as much as many.
 */
export async function kernelDistance(
  a: Float32Array,
  b: Float32Array,
  dimension: number,
  random: Random,
  { subsets: wanted = SUBSETS, subsetSize = SUBSET_SIZE, product = productByLoop }: KernelOptions = {},
): Promise<KernelDistance> {
  const [countA, countB] = [a.length / dimension, b.length / dimension];
  const size = Math.min(subsetSize, countA, countB);
  const subsets = size === countA && size === countB ? 1 : wanted;
  const draw = (features: Float32Array) =>
    pick(features, drawDistinct(features.length / dimension, size, random), dimension);
  let [sum, variance] = [0, Number.NaN];
  for (let i = 0; i < subsets; i++) {
    const sums = await kernelSums(draw(a), draw(b), dimension, product);
    sum += discrepancyOf(sums);
    if (i === 0) variance = jackknifeVariance(sums);
  }
  // The variance of one subset, brought to the number of all pictures that the subsets are drawn from.
  const standardError = Math.sqrt((variance * size) / Math.min(countA, countB));
  return { mean: sum / subsets, standardError, subsets, subsetSize: size };
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
  return discrepancyOf(await kernelSums(a, b, dimension, product));
}

/** Of every row: the sum of its kernel with the other rows of its own set, and with all rows of the other. */
interface RowSums {
  readonly own: Float64Array;
  readonly other: Float64Array;
}

/** Of both sides, which have equally many rows. */
type KernelSums = readonly [RowSums, RowSums];

async function kernelSums(
  a: Float64Array,
  b: Float64Array,
  dimension: number,
  product: MatrixProduct,
): Promise<KernelSums> {
  const rows = a.length / dimension;
  const within = async (x: Float64Array) => {
    const products = await product(x, x, dimension, false);
    const own = new Float64Array(rows);
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < rows; j++) if (j !== i) own[i] += cube(products[i * rows + j] / dimension + 1);
    }
    return own;
  };
  const cross = await product(a, b, dimension, false);
  const [ofA, ofB] = [new Float64Array(rows), new Float64Array(rows)];
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < rows; j++) {
      const value = cube(cross[i * rows + j] / dimension + 1);
      ofA[i] += value;
      ofB[j] += value;
    }
  }
  return [
    { own: await within(a), other: ofA },
    { own: await within(b), other: ofB },
  ];
}

function discrepancyOf([a, b]: KernelSums): number {
  const m = a.own.length;
  return (total(a.own) + total(b.own)) / (m * (m - 1)) - (2 * total(a.other)) / (m * m);
}

/** Variance of the discrepancy by leaving out one row at a time, of either side (Efron & Stein 1981). */
function jackknifeVariance(sums: KernelSums): number {
  return sums.reduce((variance, side) => variance + varianceOfSide(side), 0);
}

function varianceOfSide({ own, other }: RowSums): number {
  const m = own.length;
  const [within, cross] = [total(own), total(other)];
  // The part of the other side alone stays as it is, and so does not count.
  const without = own.map(
    (sum, i) => (within - 2 * sum) / ((m - 1) * (m - 2)) - (2 * (cross - other[i])) / ((m - 1) * m),
  );
  const mean = total(without) / m;
  return ((m - 1) / m) * total(without.map((value) => (value - mean) ** 2));
}

const total = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0);

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
