import { measured, percent, type Rule } from './types.ts';

/** Flares saturate every day and stay in; half a disk of it is no flare. */
const LARGEST_SHARE = 0.25;

export const saturated: Rule = {
  name: 'saturated',
  summary: 'share of pixels at the ceiling of the camera (16383 DN)',
  stage: 'pixels',
  instrument: 'AIA',
  sense: 'at most',
  limit: () => LARGEST_SHARE,
  measure: ({ pixels }) =>
    measured(pixels?.saturatedShare, (value) => `${percent(value)} of the pixels saturated`),
};
