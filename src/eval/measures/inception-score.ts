/**
 * Inception score (Salimans et al. 2016, arXiv 1606.03498): exp of the mean Kullback-Leibler divergence between the
 * classes of one picture and those of all, over splits. Classes from features without the classifier's bias, as the
 * original does.
 */
import type { Random } from '../../numeric/random.ts';

export interface InceptionScore {
  readonly mean: number;
  readonly deviation: number;
  readonly perSplit: readonly number[];
  readonly splits: number;
}

export const SPLITS = 10;

/** `features` [count, dimension] in any order, `classifier` [classes, dimension]. */
export function inceptionScore(
  features: Float32Array,
  classifier: Float32Array,
  dimension: number,
  random: Random,
): InceptionScore {
  const count = features.length / dimension;
  const splits = Math.min(SPLITS, count);
  const order = random.shuffle(Uint32Array.from({ length: count }, (_, i) => i));
  const scores = Array.from({ length: splits }, (_, split) => {
    const rows = order.subarray(
      Math.floor((split * count) / splits),
      Math.floor(((split + 1) * count) / splits),
    );
    const probabilities = Array.from(rows, (row) =>
      classProbabilities(features.subarray(row * dimension, (row + 1) * dimension), classifier),
    );
    return Math.exp(meanDivergence(probabilities));
  });
  const mean = scores.reduce((sum, score) => sum + score, 0) / splits;
  const variance = scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / splits;
  return { mean, deviation: Math.sqrt(variance), perSplit: scores, splits };
}

/** Softmax of the classifier's logits. */
export function classProbabilities(feature: Float32Array, classifier: Float32Array): Float64Array {
  const dimension = feature.length;
  const logits = new Float64Array(classifier.length / dimension);
  for (let c = 0; c < logits.length; c++) {
    let sum = 0;
    for (let k = 0, at = c * dimension; k < dimension; k++) sum += classifier[at++] * feature[k];
    logits[c] = sum;
  }
  const largest = logits.reduce((max, value) => Math.max(max, value), Number.NEGATIVE_INFINITY);
  const exponentials = logits.map((value) => Math.exp(value - largest));
  const total = exponentials.reduce((sum, value) => sum + value, 0);
  return exponentials.map((value) => value / total);
}

function meanDivergence(probabilities: readonly Float64Array[]): number {
  const classes = probabilities[0].length;
  const marginal = new Float64Array(classes);
  for (const row of probabilities)
    for (let c = 0; c < classes; c++) marginal[c] += row[c] / probabilities.length;
  let sum = 0;
  for (const row of probabilities) {
    for (let c = 0; c < classes; c++) if (row[c] > 0) sum += row[c] * Math.log(row[c] / marginal[c]);
  }
  return sum / probabilities.length;
}
