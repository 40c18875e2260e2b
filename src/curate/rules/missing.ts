import { measured, percent, type Rule } from './types.ts';

/** Same limit as PERCENTD's. */
const LARGEST_SHARE = 0.001;

export const missing: Rule = {
  name: 'missing-pixels',
  summary: 'share of pixels without a value (BLANK, NaN)',
  stage: 'pixels',
  sense: 'at most',
  limit: () => LARGEST_SHARE,
  measure: ({ pixels }) =>
    measured(pixels?.missingShare, (value) => `${percent(value)} of the pixels have no value`),
};
