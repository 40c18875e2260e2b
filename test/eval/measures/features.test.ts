import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blockedCholesky, frechetDistance, pivotedCholesky } from '../../../src/eval/measures/frechet.ts';
import { kernelDistance, pick, squaredDiscrepancy } from '../../../src/eval/measures/kernel-distance.ts';
import { productByLoop } from '../../../src/eval/measures/matrix.ts';
import { supportScores } from '../../../src/eval/measures/neighbours.ts';
import { statisticsOf } from '../../../src/eval/measures/statistics.ts';
import { largeSymmetricEigenvalues } from '../../../src/eval/measures/tridiagonal.ts';
import { createMatrixEngine, type MatrixEngine } from '../../../src/eval/onnx/matrix.ts';
import { symmetricEigenvalues } from '../../../src/numeric/linalg.ts';
import { createRandom } from '../../../src/numeric/random.ts';
import { type FeatureFormula, formulaFeatures } from '../../support/formula-images.ts';
import { describeWithGolden } from '../../support/golden.ts';

const FORMULAS: Record<string, FeatureFormula> = {
  A: { N: 3000, d: 64, K: 64, seed_z: 1001, seed_w: 1011, seed_v: 0, eps: 0, seed_m: 1012, shift: 2 },
  B: { N: 2500, d: 64, K: 64, seed_z: 1002, seed_w: 1011, seed_v: 1013, eps: 0.3, seed_m: 1012, shift: 1.7 },
  SA: { N: 50, d: 64, K: 64, seed_z: 1003, seed_w: 1011, seed_v: 0, eps: 0, seed_m: 1012, shift: 2 },
  SB: { N: 50, d: 64, K: 64, seed_z: 1004, seed_w: 1011, seed_v: 1013, eps: 0.3, seed_m: 1012, shift: 1.7 },
  LA: { N: 300, d: 2048, K: 96, seed_z: 1005, seed_w: 1021, seed_v: 0, eps: 0, seed_m: 1022, shift: 1 },
  LB: {
    N: 300,
    d: 2048,
    K: 96,
    seed_z: 1006,
    seed_w: 1021,
    seed_v: 1023,
    eps: 0.2,
    seed_m: 1022,
    shift: 0.9,
  },
  P: { N: 500, d: 64, K: 5, seed_z: 1007, seed_w: 1031, seed_v: 0, eps: 0, seed_m: 1032, shift: 1 },
  Q: { N: 500, d: 64, K: 5, seed_z: 1008, seed_w: 1031, seed_v: 1033, eps: 0.25, seed_m: 1032, shift: 0.8 },
  R: { N: 400, d: 64, K: 5, seed_z: 1009, seed_w: 1031, seed_v: 1033, eps: 0.08, seed_m: 1032, shift: 1 },
};
const sets: Record<string, Float32Array> = {};

beforeAll(async () => {
  engine = await createMatrixEngine();
  for (const [name, formula] of Object.entries(FORMULAS)) sets[name] = formulaFeatures(formula);
  for (const [name, of, value] of [
    ['DA', 'A', 1],
    ['DB', 'B', 1.5],
  ] as const) {
    sets[name] = sets[of].map((feature, i) => (i % 64 < 8 ? value : feature));
  }
});

const dimensionOf = (name: string) => (name.startsWith('L') ? 2048 : 64);
const statistics = (name: string) => statisticsOf(sets[name], dimensionOf(name), engine.product);
let engine: MatrixEngine;
afterAll(() => engine.close());

/** Case, pytorch-fid's own value (where the matrices are regular), the most accurate value, Tr S1 + Tr S2. */
const FRECHET: [string, string, number | undefined, number, number][] = [
  ['A', 'B', 7.005138305707874, 7.005138305705543, 236.79],
  ['SA', 'SB', undefined, 56.87807632710175, 233.88],
  ['SA', 'B', undefined, 36.774610242981566, 237.6],
  ['A', 'A', undefined, 0, 225.48],
  ['SA', 'SA', undefined, 0, 227.1],
  ['DA', 'DB', 7.492310938283765, 7.492310938283737, 208.69],
  ['LA', 'LB', undefined, 1103.287924229231, 11153.5],
];

