/** Times as SDO writes them, durations as people write them. Everything inside the program is a UTC `Date` or ISO text. */
import { SunganError } from './errors.ts';

const ISO = /^(\d{4})[-.](\d{2})[-.](\d{2})(?:[T_ ](\d{2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?)?(Z|_UTC|_TAI)?$/;

/** TAI-UTC in seconds from each date on (IERS Bulletin C), as far back as SDO flies. */
const LEAP_SECONDS: readonly [string, number][] = [
  ['2017-01-01', 37],
  ['2015-07-01', 36],
  ['2012-07-01', 35],
  ['2009-01-01', 34],
];

/**
 * Parses `2017-01-03T23:00:05.84Z`, the same without Z, `2017-01-03`, and DRMS' `2017.01.03_23:00:00_TAI`.
 * Seconds may read 60 (JSOC rounds so): they carry into the next minute. Undefined when the text is no time.
 */
export function parseTime(text: string): Date | undefined {
  const match = ISO.exec(text.trim());
  if (!match) return undefined;
  const [, year, month, day, hour = '0', minute = '0', second = '0', zone] = match;
  // 24:00 is the end of a day (ISO 8601), and 24:01 no time of it.
  const isBeyond = +hour > 24 || (+hour === 24 && (+minute > 0 || +second > 0));
  if (+month! < 1 || +month! > 12 || +day! < 1 || +day! > 31 || isBeyond || +minute > 59 || +second >= 61)
    return undefined;
  const midnight = Date.UTC(+year!, +month! - 1, +day!);
  if (new Date(midnight).getUTCDate() !== +day!) return undefined;
  const milliseconds = midnight + (+hour * 3600 + +minute * 60) * 1000 + Math.round(+second * 1000);
  return new Date(zone === '_TAI' ? utcOfTai(milliseconds) : milliseconds);
}

/** Like `parseTime`, for options: anything else is wrong usage. */
export function requireTime(text: string, option: string): Date {
  const time = parseTime(text);
  if (time) return time;
  throw new SunganError('usage', `'${text}' is not a time`, {
    where: option,
    remedy: 'write it as 2014-01-31 or 2014-01-31T06:00:00Z (UTC)',
  });
}

/** TAI-UTC in seconds at a time of UTC. */
export function taiMinusUtc(milliseconds: number): number {
  const date = new Date(milliseconds).toISOString().slice(0, 10);
  return LEAP_SECONDS.find(([from]) => date >= from)?.[1] ?? 34;
}

/**
 * UTC of a TAI clock reading, both in milliseconds since 1970. The difference is looked up with a time of UTC: in the half
 * minute after a leap second the date of TAI is ahead of it.
 */
export function utcOfTai(reading: number): number {
  return reading - taiMinusUtc(reading - taiMinusUtc(reading) * 1000) * 1000;
}

const UNIT_MS: Record<string, number> = { s: 1000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of `12s`, `2m`, `6h`, `1d`. */
export function requireDuration(text: string, option: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*(s|m|min|h|d)$/.exec(text.trim());
  const milliseconds = match ? Number(match[1]) * UNIT_MS[match[2]!]! : 0;
  if (milliseconds > 0) return milliseconds;
  throw new SunganError('usage', `'${text}' is not a duration`, {
    where: option,
    remedy: 'write a number and a unit: 12s, 2m, 6h, 1d',
  });
}

/** `2017-01-03T23:00:00Z`: seconds are enough for slots; fractions are kept when there are any. */
export function formatTime(date: Date): string {
  return date.toISOString().replace('.000Z', 'Z');
}

/** Calendar month of a time, `2017-01`. */
export function monthOf(date: Date): string {
  return date.toISOString().slice(0, 7);
}
