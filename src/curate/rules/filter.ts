import { numberOf, type Rule } from './types.ts';

export const filter: Rule = {
  name: 'filter',
  summary: 'AIFILTYP: 0 is the thin filter of normal operation (others dim the picture)',
  stage: 'header',
  instrument: 'AIA',
  sense: 'at most',
  limit: () => 0,
  measure({ header, channel }) {
    const type = numberOf(header, 'AIFILTYP');
    // The ultraviolet and visible channels have no such filter.
    if (type === null || channel.wavelength >= 1600) return { score: null };
    return { score: type, note: `AIFILTYP ${type}` };
  },
};
