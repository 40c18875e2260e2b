import { numberOf, type Rule } from './types.ts';

/** JSOC's range: above -20 and below 100. */
const MIDDLE = 40;
const HALF_RANGE = 60;

export const focus: Rule = {
  name: 'focus',
  summary: 'distance of the focus position AIFCPS from the middle of its range (-20 .. 100)',
  stage: 'header',
  instrument: 'AIA',
  sense: 'at most',
  // The ends are out of range and positions are whole numbers.
  limit: () => HALF_RANGE - 0.5,
  measure({ header }) {
    const position = numberOf(header, 'AIFCPS');
    return position === null
      ? { score: null }
      : { score: Math.abs(position - MIDDLE), note: `AIFCPS ${position}` };
  },
};
