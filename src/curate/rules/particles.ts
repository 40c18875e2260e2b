import { measured, percent, type Rule } from './types.ts';

/** Good frames have up to 4e-5, storms a hundred times that. */
const LARGEST_SHARE = 0.001;

export const particles: Rule = {
  name: 'particles',
  summary: 'share of pixels beyond the corona that stand alone above their neighbours: particle storms',
  stage: 'pixels',
  instrument: 'AIA',
  sense: 'at most',
  limit: () => LARGEST_SHARE,
  measure: ({ pixels }) =>
    measured(pixels?.spikeShare, (value) => `${percent(value)} of the pixels beyond the corona are hits`),
};
