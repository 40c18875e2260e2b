/** The nearest of many vectors: products by a matrix engine choose, exact differences measure. */
import type { Project } from './swd.ts';

export interface Nearest {
  /** Row of `candidates` for every query. */
  readonly index: Int32Array;
  /** Root mean squared difference to it. */
  readonly distance: Float64Array;
}

/** Rows of the smaller table at once: bounds the memory of the products. */
const QUERIES = 64;

/** Both are [rows, dimension]. */
export async function nearestRows(
  queries: Float32Array,
  candidates: Float32Array,
  dimension: number,
  project: Project,
): Promise<Nearest> {
  const count = queries.length / dimension;
  const rows = candidates.length / dimension;
  const squares = rowSquares(candidates, dimension);
  const index = new Int32Array(count);
  const distance = new Float64Array(count);
  for (let first = 0; first < count; first += QUERIES) {
    const part = Math.min(QUERIES, count - first);
    const columns = transpose(queries.subarray(first * dimension, (first + part) * dimension), dimension);
    const products = await project(candidates, columns, dimension);
    for (let i = 0; i < part; i++) {
      let best = 0;
      let least = Number.POSITIVE_INFINITY;
      for (let row = 0; row < rows; row++) {
        const value = squares[row] - 2 * products[i * rows + row];
        if (value < least) [best, least] = [row, value];
      }
      index[first + i] = best;
      distance[first + i] = difference(queries, first + i, candidates, best, dimension);
    }
  }
  return { index, distance };
}

function rowSquares(data: Float32Array, dimension: number): Float64Array {
  const result = new Float64Array(data.length / dimension);
  for (let i = 0; i < data.length; i++) result[Math.floor(i / dimension)] += data[i] * data[i];
  return result;
}

/** [rows, dimension] to [dimension, rows]. */
function transpose(data: Float32Array, dimension: number): Float32Array {
  const rows = data.length / dimension;
  const result = new Float32Array(data.length);
  for (let row = 0; row < rows; row++)
    for (let k = 0; k < dimension; k++) result[k * rows + row] = data[row * dimension + k];
  return result;
}

function difference(a: Float32Array, i: number, b: Float32Array, j: number, dimension: number): number {
  let sum = 0;
  for (let k = 0; k < dimension; k++) sum += (a[i * dimension + k] - b[j * dimension + k]) ** 2;
  return Math.sqrt(sum / dimension);
}
