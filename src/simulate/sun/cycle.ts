/**
 * The eleven-year cycle as a few smooth curves: how often active regions are born, in which belts, and how far the polar
 * coronal holes reach. Turning points are those of the smoothed sunspot number (SILSO): minima 2008.9 and 2019.9, maxima
 * 2014.3 and 2024.7; neighbouring cycles are continued with the mean period.
 */
interface Cycle {
  number: number;
  start: number;
  maximum: number;
  end: number;
  amplitude: number;
}

const CYCLES: readonly Cycle[] = [
  { number: 23, start: 1996.6, maximum: 2001.6, end: 2008.9, amplitude: 1.4 },
  { number: 24, start: 2008.9, maximum: 2014.3, end: 2019.9, amplitude: 1 },
  { number: 25, start: 2019.9, maximum: 2024.7, end: 2030.9, amplitude: 1.2 },
  { number: 26, start: 2030.9, maximum: 2035.7, end: 2041.9, amplitude: 1.1 },
];

/** New-cycle regions appear at high latitude this long before the minimum. */
const OVERLAP_YEARS = 1;
const YEAR_MS = 365.25 * 86_400_000;
const YEAR_2000_MS = Date.UTC(2000, 0, 1, 12);

export interface Belt {
  /** Hale's law changes sign with the cycle's number. */
  cycle: number;
  /** Active regions born per day on the whole Sun. */
  birthsPerDay: number;
  /** Mean distance of the belt from the equator, degrees. */
  latitude: number;
}

export function decimalYear(time: Date): number {
  return 2000 + (time.getTime() - YEAR_2000_MS) / YEAR_MS;
}

/** Activity between 0 (minimum) and about 1 (a maximum like 2014). */
export function activityAt(year: number): number {
  return CYCLES.reduce((sum, cycle) => sum + strength(cycle, year), 0);
}

/** The belts in which regions are born at `year`: two for about two years around each minimum. */
export function beltsAt(year: number): Belt[] {
  return CYCLES.flatMap((cycle) => {
    const activity = strength(cycle, year);
    if (activity <= 0) return [];
    const phase = (year - cycle.start + OVERLAP_YEARS) / (cycle.end - cycle.start + OVERLAP_YEARS);
    return [
      { cycle: cycle.number, birthsPerDay: 1.15 * activity, latitude: 30 - 23 * Math.min(1, phase) ** 0.8 },
    ];
  });
}

/** Latitude in degrees down to which the polar holes reach: 60 at minimum, 86 (gone) when the poles reverse. */
export function polarHoleEdge(year: number): number {
  const activity = Math.min(1, activityAt(year));
  return 60 + 26 * activity ** 0.7;
}

/** Rises as a cosine to the maximum and falls, slower at its end; a floor keeps the minimum from being quite empty. */
function strength(cycle: Cycle, year: number): number {
  const from = cycle.start - OVERLAP_YEARS;
  const to = cycle.end + OVERLAP_YEARS / 2;
  if (year < from || year > to) return 0;
  const rising = year < cycle.maximum;
  const phase = rising ? (year - from) / (cycle.maximum - from) : (to - year) / (to - cycle.maximum);
  const wave = 0.5 - 0.5 * Math.cos(Math.PI * phase);
  return cycle.amplitude * (0.012 * Math.min(1, 20 * phase) + 0.988 * wave ** (rising ? 1.25 : 2.4));
}
