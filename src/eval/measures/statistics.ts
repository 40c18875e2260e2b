/** Mean and covariance of feature vectors in float64, divided by count - 1 as numpy.cov does. */

export interface FeatureStatistics {
  readonly count: number;
  readonly dimension: number;
  readonly mean: Float64Array;
  /** Row-major [dimension, dimension]. */
  readonly covariance: Float64Array;
}

/** `features` is [count, dimension], row-major. */
export function statisticsOf(features: Float32Array | Float64Array, dimension: number): FeatureStatistics {
  const count = features.length / dimension;
  const mean = new Float64Array(dimension);
  for (let row = 0, at = 0; row < count; row++) for (let i = 0; i < dimension; i++) mean[i] += features[at++];
  for (let i = 0; i < dimension; i++) mean[i] /= count;
  return { count, dimension, mean, covariance: covarianceOf(features, dimension, mean) };
}

/** Rows that are added in one pass over the matrix: bounds how often its memory is walked through. */
const ROWS = 8;

function covarianceOf(
  features: Float32Array | Float64Array,
  dimension: number,
  mean: Float64Array,
): Float64Array {
  const n = dimension;
  const count = features.length / n;
  const covariance = new Float64Array(n * n);
  const rows = Array.from({ length: ROWS }, () => new Float64Array(n));
  const [a, b, c, d, e, f, g, h] = rows;
  for (let first = 0; first < count; first += ROWS) {
    for (let k = 0; k < ROWS; k++) {
      const at = (first + k) * n;
      for (let i = 0; i < n; i++) rows[k][i] = first + k < count ? features[at + i] - mean[i] : 0;
    }
    for (let i = 0; i < n; i++) {
      const [ai, bi, ci, di, ei, fi, gi, hi] = [a[i], b[i], c[i], d[i], e[i], f[i], g[i], h[i]];
      const row = i * n;
      for (let j = 0; j <= i; j++) {
        covariance[row + j] +=
          ai * a[j] + bi * b[j] + ci * c[j] + di * d[j] + ei * e[j] + fi * f[j] + gi * g[j] + hi * h[j];
      }
    }
  }
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const value = covariance[i * n + j] / (count - 1);
      covariance[i * n + j] = value;
      covariance[j * n + i] = value;
    }
  }
  return covariance;
}
