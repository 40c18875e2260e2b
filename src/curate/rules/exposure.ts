import { numberOf, type Rule } from './types.ts';

/** Short flare exposures have more noise and another ceiling; JSOC calls a frame short at 1931 of 2000 ms. */
export const exposureNominal: Rule = {
  name: 'exposure-nominal',
  summary: 'relative deviation of EXPTIME from the nominal exposure of the channel',
  stage: 'header',
  instrument: 'AIA',
  sense: 'at most',
  limit: ({ options }) => options.exposureTolerance,
  measure({ frame, header, channel }) {
    const nominal = channel.nominalExposureSeconds;
    if (nominal === null) return { score: null };
    const seconds = numberOf(header, 'EXPTIME') ?? frame.exposureSeconds ?? null;
    // An exposure of nan or 0 cannot be normalised: as far from nominal as can be.
    if (seconds === null || seconds <= 0) return { score: 1, note: 'EXPTIME is missing or not positive' };
    const deviation = Math.abs(seconds / nominal - 1);
    return { score: deviation, note: `EXPTIME ${seconds} s, nominal ${nominal} s` };
  },
};
