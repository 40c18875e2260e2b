/**
 * Support of two sets of features by their k nearest neighbours: precision and recall (Kynkaanniemi et al. 2019, arXiv
 * 1904.06991), density and coverage (Naeem et al. 2020, arXiv 2002.09797). A point's own distance does not count.
 */
import { type MatrixProduct, productByLoop } from './matrix.ts';

export interface SupportScores {
  /** What the means are made of, one value a generated picture or a real one: for intervals. */
  readonly parts: Readonly<Record<'precision' | 'recall' | 'density' | 'coverage', Float64Array>>;
  /** Share of the generated inside the balls of the reals. */
  readonly precision: number;
  /** Share of the reals inside the balls of the generated. */
  readonly recall: number;
  /** Mean number of real balls around a generated point, over k. */
  readonly density: number;
  /** Share of the reals whose ball holds a generated point. */
  readonly coverage: number;
}

/** Rows of a table of distances that are made at once: bounds its memory. */
const BLOCK = 512;

export async function supportScores(
  real: Float32Array,
  fake: Float32Array,
  dimension: number,
  k: number,
  product: MatrixProduct = productByLoop,
): Promise<SupportScores> {
  const realCount = real.length / dimension;
  const fakeCount = fake.length / dimension;
  const realRadii = await squaredRadii(real, dimension, k, product);
  const fakeRadii = await squaredRadii(fake, dimension, k, product);
  const ballsAround = new Float64Array(fakeCount);
  const recall = new Float64Array(realCount);
  const coverage = new Float64Array(realCount);
  await forEachRow(real, fake, dimension, product, (row, i) => {
    for (let j = 0; j < fakeCount; j++) {
      if (row[j] < realRadii[i]) {
        ballsAround[j]++;
        coverage[i] = 1;
      }
      if (row[j] < fakeRadii[j]) recall[i] = 1;
    }
  });
  const precision = ballsAround.map((balls) => Math.min(1, balls));
  const density = ballsAround.map((balls) => balls / k);
  return {
    precision: mean(precision),
    recall: mean(recall),
    density: mean(density),
    coverage: mean(coverage),
    parts: { precision, recall, density, coverage },
  };
}

/** Squared distance of every point to its k-th nearest other point of the same set. */
export async function squaredRadii(
  features: Float32Array,
  dimension: number,
  k: number,
  product: MatrixProduct = productByLoop,
): Promise<Float64Array> {
  const radii = new Float64Array(features.length / dimension);
  await forEachRow(features, features, dimension, product, (row, i) => {
    row[i] = Number.POSITIVE_INFINITY;
    radii[i] = row.sort()[k - 1];
  });
  return radii;
}

/** Squared Euclidean distances of each row of a to all rows of b, as |a|^2 + |b|^2 - 2 a.b in float64. */
async function forEachRow(
  a: Float32Array,
  b: Float32Array,
  dimension: number,
  product: MatrixProduct,
  use: (distances: Float64Array, row: number) => void,
): Promise<void> {
  const [first, second] = [Float64Array.from(a), Float64Array.from(b)];
  const [squaresA, squaresB] = [first, second].map((rows) => rowSquares(rows, dimension));
  const columns = squaresB.length;
  for (let begin = 0; begin < squaresA.length; begin += BLOCK) {
    const end = Math.min(squaresA.length, begin + BLOCK);
    const products = await product(first.slice(begin * dimension, end * dimension), second, dimension, false);
    for (let i = begin; i < end; i++) {
      const row = products.slice((i - begin) * columns, (i - begin + 1) * columns);
      for (let j = 0; j < columns; j++) row[j] = squaresA[i] + squaresB[j] - 2 * row[j];
      use(row, i);
    }
  }
}

function rowSquares(rows: Float64Array, dimension: number): Float64Array {
  const result = new Float64Array(rows.length / dimension);
  for (let i = 0; i < rows.length; i++) result[Math.floor(i / dimension)] += rows[i] * rows[i];
  return result;
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
