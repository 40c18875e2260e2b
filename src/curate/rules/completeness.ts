import { numberOf, type Rule } from './types.ts';

const SMALLEST_PERCENT = 99.9;

/** PERCENTD first: cutouts keep a MISSVALS that counts what the cutting removed. */
export const completeness: Rule = {
  name: 'completeness',
  summary: 'per cent of the values that reached the ground (PERCENTD, else MISSVALS of TOTVALS)',
  stage: 'header',
  sense: 'at least',
  limit: () => SMALLEST_PERCENT,
  measure({ header }) {
    const percent = numberOf(header, 'PERCENTD');
    if (percent !== null) return { score: percent, note: `${percent} % of the values present` };
    const missing = numberOf(header, 'MISSVALS');
    const total = numberOf(header, 'TOTVALS');
    if (missing === null || total === null || total <= 0 || missing < 0) return { score: null };
    return { score: 100 * (1 - missing / total), note: `${missing} values missing` };
  },
};
