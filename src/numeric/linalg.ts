/**
 * Dense symmetric linear algebra in float64, row-major [n, n]: what the Frechet distance needs. Householder reduction
 * to tridiagonal form, then QL with implicit shifts (Golub & Van Loan, Matrix Computations, sections 8.3.1 and 8.3.3).
 */
import { SunganError } from '../core/errors.ts';

const MAX_SWEEPS = 60;

export interface SymmetricEigen {
  /** In no particular order. */
  values: Float64Array;
  /** Column k is the unit eigenvector of values[k]. */
  vectors: Float64Array;
}

export function symmetricEigenvalues(matrix: Float64Array, n: number): Float64Array {
  const scale = scaleOf(matrix);
  const { diagonal, offDiagonal } = tridiagonalise(matrix, n, scale, undefined);
  implicitQl(diagonal, offDiagonal, undefined);
  return diagonal.map((value) => value * scale);
}

export function symmetricEigen(matrix: Float64Array, n: number): SymmetricEigen {
  // Kept transposed (row k is the vector k) while it is built: rotations then run along rows of memory.
  const rows = new Float64Array(n * n);
  for (let i = 0; i < n; i++) rows[i * n + i] = 1;
  const scale = scaleOf(matrix);
  const { diagonal, offDiagonal } = tridiagonalise(matrix, n, scale, rows);
  implicitQl(diagonal, offDiagonal, rows);
  return { values: diagonal.map((value) => value * scale), vectors: transpose(rows, n) };
}

/**
 * A power of two about as large as the largest element: divided by it, squares neither vanish nor overflow, and no digit
 * of the result changes.
 */
function scaleOf(matrix: Float64Array): number {
  let largest = 0;
  for (const value of matrix) {
    if (!Number.isFinite(value)) throw new SunganError('data', `eigenvalues of a matrix that holds ${value}`);
    largest = Math.max(largest, Math.abs(value));
  }
  return largest === 0 ? 1 : 2 ** Math.max(-1022, Math.floor(Math.log2(largest)));
}

export function transpose(matrix: Float64Array, n: number): Float64Array {
  const result = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) result[j * n + i] = matrix[i * n + j]!;
  return result;
}

/** a times b. */
export function multiply(a: Float64Array, b: Float64Array, n: number): Float64Array {
  const result = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    const row = result.subarray(i * n, (i + 1) * n);
    for (let k = 0; k < n; k++) {
      const factor = a[i * n + k]!;
      if (factor === 0) continue;
      const start = k * n;
      for (let j = 0; j < n; j++) row[j]! += factor * b[start + j]!;
    }
  }
  return result;
}

/**
 * Trace of the square root of the product of two covariance matrices (the cross term of the Frechet distance), as the
 * sum of the roots of the eigenvalues of A^(1/2) B A^(1/2), which is symmetric and works where A or B is singular.
 */
export function traceOfRootOfProduct(a: Float64Array, b: Float64Array, n: number): number {
  const { values, vectors } = symmetricEigen(a, n);
  const rootRows = transpose(vectors, n);
  for (let k = 0; k < n; k++) {
    const root = Math.sqrt(Math.max(0, values[k]!));
    for (let j = 0; j < n; j++) rootRows[k * n + j]! *= root;
  }
  const inner = multiply(multiply(rootRows, b, n), transpose(rootRows, n), n);
  return symmetricEigenvalues(inner, n).reduce((sum, value) => sum + Math.sqrt(Math.max(0, value)), 0);
}

interface Tridiagonal {
  diagonal: Float64Array;
  /** offDiagonal[i] couples i and i + 1; the last is 0. */
  offDiagonal: Float64Array;
}

/** Householder reflections of matrix / scale from the first column on; applied to `rows` too when given. */
function tridiagonalise(
  matrix: Float64Array,
  n: number,
  scale: number,
  rows: Float64Array | undefined,
): Tridiagonal {
  const a = matrix.map((value) => value / scale);
  const v = new Float64Array(n);
  const p = new Float64Array(n);
  for (let k = 0; k < n - 2; k++) {
    const head = a[(k + 1) * n + k]!;
    let squares = head * head;
    let others = 0;
    for (let i = k + 2; i < n; i++) {
      const square = a[i * n + k]! ** 2;
      squares += square;
      others += square;
    }
    // However small they are beside the head: left out, their first power would be missing, not their square.
    if (others === 0) continue;
    const alpha = head > 0 ? -Math.sqrt(squares) : Math.sqrt(squares);
    for (let i = k + 1; i < n; i++) v[i] = a[i * n + k]!;
    v[k + 1]! -= alpha;
    const weight = 2 / (squares - 2 * alpha * head + alpha * alpha);
    reflectSymmetric(a, n, k, v, p, weight);
    a[(k + 1) * n + k] = alpha;
    if (rows) reflectRows(rows, n, k, v, p, weight);
  }
  const diagonal = new Float64Array(n);
  const offDiagonal = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    diagonal[i] = a[i * n + i]!;
    offDiagonal[i] = i + 1 < n ? a[(i + 1) * n + i]! : 0;
  }
  return { diagonal, offDiagonal };
}

