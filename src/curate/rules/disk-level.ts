import type { Rule } from './types.ts';

const LARGEST_DISTANCE = 4;

export const diskLevel: Rule = {
  name: 'disk-level',
  summary:
    'distance of the median of the disk from that of accepted frames of the days before, in their scatters',
  stage: 'pixels',
  instrument: 'AIA',
  sense: 'at most',
  limit: () => LARGEST_DISTANCE,
  measure: ({ diskLevel: level }) => ({
    score: level?.distance ?? null,
    note: level && `median ${level.value.toPrecision(4)}, before ${level.typical.toPrecision(4)}`,
  }),
};

/** Kept so that later frames can be compared with this one; rejects nothing. */
export const diskMedian: Rule = {
  name: 'disk-median',
  summary:
    'median of the disk, linear unit of the channel; what disk-level compares; never rejects by itself',
  stage: 'pixels',
  instrument: 'AIA',
  sense: 'at least',
  limit: () => null,
  measure: ({ pixels }) => ({ score: pixels?.diskMedian ?? null }),
};
