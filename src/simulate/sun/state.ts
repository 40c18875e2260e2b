/** The physical state of the Sun at one moment: a pure function of (seed, time). */
import { activityAt, decimalYear } from './cycle.ts';
import { type Ephemeris, ephemerisAt } from './ephemeris.ts';
import { type Flare, flaresAt } from './flares.ts';
import { type CoronalHole, coronalHolesAt } from './holes.ts';
import { type BrightPoint, brightPointsAt } from './points.ts';
import { type ActiveRegion, activeRegionsAt } from './regions.ts';

export interface SunState {
  seed: number | string;
  time: Date;
  year: number;
  activity: number;
  ephemeris: Ephemeris;
  regions: ActiveRegion[];
  holes: CoronalHole[];
  points: BrightPoint[];
  flares: Flare[];
}

export function sunStateAt(seed: number | string, time: Date): SunState {
  const year = decimalYear(time);
  const regions = activeRegionsAt(seed, time);
  return {
    seed,
    time,
    year,
    activity: activityAt(year),
    ephemeris: ephemerisAt(time),
    regions,
    holes: coronalHolesAt(seed, time),
    points: brightPointsAt(seed, time),
    flares: flaresAt(seed, regions, time),
  };
}
