import type { Rule } from './types.ts';

export const limb: Rule = {
  name: 'limb',
  summary: 'share of directions in which the edge of the corona was found on one circle',
  stage: 'pixels',
  instrument: 'AIA',
  sense: 'at least',
  limit: () => 0.6,
  measure: ({ pixels }) => ({ score: pixels?.limbShare ?? null }),
};
