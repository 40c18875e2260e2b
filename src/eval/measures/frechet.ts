/**
 * Frechet distance between two Gaussians (Dowson & Landau 1982; Heusel et al. 2017 for its use on Inception features):
 * |m1 - m2|^2 + Tr S1 + Tr S2 - 2 Tr (S1 S2)^(1/2). The root's trace is the sum of the roots of the eigenvalues of
 * F S2 F', where S1 = F' F: a symmetric matrix, real and not negative, also where S1 or S2 is singular. No complex root
 * and no small number added to the diagonal.
 */
import { type MatrixProduct, productByLoop } from './matrix.ts';
import type { FeatureStatistics } from './statistics.ts';
import { largeSymmetricEigenvalues } from './tridiagonal.ts';

export interface FrechetDistance {
  readonly distance: number;
  /** |m1 - m2|^2 */
  readonly meanTerm: number;
  readonly traceA: number;
  readonly traceB: number;
  /** Tr (S1 S2)^(1/2) */
  readonly traceOfRoot: number;
}

export async function frechetDistance(
  a: FeatureStatistics,
  b: FeatureStatistics,
  product: MatrixProduct = productByLoop,
): Promise<FrechetDistance> {
  const n = a.dimension;
  let meanTerm = 0;
  for (let i = 0; i < n; i++) meanTerm += (a.mean[i] - b.mean[i]) ** 2;
  const traceA = traceOf(a);
  const traceB = traceOf(b);
  // The set of lower rank gives the smaller matrix.
  const [first, second] = a.count <= b.count ? [a, b] : [b, a];
  const traceOfRoot = await traceOfRootOfProduct(first.covariance, second.covariance, n, product);
  return { distance: meanTerm + traceA + traceB - 2 * traceOfRoot, meanTerm, traceA, traceB, traceOfRoot };
}

function traceOf({ covariance, dimension }: FeatureStatistics): number {
  let trace = 0;
  for (let i = 0; i < dimension; i++) trace += covariance[i * dimension + i];
  return trace;
}

async function traceOfRootOfProduct(
  a: Float64Array,
  b: Float64Array,
  n: number,
  product: MatrixProduct,
): Promise<number> {
  const factor = (await blockedCholesky(a, n, product)) ?? pivotedCholesky(a, n);
  const rank = factor.length / n;
  if (rank === 0) return 0;
  // b is symmetric, so the rows of (factor b) are dot products of rows with rows: memory is walked in order.
  const inner = await product(await product(factor, b, n, false), factor, n, false);
  const values = largeSymmetricEigenvalues(inner, rank);
  const largest = values.reduce((max, value) => Math.max(max, value), 0);
  // Below this an eigenvalue is rounding noise, and its root would not be small.
  const noise = largest * rank * Number.EPSILON;
  return values.reduce((sum, value) => (value > noise ? sum + Math.sqrt(value) : sum), 0);
}

/** Rows that are finished between two large products. */
const BLOCK = 64;

/**
 * Rows F (upper triangular) with F' F = matrix, nearly all of the work in large products; undefined for a matrix without
 * full numerical rank.
 */
export async function blockedCholesky(
  matrix: Float64Array,
  n: number,
  product: MatrixProduct,
): Promise<Float64Array | undefined> {
  const factor = new Float64Array(n * n);
  let largest = 0;
  for (let i = 0; i < n; i++) largest = Math.max(largest, matrix[i * n + i]);
  const limit = 8 * n * Number.EPSILON * largest;
  for (let first = 0; first < n; first += BLOCK) {
    const rows = Math.min(BLOCK, n - first);
    const panel = matrix.slice(first * n, (first + rows) * n);
    if (first > 0) {
      const known = factor.subarray(0, first * n);
      const own = new Float64Array(first * rows);
      for (let k = 0; k < first; k++) own.set(known.subarray(k * n + first, k * n + first + rows), k * rows);
      const explained = await product(own, known, first, true);
      for (let i = 0; i < panel.length; i++) panel[i] -= explained[i];
    }
    if (!finishPanel(panel, rows, n, first, limit)) return undefined;
    factor.set(panel, first * n);
  }
  return factor;
}

/** Cholesky within the rows of a panel, in place; false at a pivot that is only rounding. */
function finishPanel(panel: Float64Array, rows: number, n: number, first: number, limit: number): boolean {
  for (let k = 0; k < rows; k++) {
    const row = panel.subarray(k * n, (k + 1) * n);
    const pivot = row[first + k];
    if (!(pivot > limit)) return false;
    const scale = 1 / Math.sqrt(pivot);
    row.fill(0, 0, first + k);
    for (let i = first + k; i < n; i++) row[i] *= scale;
    for (let below = k + 1; below < rows; below++) {
      const share = row[first + below];
      for (let i = first + below, at = below * n + i; i < n; i++, at++) panel[at] -= share * row[i];
    }
  }
  return true;
}

/**
 * Rows F with F' F = matrix, as many as its numerical rank (Higham, Accuracy and Stability of Numerical Algorithms,
 * section 10.3): the largest remaining diagonal element is the next pivot.
 */
export function pivotedCholesky(matrix: Float64Array, n: number): Float64Array {
  const diagonal = Float64Array.from({ length: n }, (_, i) => matrix[i * n + i]);
  const limit = n * Number.EPSILON * diagonal.reduce((max, value) => Math.max(max, value), 0);
  const factor = new Float64Array(n * n);
  let rank = 0;
  for (; rank < n; rank++) {
    let pivot = 0;
    for (let i = 1; i < n; i++) if (diagonal[i] > diagonal[pivot]) pivot = i;
    if (!(diagonal[pivot] > limit)) break;
    const row = factor.subarray(rank * n, (rank + 1) * n);
    for (let i = 0; i < n; i++) row[i] = matrix[pivot * n + i];
    subtractRows(factor, rank, n, pivot, row);
    const scale = 1 / Math.sqrt(diagonal[pivot]);
    for (let i = 0; i < n; i++) {
      row[i] *= scale;
      diagonal[i] -= row[i] * row[i];
    }
    diagonal[pivot] = 0;
  }
  return factor.subarray(0, rank * n);
}

/** row -= sum over k < rank of factor[k][pivot] * factor[k]; four rows a pass. */
function subtractRows(factor: Float64Array, rank: number, n: number, pivot: number, row: Float64Array): void {
  let k = 0;
  for (; k + 4 <= rank; k += 4) {
    const [a, b, c, d] = [k * n, (k + 1) * n, (k + 2) * n, (k + 3) * n];
    const [fa, fb, fc, fd] = [factor[a + pivot], factor[b + pivot], factor[c + pivot], factor[d + pivot]];
    for (let i = 0; i < n; i++) {
      row[i] -= fa * factor[a + i] + fb * factor[b + i] + fc * factor[c + i] + fd * factor[d + i];
    }
  }
  for (; k < rank; k++) {
    const f = factor[k * n + pivot];
    for (let i = 0; i < n; i++) row[i] -= f * factor[k * n + i];
  }
}
