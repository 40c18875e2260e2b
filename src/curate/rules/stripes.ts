import { measured, percent, type Rule } from './types.ts';

/** Good frames of ten channels have a few per cent at 256 pixels a side, less when larger. */
const LARGEST_SHARE = 0.12;

export const stripes: Rule = {
  name: 'stripes',
  summary:
    'by how much rows or columns of the disk stand out from those beside them, rms, in shares of its level',
  stage: 'pixels',
  instrument: 'AIA',
  sense: 'at most',
  limit: () => LARGEST_SHARE,
  measure: ({ pixels }) =>
    measured(pixels?.stripes, (value) => `rows or columns stand out by ${percent(value)} of the disk`),
};
