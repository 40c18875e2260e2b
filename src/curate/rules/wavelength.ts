import { numberOf, type Rule } from './types.ts';

export const wavelength: Rule = {
  name: 'wavelength',
  summary: 'difference between WAVELNTH and the wavelength that was asked for',
  stage: 'header',
  sense: 'at most',
  limit: () => 0,
  measure({ frame, header, channel }) {
    const found = numberOf(header, 'WAVELNTH');
    // HMI's line has one wavelength only; the catalog keeps 0 for it.
    if (found === null || channel.instrument === 'HMI') return { score: null };
    return {
      score: Math.abs(found - frame.wavelength),
      note: `WAVELNTH ${found}, slot of ${frame.wavelength}`,
    };
  },
};
