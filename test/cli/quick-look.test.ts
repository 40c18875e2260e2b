import { expect, test } from 'vitest';
import { quickLook } from '../../src/cli/inspect/quick-look.ts';
import { card, firstImage, readFits, writeImage } from '../../src/fits/index.ts';

const SIDE = 64;
const header = firstImage(
  readFits(writeImage({ width: 1, height: 1, data: new Int16Array(1), cards: [card('TELESCOP', 'SDO')] })),
).header;

/** Values from 0 to 1, spread so that the median is `median` of the brightest. */
function skewed(median: number): Float64Array {
  const power = Math.log(median) / Math.log(0.5);
  return Float64Array.from({ length: SIDE * SIDE }, (_, i) => ((i + 0.5) / (SIDE * SIDE)) ** power);
}

const pixelsOf = (data: Float64Array) => quickLook(SIDE, SIDE, data, header).pixels;
const middleOf = (pixels: Uint8Array) => [...pixels].sort((a, b) => a - b)[pixels.length >> 1]!;

test('a dark median is lifted, a bright one left alone', () => {
  expect(middleOf(pixelsOf(skewed(0.6)))).toBeCloseTo(0.6 * 255, -1);
  for (const median of [0.2, 0.05, 0.01])
    expect(middleOf(pixelsOf(skewed(median)))).toBeCloseTo(0.3 * 255, -0.7);
});

test('frames of a series look alike: no median is where the shades jump', () => {
  let before = pixelsOf(skewed(0.5));
  for (let median = 0.495; median > 0.01; median -= 0.005) {
    const pixels = pixelsOf(skewed(median));
    const difference = Math.max(...pixels.map((shade, i) => Math.abs(shade - before[i]!)));
    expect(difference, `at a median of ${median}`).toBeLessThan(40);
    before = pixels;
  }
});

test('signed values are shown about middle gray, missing ones black', () => {
  const data = Float64Array.from({ length: SIDE * SIDE }, (_, i) => (i % 2 === 0 ? -1 : 1));
  data[5] = Number.NaN;
  const pixels = pixelsOf(data);
  expect(new Set(pixels)).toEqual(new Set([0, 255]));
  data.fill(0, 0, 64);
  expect(pixelsOf(data)[(SIDE - 1) * SIDE]).toBe(128);
});
