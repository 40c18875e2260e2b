/** Record sets and addresses of JSOC's query interface (DRMS names: base/drms/doc/drms_names.txt). Pure. */
import type { JsocSeries } from './series.ts';

export interface TimeWindow {
  /** Milliseconds since 1970, both included. */
  from: number;
  to: number;
}

/** More ranges in one record set have made the server fail. */
export const MOST_RANGES = 10;

/** Keywords by which frames are chosen before anything is downloaded. */
const CHOOSING = ['T_REC', 'T_OBS', 'QUALITY', 'EXPTIME', 'WAVELNTH'];

/** `aia.lev1_euv_12s[2014-01-01T00:00:00Z-2014-01-01T00:01:00Z,...][193]` */
export function recordSet(series: JsocSeries, wavelength: number, windows: readonly TimeWindow[]): string {
  const ranges = windows.map(({ from, to }) => `${iso(from)}-${iso(to)}`);
  return `${series.series(wavelength)}[${ranges.join(',')}]${series.primeKeys(wavelength)}`;
}

/** Exactly these records, by the T_REC that an answer gave. */
export function exactRecords(series: JsocSeries, wavelength: number, times: readonly string[]): string {
  return `${series.series(wavelength)}[${times.join(',')}]${series.primeKeys(wavelength)}`;
}

/** The times of a record set that `exactRecords` made of the same series and keys; none of any other set. */
export function timesOfExact(recordSetName: string, emptySet: string): ReadonlySet<string> {
  const [before = '', after = ''] = emptySet.split('[]');
  const isSame = recordSetName.startsWith(`${before}[`) && recordSetName.endsWith(`]${after}`);
  if (!isSame) return new Set();
  const end = recordSetName.length - after.length - 1;
  return new Set(recordSetName.slice(before.length + 1, end).split(','));
}

export function choosingUrl(base: string, recordSetName: string): string {
  return queryUrl(base, { op: 'rs_list', ds: recordSetName, key: CHOOSING.join(',') });
}

/** Every keyword, the file's path and whether it is on disk. */
export function detailUrl(base: string, recordSetName: string, segment: string): string {
  return queryUrl(base, { op: 'rs_list', ds: recordSetName, key: '**ALL**', seg: segment, R: '1' });
}

function queryUrl(base: string, parameters: Record<string, string>): string {
  return `${new URL('cgi-bin/ajax/jsoc_info', base).href}?${new URLSearchParams(parameters)}`;
}

function iso(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}
