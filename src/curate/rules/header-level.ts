import type { Rule } from './types.ts';

/** In scatters of the days around: far more than rotation and activity do, less than another filter does. */
const LARGEST_DISTANCE = 5;

export const headerLevel: Rule = {
  name: 'header-level',
  summary:
    'distance of DATAMEDN (at nominal exposure) from that of the days around, in scatters of those days',
  // Known before the pixels are, and told with them: a shadow or another filter should be named as such as well.
  stage: 'pixels',
  instrument: 'AIA',
  sense: 'at most',
  limit: () => LARGEST_DISTANCE,
  measure: ({ headerLevel: level }) => ({
    score: level?.distance ?? null,
    note: level && `median ${level.value.toPrecision(4)}, days around ${level.typical.toPrecision(4)}`,
  }),
};
