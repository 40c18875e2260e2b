import { measured, percent, type Rule } from './types.ts';

export const constant: Rule = {
  name: 'constant-rows',
  summary: 'share of the disk in rows of 16 and more equal values: lost blocks that were filled in',
  stage: 'pixels',
  sense: 'at most',
  limit: () => 0.005,
  measure: ({ pixels }) =>
    measured(pixels?.constantShare, (value) => `${percent(value)} of the disk in rows of one value`),
};
