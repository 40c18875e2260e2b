import type { Rule } from './types.ts';

/** Real frames have up to 4e-5, storms a hundred times that. */
const LARGEST_SHARE = 0.004;

export const particles: Rule = {
  name: 'particles',
  summary: 'share of pixels that stand alone far above their neighbours: particle storms',
  stage: 'pixels',
  instrument: 'AIA',
  sense: 'at most',
  limit: () => LARGEST_SHARE,
  measure: ({ pixels }) => ({ score: pixels?.spikeShare ?? null }),
};
