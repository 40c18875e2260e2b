import { type Rule, textOf } from './types.ts';

/** Keyword, value in normal operation, what another value means. */
const NOMINAL: readonly [string, string, string][] = [
  ['ACS_MODE', 'SCIENCE', 'manoeuvre'],
  ['ACS_ECLP', 'NO', 'eclipse'],
  ['ACS_SUNP', 'YES', 'Sun not present'],
  ['ACS_SAFE', 'NO', 'safe mode'],
];

export const spacecraft: Rule = {
  name: 'spacecraft',
  summary: 'attitude-control keywords (ACS_MODE, ACS_ECLP, ACS_SUNP, ACS_SAFE) that are not nominal',
  stage: 'header',
  instrument: 'AIA',
  sense: 'at most',
  limit: () => 0,
  measure({ header }) {
    const known = NOMINAL.filter(([keyword]) => textOf(header, keyword) !== null);
    if (known.length === 0) return { score: null };
    const wrong = known.filter(([keyword, nominal]) => textOf(header, keyword) !== nominal);
    const notes = wrong.map(([keyword, , meaning]) => `${keyword} ${textOf(header, keyword)}: ${meaning}`);
    return { score: wrong.length, note: notes.join(', ') || undefined };
  },
};
