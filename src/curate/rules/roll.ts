import { measured, type Rule } from './types.ts';

/** A turned frame gains against all of those before, by 0.6 as a rule; an upright one hardly against any. */
const LARGEST_GAIN = 0.025;

/**
 * The limb is round: only what lies on and above it tells a roll, and only beside other frames, so the first two of a
 * set pass, and rolls below 10 degrees can.
 */
export const roll: Rule = {
  name: 'roll',
  summary:
    'how much better (correlation) the picture fits each accepted frame before when it is turned; a fifth of it where fewer than two are of the last day',
  stage: 'pixels',
  // Fields of both signs do not keep their pattern for hours.
  instrument: 'AIA',
  sense: 'at most',
  limit: () => LARGEST_GAIN,
  measure: ({ comparison }) =>
    measured(comparison?.roll?.gain, () => {
      const { degrees, frames } = comparison!.roll!;
      return `fits best at ${degrees} deg, against ${frames} frames before`;
    }),
};
