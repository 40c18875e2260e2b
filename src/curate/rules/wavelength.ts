import { numberOf, type Rule } from './types.ts';

export const wavelength: Rule = {
  name: 'wavelength',
  summary: 'difference between WAVELNTH and the wavelength that was asked for',
  stage: 'header',
  sense: 'at most',
  limit: () => 0,
  measure({ frame, header }) {
    const found = numberOf(header, 'WAVELNTH');
    if (found === null) return { score: null };
    return {
      score: Math.abs(found - frame.wavelength),
      note: `WAVELNTH ${found}, slot of ${frame.wavelength}`,
    };
  },
};
