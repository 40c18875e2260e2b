import { describe, expect, test } from 'vitest';
import {
  createRandom,
  histogram,
  median,
  medianAbsoluteDeviation,
  moments,
  quantile,
  RunningMoments,
} from '../../src/numeric/index.ts';

describe('order statistics', () => {
  test('quantiles interpolate like numpy', () => {
    // numpy.quantile([3, 1, 4, 1, 5, 9, 2, 6], [0, 0.1, 0.5, 0.9, 1])
    const values = [3, 1, 4, 1, 5, 9, 2, 6];
    expect([0, 0.1, 0.5, 0.9, 1].map((p) => quantile(values, p))).toEqual(
      [1, 1, 3.5, 6.9, 9].map((v) => expect.closeTo(v, 12)),
    );
  });

  test('missing values are left out', () => {
    expect(median([Number.NaN, 2, 1, 3])).toBe(2);
    expect(median([])).toBeNaN();
  });

  test('median absolute deviation', () => {
    expect(medianAbsoluteDeviation([1, 1, 2, 2, 4, 6, 9])).toBe(1);
  });
});

test('moments of a skewed sample', () => {
  // scipy.stats.skew([1, 2, 3, 10]) = 1.0182337649086284
  const { count, mean, std, skewness } = moments([1, 2, Number.NaN, 3, 10]);
  expect(count).toBe(4);
  expect(mean).toBe(4);
  expect(std).toBeCloseTo(Math.sqrt(12.5), 12);
  expect(skewness).toBeCloseTo(1.0182337649086284, 12);
  expect(moments([5, 5]).skewness).toBe(0);
});

test('a histogram closes its last bin and counts nothing outside', () => {
  expect([...histogram([0, 0.5, 1, 2, -1, 3, Number.NaN], 2, 0, 2).counts]).toEqual([2, 2]);
});

describe('RunningMoments', () => {
  const random = createRandom(3);
  const vectors = Array.from({ length: 50 }, () => {
    const a = 1000 + random.normal();
    return [a, 2 * a + random.normal(), random.uniform()];
  });

  test('agrees with two passes, however the stream is cut', () => {
    const whole = new RunningMoments(3);
    for (const vector of vectors) whole.add(vector);
    const left = new RunningMoments(3);
    const right = new RunningMoments(3);
    for (const [i, vector] of vectors.entries()) (i < 20 ? left : right).add(vector);
    left.merge(right);
    const means = [0, 1, 2].map((i) => vectors.reduce((sum, v) => sum + v[i]!, 0) / 50);
    for (const running of [whole, left]) {
      const covariance = running.covariance();
      for (let i = 0; i < 3; i++) {
        expect(running.mean[i]).toBeCloseTo(means[i]!, 9);
        for (let j = 0; j < 3; j++) {
          const direct = vectors.reduce((sum, v) => sum + (v[i]! - means[i]!) * (v[j]! - means[j]!), 0) / 49;
          expect(covariance[i * 3 + j]).toBeCloseTo(direct, 9);
        }
      }
    }
  });
});

test('quantiles by selection are those of the sorted values', () => {
  const random = createRandom(5);
  for (let round = 0; round < 200; round++) {
    const values = Array.from({ length: 1 + random.int(40) }, () => random.int(10));
    const ordered = [...values].sort((a, b) => a - b);
    const p = random.uniform();
    const position = p * (values.length - 1);
    const [below, above] = [ordered[Math.floor(position)]!, ordered[Math.ceil(position)]!];
    expect(quantile(values, p)).toBeCloseTo(below + (position - Math.floor(position)) * (above - below), 12);
  }
});

test('the same value over and over has no spread and no skewness, however its sum is rounded', () => {
  for (const value of [0.1, 1e9 / 3, -7e-5]) {
    expect(moments(Array.from({ length: 31 }, () => value))).toEqual({
      count: 31,
      mean: value,
      std: 0,
      skewness: 0,
    });
  }
  expect(moments([Number.NaN])).toEqual({ count: 0, mean: Number.NaN, std: Number.NaN, skewness: 0 });
});
