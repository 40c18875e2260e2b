import type { Rule } from './types.ts';

/** In scatters of the 31 days around: far more than rotation and activity do, less than another filter does. */
const LARGEST_DISTANCE = 5;

export const headerLevel: Rule = {
  name: 'header-level',
  summary:
    'distance of DATAMEAN (at nominal exposure) from the median of the days around, in scatters of those days',
  stage: 'header',
  instrument: 'AIA',
  sense: 'at most',
  limit: () => LARGEST_DISTANCE,
  measure: ({ headerLevel: level }) => ({
    score: level?.distance ?? null,
    note: level && `mean ${level.value.toPrecision(4)}, days around ${level.typical.toPrecision(4)}`,
  }),
};
