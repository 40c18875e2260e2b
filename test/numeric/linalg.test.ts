import { describe, expect, test } from 'vitest';
import {
  createRandom,
  multiply,
  symmetricEigen,
  symmetricEigenvalues,
  traceOfRootOfProduct,
  transpose,
} from '../../src/numeric/index.ts';

function randomSymmetric(n: number, seed: number): Float64Array {
  const random = createRandom(seed);
  const half = Float64Array.from({ length: n * n }, () => random.normal());
  return half.map((value, i) => value + half[(i % n) * n + Math.floor(i / n)]!);
}

function randomCovariance(n: number, rank: number, seed: number): Float64Array {
  const random = createRandom(seed);
  const factor = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j < rank; j++) factor[i * n + j] = random.normal();
  return multiply(factor, transpose(factor, n), n);
}

const sorted = (values: Float64Array) => [...values].sort((a, b) => a - b);

describe('symmetric eigenvalues', () => {
  test('of a matrix whose values are known', () => {
    // The second difference: 2 - 2 cos(k pi / (n + 1)).
    const n = 12;
    const matrix = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      matrix[i * n + i] = 2;
      if (i > 0) {
        matrix[i * n + i - 1] = -1;
        matrix[(i - 1) * n + i] = -1;
      }
    }
    const expected = Array.from({ length: n }, (_, k) => 2 - 2 * Math.cos(((k + 1) * Math.PI) / (n + 1)));
    sorted(symmetricEigenvalues(matrix, n)).forEach((value, k) => {
      expect(value).toBeCloseTo(expected[k]!, 12);
    });
  });

  test.each([1, 2, 3, 10, 40])('vectors of a random %i x %i matrix rebuild it and are orthonormal', (n) => {
    const matrix = randomSymmetric(n, n);
    const { values, vectors } = symmetricEigen(matrix, n);
    const scaled = vectors.map((value, i) => value * values[i % n]!);
    const rebuilt = multiply(scaled, transpose(vectors, n), n);
    const identity = multiply(vectors, transpose(vectors, n), n);
    for (let i = 0; i < n * n; i++) {
      expect(rebuilt[i]).toBeCloseTo(matrix[i]!, 10);
      expect(identity[i]).toBeCloseTo(i % (n + 1) === 0 ? 1 : 0, 10);
    }
    expect(sorted(values)).toEqual(
      sorted(symmetricEigenvalues(matrix, n)).map((value) => expect.closeTo(value, 10)),
    );
  });
});

describe('trace of the root of a product', () => {
  test('of a matrix with itself is its trace', () => {
    const a = randomCovariance(8, 8, 1);
    const trace = Array.from({ length: 8 }, (_, i) => a[i * 9]!).reduce((sum, value) => sum + value, 0);
    expect(traceOfRootOfProduct(a, a, 8)).toBeCloseTo(trace, 8);
  });

  test('is symmetric, also for singular matrices', () => {
    const a = randomCovariance(10, 4, 2);
    const b = randomCovariance(10, 10, 3);
    expect(traceOfRootOfProduct(a, b, 10)).toBeCloseTo(traceOfRootOfProduct(b, a, 10), 5);
  });
});

describe('awkward matrices', () => {
  test('couplings far smaller than the one beside them are not lost', () => {
    const small = 1e-9;
    const matrix = Float64Array.of(1, 1, small, 1, 1, 1, small, 1, 1);
    const { values, vectors } = symmetricEigen(matrix, 3);
    const rebuilt = multiply(
      vectors.map((value, i) => value * values[i % 3]!),
      transpose(vectors, 3),
      3,
    );
    rebuilt.forEach((value, i) => {
      expect(value).toBeCloseTo(matrix[i]!, 14);
    });
  });

  test.each([1e-300, 1e-160, 1, 1e160, 1e300])('elements about %g', (size) => {
    const matrix = Float64Array.of(2, 1, 1, 1, 3, 1, 1, 1, 4);
    const expected = sorted(symmetricEigenvalues(matrix, 3));
    const scaled = symmetricEigenvalues(
      matrix.map((value) => value * size),
      3,
    );
    sorted(scaled).forEach((value, k) => {
      expect(value / size).toBeCloseTo(expected[k]!, 12);
    });
  });

  test.each([
    [1, [Number.NaN]],
    [1, [Number.POSITIVE_INFINITY]],
    [2, [1, 0, 0, Number.NaN]],
  ])('%i x %i with a value that is none is refused', (n, matrix) => {
    expect(() => symmetricEigenvalues(Float64Array.from(matrix), n)).toThrow('matrix that holds');
    expect(() => traceOfRootOfProduct(Float64Array.from(matrix), new Float64Array(n * n), n)).toThrow();
  });

  test('nothing and zero have their eigenvalues', () => {
    expect([...symmetricEigenvalues(new Float64Array(0), 0)]).toEqual([]);
    expect([...symmetricEigenvalues(new Float64Array(9), 3)]).toEqual([0, 0, 0]);
    expect(traceOfRootOfProduct(Float64Array.of(4), Float64Array.of(9), 1)).toBeCloseTo(6, 14);
  });
});
