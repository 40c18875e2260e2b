/**
 * Active regions: when and where they are born, how they grow, spread and decay. Each is drawn from a generator seeded by
 * (seed, day of birth, cycle), so that the state at any time is known without walking through the times before it.
 */
import { createRandom, type Random } from '../../numeric/random.ts';
import { beltsAt, decimalYear } from './cycle.ts';
import { carringtonDrift } from './rotation.ts';

export interface ActiveRegion {
  /** Names the region's own random streams (its loops, its flares). */
  key: string;
  /** Radians, heliographic. */
  latitude: number;
  /** Radians, Carrington, now: includes differential rotation since birth. */
  longitude: number;
  /** Unsigned flux now, 1 for a large region at its best. */
  flux: number;
  /** Flux at its best. */
  strength: number;
  ageDays: number;
  /** Distance between the two polarities now, Mm. */
  separationMm: number;
  /** From the east-west line, radians, counter-clockwise on the sky (Joy's law). */
  tilt: number;
  /** Polarity of the leading (western) spot, Hale's law. */
  leadingSign: 1 | -1;
  /** Radius of the enhanced network that its decayed flux forms, radians. */
  plageRadius: number;
  /** How old and dispersed it is: 0 young with spots, 1 old plage. */
  dispersal: number;
}

const RADIAN = Math.PI / 180;
export const DAY_MS = 86_400_000;
/** Nothing is left of a region after this. */
const MEMORY_DAYS = 110;
/** A large region has not faded by itself until then: what is left of it goes within this time. */
const LEAVING_DAYS = 25;
/** Fainter regions are lost in the quiet network; those of less than twice this flux fade into it. */
const FAINTEST = 0.02;
/** How long an active nest of longitudes lives (Castenmiller et al. 1986: several rotations). */
const NEST_DAYS = 160;

export function activeRegionsAt(seed: number | string, time: Date): ActiveRegion[] {
  const now = time.getTime() / DAY_MS;
  const regions: ActiveRegion[] = [];
  for (let day = Math.floor(now) - MEMORY_DAYS; day <= Math.floor(now); day++) {
    for (const belt of beltsAt(decimalYear(new Date(day * DAY_MS)))) {
      const random = createRandom(`${seed}/regions/${belt.cycle}/${day}`);
      const count = random.poisson(belt.birthsPerDay);
      for (let index = 0; index < count; index++) {
        const region = regionNow(
          random.fork(index),
          `${seed}/region/${belt.cycle}/${day}/${index}`,
          day,
          now,
          belt,
          seed,
        );
        if (region) regions.push(region);
      }
    }
  }
  return regions;
}

function regionNow(
  random: Random,
  key: string,
  day: number,
  now: number,
  belt: { cycle: number; latitude: number },
  seed: number | string,
): ActiveRegion | undefined {
  const strength = Math.min(1.5, Math.max(0.07, 0.3 * Math.exp(0.8 * random.normal())));
  const ageDays = now - (day + random.uniform());
  const flux = fluxAt(strength, ageDays);
  const hemisphere = random.uniform() < 0.5 ? 1 : -1;
  const degrees = Math.max(2, belt.latitude + 4.5 * random.normal());
  const latitude = hemisphere * degrees * RADIAN;
  const birthLongitude = birthplace(random, seed, day, hemisphere);
  const tilt = -hemisphere * (0.45 * degrees + 12 * random.normal()) * RADIAN;
  if (flux <= 0) return undefined;
  const growth = 1 - Math.exp(-ageDays / 2.5);
  const dispersal = 1 - Math.exp(-ageDays / (8 + 14 * strength));
  return {
    key,
    latitude,
    longitude: birthLongitude + carringtonDrift(Math.sin(latitude), ageDays),
    flux,
    strength,
    ageDays,
    separationMm: (24 + 62 * Math.sqrt(strength)) * (0.35 + 0.65 * growth) * (1 + 0.5 * dispersal),
    tilt,
    leadingSign: ((belt.cycle % 2 === 0 ? -1 : 1) * hemisphere) as 1 | -1,
    plageRadius: (2 + 3.2 * Math.sqrt(strength) + 4.5 * dispersal) * RADIAN,
    dispersal,
  };
}

/** Flux of a region of some strength at some age, without a step from its birth to its end. */
export function fluxAt(strength: number, ageDays: number): number {
  const leaving = Math.min(1, Math.max(0, (MEMORY_DAYS - ageDays) / LEAVING_DAYS));
  const flux = leaving * strength * evolution(ageDays, 1.2 + 1.6 * strength, 9 + 26 * strength);
  return flux * Math.min(1, Math.max(0, flux / FAINTEST - 1));
}

/** Fast emergence, slow decay (e-fold `lifeDays`), as flux histories of sunspot groups show. */
function evolution(ageDays: number, riseDays: number, lifeDays: number): number {
  if (ageDays <= 0) return 0;
  return (1 - Math.exp(-((ageDays / riseDays) ** 2))) * Math.exp(-Math.max(0, ageDays - riseDays) / lifeDays);
}

/** Carrington longitude of birth, radians: anywhere, or in one of the nests of that half year. */
function birthplace(random: Random, seed: number | string, day: number, hemisphere: number): number {
  const anywhere = random.uniform() * 2 * Math.PI;
  const inNest = random.uniform() < 0.35;
  const spread = 9 * RADIAN * random.normal();
  if (!inNest) return anywhere;
  const nest = createRandom(`${seed}/nest/${hemisphere}/${Math.floor(day / NEST_DAYS)}`).uniform();
  return nest * 2 * Math.PI + spread;
}
