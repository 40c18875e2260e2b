/**
 * The language of record sets, as far as clients of these series use it: `series[times][values][? SQL ?]{segments}`, times
 * as ranges, durations with a step, `^`, `$`, or a slot (DRMS: base/drms/doc/drms_names.txt). Pure.
 */
import { parseTime } from '../../../core/time.ts';
import { SERIES, type Series, slotNumber } from './series.ts';

/** Slots from `first` to `last`, every `every`-th counted from the first. */
export interface SlotRange {
  first: number;
  last: number;
  every: number;
}

export interface Condition {
  /** `T_OBS`; `image_exists` for the function of that name. */
  key: string;
  operator: string;
  value: string;
}

export interface RecordSet {
  series: Series;
  /** Undefined: all times. */
  times: (SlotRange | 'first' | 'last')[] | undefined;
  /** Ranges of the second prime key, both ends included. Undefined: all. */
  values: [number, number][] | undefined;
  recnums: number[] | undefined;
  conditions: Condition[];
  segments: string[];
}

/** What the server answers with status 1. */
export class RecordSetError extends Error {}

export function parseRecordSet(text: string): RecordSet {
  const match = /^\s*([A-Za-z_][\w.]*)\s*((?:\[[^\]]*\]\s*)*)(?:\{([^{}]*)\})?\s*$/.exec(text);
  if (!match) throw new RecordSetError(`Bad record-set query: ${text}`);
  const series = SERIES.find(({ name }) => name.toLowerCase() === match[1]!.toLowerCase());
  if (!series) throw new RecordSetError(`Series ${match[1]} does not exist.`);
  const set: RecordSet = {
    series,
    times: undefined,
    values: undefined,
    recnums: undefined,
    conditions: [],
    segments: segmentsOf(series, match[3]),
  };
  let place = 0;
  for (const [, filter] of match[2]!.matchAll(/\[([^\]]*)\]/g)) {
    const inner = filter!.trim();
    const sql = /^([?!])(.*)\1$/s.exec(inner);
    if (sql) set.conditions.push(...conditionsOf(sql[2]!));
    else if (/^:#\d+(,#?\d+)*$/.test(inner)) set.recnums = inner.slice(2).split(/,#?/).map(Number);
    else if (place++ === 0)
      set.times = inner === '' ? undefined : list(inner).map((one) => timesOf(one, series));
    else if (place === 2) set.values = inner === '' ? undefined : list(inner).map(valuesOf);
    else throw new RecordSetError(`Too many prime keys in ${text}`);
  }
  return set;
}

function segmentsOf(series: Series, text: string | undefined): string[] {
  const known = series.segments.map(({ name }) => name);
  if (text === undefined || text.trim() === '') return known;
  const asked = list(text);
  const unknown = asked.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new RecordSetError(`Segment ${unknown} is not in ${series.name}`);
  return asked;
}

function list(text: string): string[] {
  return text.split(',').map((part) => part.trim());
}

/** A range whose ends are ISO times needs their Z: without it the dashes cannot be told from the range's. */
function timesOf(text: string, series: Series): SlotRange | 'first' | 'last' {
  if (text === '^') return 'first';
  if (text === '$') return 'last';
  const [body = '', step] = text.split('@');
  const every = step === undefined ? 1 : Math.max(1, Math.round(secondsOf(step) / series.stepSeconds));
  const [start = '', duration] = body.split('/');
  if (duration !== undefined) {
    const from = timeOf(start, series);
    const end = new Date(from.getTime() + secondsOf(duration) * 1000);
    return { first: slotNumber(series, from), last: slotNumber(series, end) - 1, every };
  }
  const dotted = /^[\d._:]+(_(TAI|UTC))?-[\d._:]+(_(TAI|UTC))?$/.test(body);
  const ends = body.split(dotted ? '-' : /(?<=Z|_TAI|_UTC)-/);
  if (ends.length > 2) throw new RecordSetError(`Bad time range: ${text}`);
  const [first, last] = ends.map((end) => slotNumber(series, timeOf(end, series))) as [number, number?];
  return { first, last: last ?? first, every };
}

function timeOf(text: string, series: Series): Date {
  // The slots of HMI are TAI; a time that names no system is read in the series' own.
  const zone = series.isTai && !/(Z|_TAI|_UTC)$/.test(text) ? '_TAI' : '';
  const time = parseTime(`${text.trim()}${zone}`);
  if (time) return time;
  throw new RecordSetError(`Invalid time: ${text}`);
}

const UNIT_SECONDS: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 };

function secondsOf(text: string): number {
  const match = /^(\d+(?:\.\d+)?)([smhd])$/.exec(text.trim());
  if (match) return Number(match[1]) * UNIT_SECONDS[match[2]!]!;
  throw new RecordSetError(`Invalid duration: ${text}`);
}

function valuesOf(text: string): [number, number] {
  const match = /^(\d+)(?:-(\d+))?$/.exec(text);
  if (!match) throw new RecordSetError(`Invalid value of a prime key: ${text}`);
  return [Number(match[1]), Number(match[2] ?? match[1])];
}

/** Comparisons joined by AND; `1=1` and the export's own `drms.image_exists(quality)` too. */
function conditionsOf(sql: string): Condition[] {
  return sql
    .split(/\s+and\s+/i)
    .map((part) => part.trim())
    .filter((part) => part !== '' && !/^\(?\s*1\s*=\s*1\s*\)?$/.test(part))
    .map((part) => {
      if (/^drms\.image_exists\(quality\)$/i.test(part))
        return { key: 'image_exists', operator: '=', value: '1' };
      const match = /^\(?\s*(\w+)\s*(<=|>=|<>|!=|==|=|<|>)\s*('[^']*'|-?[\w.+-]+)\s*\)?$/.exec(part);
      if (!match) throw new RecordSetError(`Bad query, SQL error near: ${part}`);
      const [, key, operator, value] = match as unknown as [string, string, string, string];
      return { key: key.toUpperCase(), operator, value: value.replace(/^'|'$/g, '') };
    });
}
