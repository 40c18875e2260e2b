/**
 * Householder reduction of a large symmetric matrix to tridiagonal form, values only. Two things make it several times
 * as fast as the plain one: only the upper triangle is touched, and the rank-two update of one step and the product of
 * the next are made in one pass over memory, which is what such a reduction waits for.
 */
import { symmetricEigenvalues } from '../../numeric/linalg.ts';
import { growTo, instantiateKernels, type WasmMemory } from '../../numeric/wasm.ts';

/** Eigenvalues of a symmetric matrix [n, n], in no particular order. */
export function largeSymmetricEigenvalues(matrix: Float64Array, n: number): Float64Array {
  // Of a matrix that is tridiagonal already, only the cheap iteration is left to do.
  return symmetricEigenvalues(tridiagonalForm(matrix, n), n);
}

/** Where the matrix and the four vectors of a reduction lie, and what makes a step of it. */
interface Workspace {
  readonly matrix: Float64Array;
  readonly vectors: readonly Vector[];
  step(first: number, v: Vector, w: Vector, next: Vector, product: Vector): void;
}

interface Vector {
  readonly data: Float64Array;
  readonly address: number;
}

/** Smaller matrices are done before a compiled loop is loaded. */
const LARGE = 128;
const VECTORS = 4;

function openWorkspace(n: number): Workspace {
  return (n < LARGE ? undefined : compiledWorkspace(n)) ?? plainWorkspace(n);
}

function plainWorkspace(n: number): Workspace {
  const matrix = new Float64Array(n * n);
  const vectors = Array.from({ length: VECTORS }, () => ({ data: new Float64Array(n), address: 0 }));
  return {
    matrix,
    vectors,
    step: (first, v, w, next, product) =>
      updateAndMultiply(matrix, n, first, v.data, w.data, next.data, product.data),
  };
}

interface Kernels {
  readonly memory: WasmMemory;
  heapBase(): number;
  symmetricStep(
    a: number,
    n: number,
    first: number,
    v: number,
    w: number,
    next: number,
    product: number,
  ): void;
}

function compiledWorkspace(n: number): Workspace | undefined {
  const kernels = instantiateKernels<Kernels>();
  if (!kernels) return undefined;
  const base = Math.ceil(kernels.heapBase() / 16) * 16;
  growTo(kernels.memory, base + 8 * (n * n + VECTORS * n));
  const view = (from: number, length: number) => new Float64Array(kernels.memory.buffer, from, length);
  const vectors = Array.from({ length: VECTORS }, (_, i) => {
    const address = base + 8 * (n * n + i * n);
    return { address, data: view(address, n) };
  });
  return {
    matrix: view(base, n * n),
    vectors,
    step: (first, v, w, next, product) =>
      kernels.symmetricStep(base, n, first, v.address, w.address, next.address, product.address),
  };
}

/** A tridiagonal matrix [n, n] with the same eigenvalues. */
export function tridiagonalForm(matrix: Float64Array, n: number): Float64Array {
  const work = openWorkspace(n);
  const a = work.matrix;
  a.set(matrix);
  const result = new Float64Array(n * n);
  let [v, w, nextV, nextP] = work.vectors as [Vector, Vector, Vector, Vector];
  for (let k = 0; k < n; k++) {
    // Rows hold what they were before the last reflection: row k gets it here, the others below, in one pass with the
    // product that the next reflection needs.
    const row = a.subarray(k * n, (k + 1) * n);
    if (k > 0) for (let j = k; j < n; j++) row[j] -= v.data[k] * w.data[j] + w.data[k] * v.data[j];
    result[k * n + k] = row[k];
    if (k + 1 >= n) break;
    const { beta, alpha } = reflectorOf(row, k, n, nextV.data);
    result[k * n + k + 1] = alpha;
    result[(k + 1) * n + k] = alpha;
    nextP.data.fill(0, k + 1);
    work.step(k + 1, v, w, nextV, nextP);
    finishProduct(nextP.data, nextV.data, beta, k + 1);
    [v, nextV] = [nextV, v];
    [w, nextP] = [nextP, w];
  }
  return result;
}

/** p becomes w = beta p - (beta^2 p'v / 2) v, so that the update is v w' + w v'. */
function finishProduct(p: Float64Array, v: Float64Array, beta: number, first: number): void {
  let overlap = 0;
  for (let j = first; j < p.length; j++) overlap += p[j] * v[j];
  const half = (beta * beta * overlap) / 2;
  for (let j = first; j < p.length; j++) p[j] = beta * p[j] - half * v[j];
}

/** Reflector H = 1 - beta v v' that turns row[k + 1 ...] into (alpha, 0, ...); beta 0 where that is so already. */
function reflectorOf(
  row: Float64Array,
  k: number,
  n: number,
  v: Float64Array,
): { beta: number; alpha: number } {
  let rest = 0;
  for (let j = k + 2; j < n; j++) rest += row[j] * row[j];
  const head = row[k + 1];
  v.fill(0, 0, n);
  if (rest === 0) return { beta: 0, alpha: head };
  const norm = Math.sqrt(head * head + rest);
  const alpha = head > 0 ? -norm : norm;
  for (let j = k + 1; j < n; j++) v[j] = row[j];
  v[k + 1] = head - alpha;
  return { beta: 2 / (v[k + 1] * v[k + 1] + rest), alpha };
}

/** From row `first` on: a -= v w' + w v', and product += a next, each element read and written once. */
function updateAndMultiply(
  a: Float64Array,
  n: number,
  first: number,
  v: Float64Array,
  w: Float64Array,
  next: Float64Array,
  product: Float64Array,
): void {
  for (let i = first; i < n; i++) {
    const [vi, wi, ni] = [v[i], w[i], next[i]];
    const start = i * n;
    const diagonal = a[start + i] - 2 * vi * wi;
    a[start + i] = diagonal;
    let sum = diagonal * ni;
    for (let j = i + 1; j < n; j++) {
      const value = a[start + j] - vi * w[j] - wi * v[j];
      a[start + j] = value;
      sum += value * next[j];
      product[j] += value * ni;
    }
    product[i] += sum;
  }
}
