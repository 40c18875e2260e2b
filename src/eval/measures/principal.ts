/**
 * Leading principal components by subspace iteration (Halko, Martinsson & Tropp 2011, arXiv 0909.4061): a few passes
 * over the data instead of the eigenvectors of a large covariance matrix.
 */
import { symmetricEigen } from '../../numeric/linalg.ts';
import type { Random } from '../../numeric/random.ts';

export interface Principal {
  readonly mean: Float64Array;
  /** Unit rows [count, dimension], by falling variance; each points to where its largest entry is positive. */
  readonly components: Float64Array;
  /** Variances along them, divided by count - 1. */
  readonly variances: Float64Array;
  /** Of all dimensions together. */
  readonly totalVariance: number;
}

const OVERSAMPLING = 8;
const PASSES = 6;

/** `data` is [rows, dimension]. No more components are given than the data have rank for. */
export function principalComponents(
  data: Float32Array,
  dimension: number,
  wanted: number,
  random: Random,
): Principal {
  const rows = data.length / dimension;
  const count = Math.min(wanted, dimension, rows - 1);
  const width = Math.min(count + OVERSAMPLING, dimension, rows);
  const { centred, mean, totalVariance } = centre(data, dimension);
  let basis = orthonormalRows(
    Float64Array.from({ length: width * dimension }, () => random.normal()),
    dimension,
  );
  for (let pass = 0; pass < PASSES; pass++) {
    basis = orthonormalRows(
      backProject(centred, project(centred, basis, dimension), dimension, width),
      dimension,
    );
  }
  const scores = project(centred, basis, dimension);
  const covariance = new Float64Array(width * width);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < width; i++) {
      const value = scores[row * width + i] / (rows - 1);
      for (let j = 0; j < width; j++) covariance[i * width + j] += value * scores[row * width + j];
    }
  }
  return {
    mean,
    totalVariance,
    ...rotate(symmetricEigen(covariance, width), basis, dimension, width, count),
  };
}

/** Coordinates of `data` along the components: [rows, components]. */
export function principalScores(data: Float32Array, { mean, components }: Principal): Float32Array {
  const dimension = mean.length;
  const centred = Float64Array.from(data, (value, i) => value - mean[i % dimension]);
  return Float32Array.from(project(centred, components, dimension));
}

function centre(data: Float32Array, dimension: number) {
  const rows = data.length / dimension;
  const mean = new Float64Array(dimension);
  for (let i = 0; i < data.length; i++) mean[i % dimension] += data[i] / rows;
  let squares = 0;
  const centred = Float64Array.from(data, (value, i) => {
    const difference = value - mean[i % dimension];
    squares += difference * difference;
    return difference;
  });
  return { centred, mean, totalVariance: squares / (rows - 1) };
}

/** [rows, dimension] times the transpose of [width, dimension]. */
function project(data: Float64Array, basis: Float64Array, dimension: number): Float64Array {
  const rows = data.length / dimension;
  const width = basis.length / dimension;
  const result = new Float64Array(rows * width);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < width; i++) {
      let sum = 0;
      for (let k = 0, p = row * dimension, q = i * dimension; k < dimension; k++)
        sum += data[p++] * basis[q++];
      result[row * width + i] = sum;
    }
  }
  return result;
}

/** Transpose of [rows, width] times [rows, dimension]. */
function backProject(
  data: Float64Array,
  scores: Float64Array,
  dimension: number,
  width: number,
): Float64Array {
  const rows = data.length / dimension;
  const result = new Float64Array(width * dimension);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < width; i++) {
      const score = scores[row * width + i];
      for (let k = 0, p = row * dimension, q = i * dimension; k < dimension; k++)
        result[q++] += score * data[p++];
    }
  }
  return result;
}

/** Modified Gram-Schmidt, twice, in place; a row without anything new becomes zero. */
function orthonormalRows(rows: Float64Array, dimension: number): Float64Array {
  const count = rows.length / dimension;
  for (let i = 0; i < count; i++) {
    const row = rows.subarray(i * dimension, (i + 1) * dimension);
    const before = length(row);
    for (let turn = 0; turn < 2; turn++) {
      for (let j = 0; j < i; j++) {
        const other = rows.subarray(j * dimension, (j + 1) * dimension);
        let overlap = 0;
        for (let k = 0; k < dimension; k++) overlap += row[k] * other[k];
        for (let k = 0; k < dimension; k++) row[k] -= overlap * other[k];
      }
    }
    const after = length(row);
    const scale = after > 1e-10 * before ? 1 / after : 0;
    for (let k = 0; k < dimension; k++) row[k] *= scale;
  }
  return rows;
}

function length(row: Float64Array): number {
  return Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
}

function rotate(
  { values, vectors }: { values: Float64Array; vectors: Float64Array },
  basis: Float64Array,
  dimension: number,
  width: number,
  count: number,
): Pick<Principal, 'components' | 'variances'> {
  const order = Array.from(values.keys())
    .sort((a, b) => values[b] - values[a])
    .slice(0, count);
  const components = new Float64Array(count * dimension);
  order.forEach((column, i) => {
    const row = components.subarray(i * dimension, (i + 1) * dimension);
    for (let j = 0; j < width; j++) {
      const weight = vectors[j * width + column];
      for (let k = 0; k < dimension; k++) row[k] += weight * basis[j * dimension + k];
    }
    const peak = row.reduce((best, value, k) => (Math.abs(value) > Math.abs(row[best]) ? k : best), 0);
    if (row[peak] < 0) for (let k = 0; k < dimension; k++) row[k] = -row[k];
  });
  return { components, variances: Float64Array.from(order, (column) => Math.max(0, values[column])) };
}
