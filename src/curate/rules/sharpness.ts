import { measured, type Rule } from './types.ts';

/** Decades of power; good frames have -2.0 or more. */
const SMALLEST = -2.5;

export const sharpness: Rule = {
  name: 'sharpness',
  summary: 'power of 19" to 38" structure over that of 64" to 160" on the disk, log10: loss of focus, jitter',
  stage: 'pixels',
  instrument: 'AIA',
  sense: 'at least',
  limit: () => SMALLEST,
  measure: ({ pixels }) =>
    measured(pixels?.sharpness, (value) => `fine structure 10^${value.toFixed(2)} of the coarse`),
};