/** a <- H a H for the trailing block, H = 1 - scale v v', as the rank-two update a - v w' - w v'. */
function reflectSymmetric(
  a: Float64Array,
  n: number,
  k: number,
  v: Float64Array,
  p: Float64Array,
  scale: number,
): void {
  let overlap = 0;
  for (let i = k + 1; i < n; i++) {
    let sum = 0;
    for (let j = k + 1; j < n; j++) sum += a[i * n + j]! * v[j]!;
    p[i] = scale * sum;
    overlap += p[i]! * v[i]!;
  }
  const half = (scale * overlap) / 2;
  for (let i = k + 1; i < n; i++) p[i]! -= half * v[i]!;
  for (let i = k + 1; i < n; i++) {
    const vi = v[i]!;
    const pi = p[i]!;
    for (let j = k + 1; j < n; j++) a[i * n + j]! -= vi * p[j]! + pi * v[j]!;
  }
}

/** rows <- H rows. */
function reflectRows(
  rows: Float64Array,
  n: number,
  k: number,
  v: Float64Array,
  sums: Float64Array,
  scale: number,
): void {
  sums.fill(0);
  for (let i = k + 1; i < n; i++) for (let j = 0; j < n; j++) sums[j]! += v[i]! * rows[i * n + j]!;
  for (let i = k + 1; i < n; i++) {
    const factor = scale * v[i]!;
    for (let j = 0; j < n; j++) rows[i * n + j]! -= factor * sums[j]!;
  }
}

/** Diagonalises in place; the rotations are applied to `rows` too when given. */
function implicitQl(d: Float64Array, e: Float64Array, rows: Float64Array | undefined): void {
  const n = d.length;
  for (let low = 0; low < n; low++) {
    for (let sweep = 0; ; sweep++) {
      let high = low;
      while (high < n - 1) {
        const size = Math.abs(d[high]!) + Math.abs(d[high + 1]!);
        if (Math.abs(e[high]!) <= Number.EPSILON * size) break;
        high++;
      }
      if (high === low) break;
      if (sweep === MAX_SWEEPS)
        throw new SunganError('data', `eigenvalues do not converge in ${MAX_SWEEPS} sweeps`);
      qlSweep(d, e, low, high, rows);
    }
  }
}

function qlSweep(
  d: Float64Array,
  e: Float64Array,
  low: number,
  high: number,
  rows: Float64Array | undefined,
): void {
  const n = d.length;
  // Wilkinson's shift from the leading 2x2 block.
  const half = (d[low + 1]! - d[low]!) / (2 * e[low]!);
  const length = Math.hypot(half, 1);
  let g = d[high]! - d[low]! + e[low]! / (half + (half >= 0 ? length : -length));
  let sine = 1;
  let cosine = 1;
  let shift = 0;
  for (let i = high - 1; i >= low; i--) {
    const f = sine * e[i]!;
    const b = cosine * e[i]!;
    const r = Math.hypot(f, g);
    e[i + 1] = r;
    if (r === 0) {
      d[i + 1]! -= shift;
      e[high] = 0;
      return;
    }
    sine = f / r;
    cosine = g / r;
    g = d[i + 1]! - shift;
    const turn = (d[i]! - g) * sine + 2 * cosine * b;
    shift = sine * turn;
    d[i + 1] = g + shift;
    g = cosine * turn - b;
    if (!rows) continue;
    for (let j = 0; j < n; j++) {
      const upper = rows[(i + 1) * n + j]!;
      const lower = rows[i * n + j]!;
      rows[(i + 1) * n + j] = sine * lower + cosine * upper;
      rows[i * n + j] = cosine * lower - sine * upper;
    }
  }
  d[low]! -= shift;
  e[low] = g;
  e[high] = 0;
}
