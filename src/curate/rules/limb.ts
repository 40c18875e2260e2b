import { measured, percent, type Rule } from './types.ts';

export const limb: Rule = {
  name: 'limb',
  summary: 'share of directions in which the edge of the corona was found on one circle',
  stage: 'pixels',
  instrument: 'AIA',
  sense: 'at least',
  limit: () => 0.6,
  measure: ({ pixels }) =>
    measured(pixels?.limbShare, (value) => `limb found in ${percent(value)} of the directions`),
};
