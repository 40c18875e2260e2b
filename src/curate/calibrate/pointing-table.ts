/**
 * The master pointing table (JSOC series aia.master_pointing3h, mirrored daily as CSV): disk centre, plate scale and roll
 * of each channel in intervals of three hours.
 */
import { SunganError } from '../../core/errors.ts';
import { parseTime } from '../../core/time.ts';

export interface PointingRow {
  startMs: number;
  /** Not included. */
  stopMs: number;
  /** By channel name: zero-based centre in pixels of 4096, arc seconds a pixel, degrees; NaN where the table has none. */
  channels: Record<string, { x0: number; y0: number; imageScale: number; instrumentRotation: number }>;
}

export type PointingTable = readonly PointingRow[];

/** Reads the CSV: T_START, T_STOP and A_<wavelength>_{X0,Y0,IMSCALE,INSTROT}. Rows without times are left out. */
export function parsePointingTable(text: string, where: string): PointingTable {
  const [heading = '', ...lines] = text.split(/\r?\n/);
  const names = heading.split(',').map((name) => name.trim());
  const column = (name: string) => names.indexOf(name);
  const [start, stop] = [column('T_START'), column('T_STOP')];
  if (start < 0 || stop < 0) {
    throw new SunganError('format', 'no pointing table: columns T_START and T_STOP are missing', {
      where,
      remedy: 'use the CSV of aia.master_pointing3h',
    });
  }
  const channels = names.flatMap((name) => /^A_(\d+)_X0$/.exec(name)?.[1] ?? []);
  const rows = lines.flatMap((line): PointingRow[] => {
    const cells = line.split(',').map((cell) => cell.trim());
    const [from, to] = [parseTime(cells[start] ?? ''), parseTime(cells[stop] ?? '')];
    if (!from || !to) return [];
    const number = (name: string) => Number(cells[column(name)] || 'NaN');
    const values = channels.map((padded) => [
      String(Number(padded)),
      {
        x0: number(`A_${padded}_X0`),
        y0: number(`A_${padded}_Y0`),
        imageScale: number(`A_${padded}_IMSCALE`),
        instrumentRotation: number(`A_${padded}_INSTROT`),
      },
    ]);
    return [{ startMs: from.getTime(), stopMs: to.getTime(), channels: Object.fromEntries(values) }];
  });
  return rows.sort((a, b) => a.startMs - b.startMs);
}

/** The row with T_START <= time < T_STOP; `timeMs` must be T_OBS (DATE-OBS takes the wrong row at boundaries). */
export function pointingAt(table: PointingTable, timeMs: number): PointingRow | undefined {
  let low = 0;
  let high = table.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (table[middle]!.startMs <= timeMs) low = middle + 1;
    else high = middle;
  }
  const row = table[low - 1];
  return row && timeMs < row.stopMs ? row : undefined;
}
