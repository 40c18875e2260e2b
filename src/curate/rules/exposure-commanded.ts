import { numberOf, type Rule } from './types.ts';

/** The shutter repeats within 0.1 %; a larger difference means that it, or the header, is wrong. */
const LARGEST_DEVIATION = 0.02;

export const exposureCommanded: Rule = {
  name: 'exposure-commanded',
  summary: 'relative deviation of EXPTIME from the commanded exposure AIMGSHCE',
  stage: 'header',
  instrument: 'AIA',
  sense: 'at most',
  limit: () => LARGEST_DEVIATION,
  measure({ header }) {
    const seconds = numberOf(header, 'EXPTIME');
    const commanded = numberOf(header, 'AIMGSHCE');
    if (seconds === null || commanded === null || commanded <= 0) return { score: null };
    return {
      score: Math.abs((seconds * 1000) / commanded - 1),
      note: `EXPTIME ${seconds} s, AIMGSHCE ${commanded} ms`,
    };
  },
};
