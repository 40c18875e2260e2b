import { expect, test } from 'vitest';
import { invertTransform, largestInTransform } from '../../src/fits/tiles/hcompress-transform.ts';

const SUM = 2 ** 28;
const DIFFERENCE = 2 ** 26;

/** Coefficients near their bounds, which make the largest pixels; the same for the same seed. */
function coefficients(count: number, seed: number): Int32Array {
  let state = seed;
  const next = () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return state / 2 ** 32;
  };
  const out = Int32Array.from(
    { length: count },
    () => Math.sign(next() - 0.5) * (DIFFERENCE - Math.floor(9 * next())),
  );
  out[0] = SUM - seed;
  return out;
}

test.each([
  [1, 1],
  [1, 9],
  [300, 2],
  [31, 64],
  [130, 257],
])('%d x %d: 32 bits restore what float64 does, within the bound', (lines, length) => {
  for (const smoothScale of [0, 40]) {
    const narrow = coefficients(lines * length, 7);
    const wide = Float64Array.from(narrow);
    invertTransform(narrow, lines, length, smoothScale);
    invertTransform(wide, lines, length, smoothScale);
    expect(Float64Array.from(narrow)).toEqual(wide.map((value) => value + 0));
    const largest = largestInTransform(SUM, DIFFERENCE, { lines, length, smoothScale });
    expect(wide.every((value) => Math.abs(value) <= largest)).toBe(true);
    expect(largest).toBeLessThan(2 ** 31);
  }
});
