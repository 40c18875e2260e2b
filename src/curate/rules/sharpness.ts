import { measured, type Rule } from './types.ts';

/** Decades of power; good frames have -2.0 or more, blurred ones -2.8 or less. */
const SMALLEST_OF_PICTURES = -2.5;
/** Good magnetograms have -1.5 or more, blurred ones -1.7 or less. */
const SMALLEST_OF_FIELDS = -1.6;

export const sharpness: Rule = {
  name: 'sharpness',
  summary:
    'power of 19" to 38" structure, noise taken off, over that of 64" to 160" on the disk, log10: loss of focus, jitter',
  stage: 'pixels',
  sense: 'at least',
  limit({ channel }) {
    if (channel.name === 'hmi-ic') return null;
    return channel.name === 'hmi-m' ? SMALLEST_OF_FIELDS : SMALLEST_OF_PICTURES;
  },
  measure: ({ pixels }) =>
    measured(pixels?.sharpness, (value) => `fine structure 10^${value.toFixed(2)} of the coarse`),
};
