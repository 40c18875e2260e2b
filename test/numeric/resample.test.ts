import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { boxHalve, boxReduceTo, buildPyramid, createImage, createRandom } from '../../src/numeric/index.ts';

describe('boxHalve', () => {
  test('is the mean of each 2x2 block', () => {
    const image = createImage(4, 2, Float32Array.from([1, 2, 3, 4, 5, 6, 7, 8]));
    expect(boxHalve(image)).toEqual(createImage(2, 1, Float32Array.from([3.5, 5.5])));
  });

  test('leaves missing pixels out of the mean, and out of the picture where a whole block is missing', () => {
    const nan = Number.NaN;
    const image = createImage(4, 2, Float32Array.from([1, nan, nan, nan, 5, 6, nan, nan]));
    expect([...boxHalve(image).data]).toEqual([4, nan]);
  });

  test('refuses odd sides', () => {
    expect(() => boxHalve(createImage(3, 4))).toThrow('even');
  });

  test('conserves the mean of the picture', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1000 }), (seed) => {
        const random = createRandom(seed);
        const image = createImage(
          16,
          16,
          Float32Array.from({ length: 256 }, () => 16000 * random.uniform()),
        );
        const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
        for (const level of buildPyramid(image, 1)) expect(mean(level.data)).toBeCloseTo(mean(image.data), 2);
      }),
    );
  });
});

test('a pyramid goes down to the smallest size', () => {
  expect(buildPyramid(createImage(32, 32)).map((level) => level.width)).toEqual([32, 16, 8, 4]);
});

test('boxReduceTo refuses sizes that halving does not reach', () => {
  expect(boxReduceTo(createImage(32, 32), 8).width).toBe(8);
  expect(() => boxReduceTo(createImage(32, 32), 12)).toThrow('power of two');
});
