/**
 * Flares of active regions: a Poisson process whose rate grows with the region's flux, peak sizes by a power law (index
 * 2, Crosby et al. 1993), minutes to rise and about an hour to fall.
 */
import { createRandom } from '../../numeric/random.ts';
import { type ActiveRegion, DAY_MS, fluxAt } from './regions.ts';

export interface Flare {
  region: ActiveRegion;
  /** Brightness now; 1 is the peak of an M1 flare. */
  brightness: number;
  /** Extent of its arcade, Mm. */
  sizeMm: number;
  /** Offset from the region's centre, Mm. */
  east: number;
  north: number;
  /** 0 at the start, 1 when it has faded: the arcade cools from hot to warm. */
  phase: number;
}

const BIN_HOURS = 3;
const HOUR_MS = 3_600_000;
/** The largest flares glow for half a day. */
const MEMORY_BINS = 5;
/** Fainter ones are not seen; they fade until there. */
const FAINTEST = 0.004;

export function flaresAt(seed: number | string, regions: readonly ActiveRegion[], time: Date): Flare[] {
  const hours = time.getTime() / HOUR_MS;
  const last = Math.floor(hours / BIN_HOURS);
  const flares: Flare[] = [];
  for (const region of regions) {
    for (let bin = last - MEMORY_BINS; bin <= last; bin++) {
      // A region born today must not flare yesterday: age at the bin's start decides.
      const age = region.ageDays - (hours - bin * BIN_HOURS) / 24;
      if (age < 0.3) continue;
      const random = createRandom(`${seed}/flares/${region.key}/${bin}`);
      const count = random.poisson(
        0.35 * fluxAt(region.strength, age) ** 1.6 * BIN_HOURS * (DAY_MS / HOUR_MS / 24),
      );
      for (let index = 0; index < count; index++) {
        const flare = flareNow(random.fork(index), region, hours, bin * BIN_HOURS);
        if (flare) flares.push(flare);
      }
    }
  }
  return flares;
}

function flareNow(
  random: ReturnType<typeof createRandom>,
  region: ActiveRegion,
  hours: number,
  binStart: number,
): Flare | undefined {
  const age = hours - (binStart + random.uniform() * BIN_HOURS);
  const peak = Math.min(60, 0.02 / Math.max(1e-4, random.uniform()));
  const riseHours = 0.08 + 0.1 * random.uniform();
  const fallHours = (0.25 + 0.6 * random.uniform()) * (1 + 0.4 * Math.log10(1 + peak));
  const east = 0.18 * region.separationMm * random.normal();
  const north = 0.18 * region.separationMm * random.normal();
  if (age < 0) return undefined;
  const glow = peak * (age < riseHours ? age / riseHours : Math.exp(-(age - riseHours) / fallHours));
  if (glow < FAINTEST) return undefined;
  return {
    region,
    brightness: glow - FAINTEST,
    sizeMm: 7 + 9 * Math.log10(1 + 20 * peak),
    east,
    north,
    phase: Math.min(1, age / (3 * fallHours)),
  };
}
