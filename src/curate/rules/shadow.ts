import { measured, percent, type Rule } from './types.ts';

export const shadow: Rule = {
  name: 'shadow',
  summary: 'share of the disk that is black beside the rest: the Earth or the Moon before the Sun',
  stage: 'pixels',
  instrument: 'AIA',
  sense: 'at most',
  limit: () => 0.01,
  measure: ({ pixels }) => measured(pixels?.shadowShare, (value) => `${percent(value)} of the disk is black`),
};
