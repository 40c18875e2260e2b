/** The grid of slots that a request means. Pure: the present is an argument. */
import type { SlotKey } from '../catalog/index.ts';
import { SunganError } from '../core/errors.ts';
import { formatTime, requireDuration, requireTime } from '../core/time.ts';

export interface TimeRange {
  /** Milliseconds since 1970, UTC; `to` is not included. */
  from: number;
  to: number;
}

const DAY_MS = 86_400_000;

/** SDO's first light year; an earlier start is a slip of the pen. */
const MISSION_START = Date.UTC(2010, 0, 1);

/** A UTC time, `now`, or an age (`30d`: thirty days before now). */
export function resolveTime(text: string, now: Date, option: string): number {
  if (text.trim() === 'now') return now.getTime();
  if (/^\d+(\.\d+)?\s*[a-z]+$/.test(text.trim())) return now.getTime() - requireDuration(text, option);
  return requireTime(text, option).getTime();
}

export function resolveRange(from: string, to: string, now: Date): TimeRange {
  const range = { from: resolveTime(from, now, '--from'), to: resolveTime(to, now, '--to') };
  if (range.from < MISSION_START) {
    throw new SunganError('usage', `${from} is before SDO was launched`, {
      where: '--from',
      remedy: 'SDO data begin in May 2010',
    });
  }
  requireOrder(range, from, to);
  return range;
}

/** `from` and `to` as they were given, for the message. */
export function requireOrder(range: TimeRange, from: string, to: string): void {
  if (range.to > range.from) return;
  throw new SunganError('usage', `the range ends (${to}) before it begins (${from})`, {
    where: '--to',
    remedy: 'give --from an earlier time',
  });
}

/** Cadence in milliseconds; must be a multiple of what the archive has and fit into a day or be whole days. */
export function resolveCadence(text: string, step: number): number {
  const cadence = requireDuration(text, '--cadence');
  const fits = cadence % step === 0 && (DAY_MS % cadence === 0 || cadence % DAY_MS === 0);
  if (fits) return cadence;
  throw new SunganError('usage', `${text} does not fit the grid of this source`, {
    where: '--cadence',
    remedy: `choose a multiple of ${step / 60_000} minutes that divides a day (2m, 10m, 1h, 6h), or whole days`,
  });
}

/** Slot times of `range`, on a grid counted from midnight UTC (from 1970-01-01 for whole days). */
export function slotTimes({ from, to }: TimeRange, cadence: number): string[] {
  const times: string[] = [];
  for (let time = Math.ceil(from / cadence) * cadence; time < to; time += cadence)
    times.push(formatTime(new Date(time)));
  return times;
}

/** One key for each time and channel, in time order. */
export function slotKeys(
  source: string,
  product: string,
  wavelengths: readonly number[],
  times: readonly string[],
): SlotKey[] {
  return times.flatMap((slot) => wavelengths.map((wavelength) => ({ source, product, wavelength, slot })));
}