describe('the Frechet distance against pytorch-fid', () => {
  for (const [a, b, original, accurate, traces] of FRECHET) {
    it(`${a} - ${b}`, async () => {
      const { distance } = await frechetDistance(await statistics(a), await statistics(b), engine.product);
      expect(Math.abs(distance - accurate)).toBeLessThan(1e-6 * traces);
      if (original !== undefined) expect(Math.abs(distance / original - 1)).toBeLessThan(1e-9);
    });
  }

  it('is symmetric, and the same by the loop as by the engine', async () => {
    const [one, two] = [await statistics('SA'), await statistics('B')];
    const forward = await frechetDistance(one, two);
    expect(forward.distance).toBeCloseTo((await frechetDistance(two, one, engine.product)).distance, 6);
  });
});

describeWithGolden('mean and covariance against numpy', (golden) => {
  it('agree to 1e-12', async () => {
    for (const name of ['A', 'B', 'SA', 'SB']) {
      const { mean, covariance } = await statistics(name);
      golden.float64(`B_mu_${name}.bin`).forEach((value, i) => {
        expect(Math.abs(value - mean[i])).toBeLessThan(1e-12);
      });
      const stored = golden.float64(`B_sigma_${name}.bin`);
      expect(Math.max(...stored.map((value, i) => Math.abs(value - covariance[i])))).toBeLessThan(4e-12);
    }
  });

  it('the kernel distance agrees on the stored subsets', async () => {
    const { kid } = golden.json<{
      kid: { per_subset_float64: number[]; torch_fidelity_whole_set_float64: number };
    }>('B.json');
    const indices = golden.uint16('B_kid_indices.bin');
    const own: number[] = [];
    for (const subset of kid.per_subset_float64.keys()) {
      const rows = (side: number) =>
        indices.subarray((2 * subset + side) * 500, (2 * subset + side + 1) * 500);
      const [a, b] = [pick(sets['A'], rows(0), 64), pick(sets['B'], rows(1), 64)];
      own.push(await squaredDiscrepancy(a, b, 64, engine.product));
    }
    own.forEach((value, i) => {
      expect(Math.abs(value / kid.per_subset_float64[i] - 1)).toBeLessThan(1e-9);
    });
    const all = Float64Array.from(sets['A'].subarray(0, 2500 * 64));
    const whole = await squaredDiscrepancy(all, Float64Array.from(sets['B']), 64, engine.product);
    expect(Math.abs(whole / kid.torch_fidelity_whole_set_float64 - 1)).toBeLessThan(1e-9);
  });
});

it('the kernel distance of one distribution is near zero, and grows with the shift', async () => {
  const distance = (b: Float32Array) =>
    kernelDistance(sets['A'], b, 64, createRandom(1), {
      subsets: 10,
      subsetSize: 300,
      product: engine.product,
    });
  const same = await distance(sets['A'].slice(64 * 1500));
  const shifted = await distance(sets['A'].map((value) => value + 0.5));
  expect(Math.abs(same.mean)).toBeLessThan(0.05);
  expect(shifted.mean).toBeGreaterThan(same.mean + 0.1);
  expect(same.subsetSize).toBe(300);
});

it('the kernel distance of few pictures is that of the whole sets, and its error is what other draws show', async () => {
  const [a, b] = [sets['A'], sets['B']].map((features) => Float64Array.from(features));
  const take = (features: Float64Array, draw: number) =>
    Float32Array.from(features.subarray(64 * 60 * draw, 64 * 60 * (draw + 1)));
  const draws = await Promise.all(
    Array.from({ length: 40 }, (_, i) => kernelDistance(take(a, i), take(b, i), 64, createRandom(i))),
  );
  expect(draws[0]).toMatchObject({ subsets: 1, subsetSize: 60 });
  const whole = await squaredDiscrepancy(Float64Array.from(take(a, 0)), Float64Array.from(take(b, 0)), 64);
  expect(draws[0].mean / whole).toBeCloseTo(1, 9);
  const mean = draws.reduce((sum, draw) => sum + draw.mean, 0) / 40;
  const spread = Math.sqrt(draws.reduce((sum, draw) => sum + (draw.mean - mean) ** 2, 0) / 39);
  const typical = draws.reduce((sum, draw) => sum + draw.standardError, 0) / 40;
  expect(typical / spread).toBeGreaterThan(0.7);
  expect(typical / spread).toBeLessThan(1.5);
});

