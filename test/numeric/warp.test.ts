import { expect, test } from 'vitest';
import { createImage, sampleCubic, sampleLinear } from '../../src/numeric/index.ts';

test('bilinear between pixels, and the edge repeated beyond them', () => {
  const image = createImage(2, 2, Float32Array.of(1, 2, 3, 4));
  expect(sampleLinear(image, 0.5, 0.5)).toBe(2.5);
  expect(sampleLinear(image, 1, 1)).toBe(4);
  expect(sampleLinear(image, -3, 9)).toBe(3);
});

test('pictures of one row, one column, one pixel', () => {
  const column = createImage(1, 3, Float32Array.of(1, 2, 4));
  const row = createImage(3, 1, Float32Array.of(1, 2, 4));
  const pixel = createImage(1, 1, Float32Array.of(7));
  for (const [at, value] of [
    [0, 1],
    [1.5, 3],
    [2, 4],
  ] as const) {
    expect(sampleLinear(column, 0, at)).toBe(value);
    expect(sampleLinear(row, at, 0)).toBe(value);
  }
  expect(sampleLinear(pixel, 0.3, -2)).toBe(7);
  expect(sampleCubic(pixel, 0, 0)).toBe(7);
});
