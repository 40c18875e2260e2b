/**
 * When eclipses are planted. SDO passes behind the Earth for about three weeks around each equinox. In those weeks half of the
 * faults that one total rate gives become eclipses, in the rest of the year three of four eclipses become another fault:
 * three quarters fall in a season, and every frame keeps its chance of a fault.
 *
 * Some are left to the rest of the year, and to hours other than 07 UT, on purpose. What is wrong with a frame depends on that
 * frame alone, not on the range that was asked for, or a folder that grows by ranges would change its truth; so a
 * short range in January, or slots every six hours, would never show an eclipse to what is tested with them. Rates by name are
 * taken as they are.
 */
import type { Random } from '../../numeric/random.ts';
import type { FaultName } from './types.ts';

/** First days and the days after the last, as month and day: 23 days about 5 March and 6 September. */
const SEASONS = [
  ['02-22', '03-17'],
  ['08-26', '09-18'],
] as const;
const TURNED_IN_SEASON = 0.5;
const KEPT_OUT_OF_SEASON = 0.25;

export function isEclipseSeason(time: Date): boolean {
  const day = time.toISOString().slice(5, 10);
  return SEASONS.some(([from, to]) => day >= from && day < to);
}

/** The fault that the calendar makes of a drawn one; `other` draws one that is no eclipse. */
export function inSeason(name: FaultName, time: Date, random: Random, other: () => FaultName): FaultName {
  const draw = random.fork('season').uniform();
  if (isEclipseSeason(time)) return draw < TURNED_IN_SEASON ? 'eclipse' : name;
  return name === 'eclipse' && draw >= KEPT_OUT_OF_SEASON ? other() : name;
}
