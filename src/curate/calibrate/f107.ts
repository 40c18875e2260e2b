/**
 * Solar activity by day: the observed F10.7 radio flux of GFZ Potsdam's table, as a mean over 81 days (three rotations),
 * which is the level that the disk follows.
 */
import { SunganError } from '../../core/errors.ts';

const DAY_MS = 86_400_000;
const MEAN_DAYS = 81;
/** Column of the observed flux, from zero; -1 stands for a missing value. */
const OBSERVED_COLUMN = 25;
const COLUMNS = 28;

/** Flux in solar flux units by day number (days since 1970). */
export type F107Table = ReadonlyMap<number, number>;

export function parseF107(text: string, where: string): F107Table {
  const days = new Map<number, number>();
  for (const line of text.split('\n')) {
    const cells = line.trim().split(/\s+/);
    if (line.startsWith('#') || cells.length < COLUMNS) continue;
    const [year, month, day] = cells.map(Number) as [number, number, number];
    const flux = Number(cells[OBSERVED_COLUMN]);
    if (flux > 0) days.set(Date.UTC(year, month - 1, day) / DAY_MS, flux);
  }
  if (days.size > 0) return days;
  throw new SunganError('format', 'no day with a radio flux in this table', {
    where,
    remedy: 'use Kp_ap_Ap_SN_F107_since_1932.txt of GFZ Potsdam',
  });
}

/** Mean over the 81 days around a time; undefined where the table has fewer than half of them. */
export function meanFlux(table: F107Table, timeMs: number): number | undefined {
  const middle = Math.floor(timeMs / DAY_MS);
  const reach = (MEAN_DAYS - 1) / 2;
  let sum = 0;
  let count = 0;
  for (let day = middle - reach; day <= middle + reach; day++) {
    const flux = table.get(day);
    if (flux === undefined) continue;
    sum += flux;
    count++;
  }
  return count > MEAN_DAYS / 2 ? sum / count : undefined;
}
