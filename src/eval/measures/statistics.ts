/** Mean and covariance of feature vectors in float64, divided by count - 1 as numpy.cov does. */
import { type MatrixProduct, productByLoop } from './matrix.ts';

export interface FeatureStatistics {
  readonly count: number;
  readonly dimension: number;
  readonly mean: Float64Array;
  /** Row-major [dimension, dimension]. */
  readonly covariance: Float64Array;
}

/** Rows whose products are made at once: bounds the memory of the float64 copy. */
const BLOCK = 4096;

/** `features` is [count, dimension], row-major. */
export async function statisticsOf(
  features: Float32Array | Float64Array,
  dimension: number,
  product: MatrixProduct = productByLoop,
): Promise<FeatureStatistics> {
  const count = features.length / dimension;
  const mean = new Float64Array(dimension);
  for (let row = 0, at = 0; row < count; row++) for (let i = 0; i < dimension; i++) mean[i] += features[at++];
  for (let i = 0; i < dimension; i++) mean[i] /= count;
  const covariance = new Float64Array(dimension * dimension);
  for (let first = 0; first < count; first += BLOCK) {
    const rows = Math.min(BLOCK, count - first);
    const centred = Float64Array.from(
      { length: rows * dimension },
      (_, i) => features[first * dimension + i] - mean[i % dimension],
    );
    const part = await product(centred, centred, rows, true);
    for (let i = 0; i < covariance.length; i++) covariance[i] += part[i] / (count - 1);
  }
  return { count, dimension, mean, covariance };
}
