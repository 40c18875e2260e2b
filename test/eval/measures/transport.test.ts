import { expect, it } from 'vitest';
import { permutationRank, wasserstein } from '../../../src/eval/measures/transport.ts';
import { createRandom } from '../../../src/numeric/random.ts';

it('the Wasserstein distance of shifted samples is the shift, of any two counts', () => {
  expect(wasserstein([1, 2, 3], [4, 5, 6])).toBeCloseTo(3, 12);
  expect(wasserstein([0, 0, 0, 1], [0, 1])).toBeCloseTo(0.25, 12);
  expect(wasserstein([5], [5, 5, 5])).toBe(0);
  expect(wasserstein([1, Number.NaN], [2])).toBe(1);
  expect(wasserstein([], [2])).toBeNaN();
});

it('is symmetric and agrees with sorting where the counts agree', () => {
  const random = createRandom(4);
  const [a, b] = [0, 1].map((shift) => Array.from({ length: 50 }, () => random.normal() + shift));
  const sorted = (values: number[]) => values.slice().sort((x, y) => x - y);
  const direct = sorted(a).reduce((sum, value, i) => sum + Math.abs(value - sorted(b)[i]), 0) / 50;
  expect(wasserstein(a, b)).toBeCloseTo(direct, 12);
  expect(wasserstein(b, a)).toBeCloseTo(direct, 12);
});

it('the permutation rank is small for different samples and not for equal ones', () => {
  const random = createRandom(8);
  const draw = (shift: number) => Array.from({ length: 40 }, () => random.normal() + shift);
  const rank = (a: number[], b: number[]) => permutationRank(a, b, wasserstein, random, 199);
  expect(rank(draw(0), draw(2))).toBe(1 / 200);
  const same = Array.from({ length: 10 }, () => rank(draw(0), draw(0)));
  expect(same.reduce((sum, value) => sum + value, 0) / 10).toBeGreaterThan(0.2);
});
