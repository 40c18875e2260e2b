/**
 * Support of two sets of features by their k nearest neighbours: precision and recall (Kynkaanniemi et al. 2019, arXiv
 * 1904.06991), density and coverage (Naeem et al. 2020, arXiv 2002.09797). A point's own distance does not count.
 */
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

/** Squared Euclidean distances in float64, [rows of a, rows of b]. */
export function squaredDistances(a: Float32Array, b: Float32Array, dimension: number): Float64Array {
  const rows = a.length / dimension;
  const columns = b.length / dimension;
  const result = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      let sum = 0;
      for (let k = 0, p = i * dimension, q = j * dimension; k < dimension; k++) {
        const difference = a[p++] - b[q++];
        sum += difference * difference;
      }
      result[i * columns + j] = sum;
    }
  }
  return result;
}

/** Squared distance of every point to its k-th nearest other point of the same set. */
export function squaredRadii(features: Float32Array, dimension: number, k: number): Float64Array {
  const count = features.length / dimension;
  const radii = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const row = squaredDistances(features.subarray(i * dimension, (i + 1) * dimension), features, dimension);
    row[i] = Number.POSITIVE_INFINITY;
    radii[i] = row.sort()[k - 1];
  }
  return radii;
}

export function supportScores(
  real: Float32Array,
  fake: Float32Array,
  dimension: number,
  k: number,
): SupportScores {
  const realCount = real.length / dimension;
  const fakeCount = fake.length / dimension;
  const realRadii = squaredRadii(real, dimension, k);
  const fakeRadii = squaredRadii(fake, dimension, k);
  const ballsAround = new Float64Array(fakeCount);
  const recall = new Float64Array(realCount);
  const coverage = new Float64Array(realCount);
  for (let i = 0; i < realCount; i++) {
    const row = squaredDistances(real.subarray(i * dimension, (i + 1) * dimension), fake, dimension);
    for (let j = 0; j < fakeCount; j++) {
      if (row[j] < realRadii[i]) {
        ballsAround[j]++;
        coverage[i] = 1;
      }
      if (row[j] < fakeRadii[j]) recall[i] = 1;
    }
  }
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

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