describe('precision, recall, density and coverage against PRDC', () => {
  const expected: [string, string, number, number, number, number, number][] = [
    ['P', 'Q', 3, 0.768, 0.786, 0.4933333333333333, 0.628],
    ['P', 'Q', 5, 0.894, 0.932, 0.5564, 0.846],
    ['P', 'R', 3, 0.935, 0.924, 0.9358333333333333, 0.814],
    ['P', 'R', 5, 0.97, 0.966, 0.9765, 0.956],
    ['Q', 'P', 3, 0.786, 0.768, 0.5013333333333333, 0.624],
    ['Q', 'P', 5, 0.932, 0.894, 0.5984, 0.834],
  ];
  for (const [real, fake, k, precision, recall, density, coverage] of expected) {
    it(`${real} - ${fake}, k ${k}`, async () => {
      const scores = await supportScores(sets[real], sets[fake], 64, k, engine.product);
      expect(scores.precision).toBeCloseTo(precision, 12);
      expect(scores.recall).toBeCloseTo(recall, 12);
      expect(scores.density).toBeCloseTo(density, 12);
      expect(scores.coverage).toBeCloseTo(coverage, 12);
    });
  }
});

it('the pivoted factor gives the matrix back and finds its rank', () => {
  const random = createRandom(2);
  const n = 7;
  const rank = 3;
  const rows = Float64Array.from({ length: rank * n }, () => random.normal());
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++)
      for (let k = 0; k < rank; k++) matrix[i * n + j] += rows[k * n + i] * rows[k * n + j];
  }
  const factor = pivotedCholesky(matrix, n);
  expect(factor.length / n).toBe(rank);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let k = 0; k < rank; k++) sum += factor[k * n + i] * factor[k * n + j];
      expect(sum).toBeCloseTo(matrix[i * n + j], 10);
    }
  }
});

it('products by the engine are those of the loop, of rows and of columns', async () => {
  const random = createRandom(3);
  const [a, b] = [12, 20].map((length) => Float64Array.from({ length }, () => random.normal()));
  for (const transposed of [false, true]) {
    const [own, plain] = [
      await engine.product(a, b, 4, transposed),
      await productByLoop(a, b, 4, transposed),
    ];
    expect(own.length).toBe(15);
    own.forEach((value, i) => {
      expect(value).toBeCloseTo(plain[i], 12);
    });
  }
  expect([
    ...(await productByLoop(Float64Array.of(1, 2, 3, 4), Float64Array.of(5, 6, 7, 8), 2, true)),
  ]).toEqual([26, 30, 38, 44]);
});

it('factors a matrix of full rank in blocks, and refuses one without', async () => {
  const [n, rows] = [100, 300];
  const random = createRandom('blocks');
  const data = Float64Array.from({ length: rows * n }, () => random.normal());
  const matrix = await engine.product(data, data, rows, true);
  const factor = (await blockedCholesky(matrix, n, engine.product))!;
  const again = await productByLoop(factor, factor, n, true);
  expect(Math.max(...matrix.map((value, i) => Math.abs(value - again[i])))).toBeLessThan(1e-10 * rows);
  const flat = await productByLoop(data.subarray(0, 90 * n), data.subarray(0, 90 * n), 90, true);
  expect(await blockedCholesky(flat, n, engine.product)).toBeUndefined();
});

describe('eigenvalues of large symmetric matrices', () => {
  const sorted = (values: Float64Array) => [...values].sort((x, y) => x - y);

  // From 128 on the reduction is compiled.
  it.each([1, 2, 3, 17, 60, 150, 151])('are those of the plain reduction, %i x %i', (n) => {
    const random = createRandom(n);
    const matrix = new Float64Array(n * n);
    for (let i = 0; i < n; i++)
      for (let j = 0; j <= i; j++) matrix[i * n + j] = matrix[j * n + i] = random.normal();
    const [own, plain] = [largeSymmetricEigenvalues(matrix, n), symmetricEigenvalues(matrix, n)].map(sorted);
    own.forEach((value, i) => {
      expect(value).toBeCloseTo(plain[i], 9);
    });
  });

  it('of a diagonal and of a zero matrix are found without dividing by zero', () => {
    const diagonal = Float64Array.from({ length: 16 }, (_, i) => (i % 5 === 0 ? i + 1 : 0));
    expect(sorted(largeSymmetricEigenvalues(diagonal, 4))).toEqual([1, 6, 11, 16]);
    expect(sorted(largeSymmetricEigenvalues(new Float64Array(9), 3))).toEqual([0, 0, 0]);
  });
});
