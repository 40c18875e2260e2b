/** `jsoc_info` and `show_series`: what the database says. Answers have the shape that JSOC's programs give them. */
import { BROKEN_LINK, MISSING, needsDrawing } from './keywords.ts';
import { parseRecordSet, RecordSetError } from './record-set.ts';
import type { Database, DatabaseRecord } from './records.ts';
import { SERIES, type Series } from './series.ts';

type Json = Record<string, unknown>;

/** The answer to `jsoc_info`; errors are answers too, with status 1. */
export async function infoAnswer(database: Database, parameters: URLSearchParams): Promise<Json> {
  const began = performance.now();
  const set = parameters.get('ds') ?? '';
  switch (parameters.get('op')) {
    case 'series_struct':
      return seriesStruct(database, parseRecordSet(set).series);
    case 'rs_summary':
      return { count: database.select(parseRecordSet(set)).length, runtime: secondsSince(began), status: 0 };
    case 'rs_list':
      return { ...(await recordList(database, set, parameters)), runtime: secondsSince(began), status: 0 };
    default:
      throw new RecordSetError(`Bad or missing op: ${parameters.get('op') ?? ''}`);
  }
}

function secondsSince(began: number): number {
  return Math.round(performance.now() - began) / 1000;
}

/** An empty result has no columns at all. */
async function recordList(database: Database, text: string, parameters: URLSearchParams): Promise<Json> {
  const set = parseRecordSet(text);
  const records = limited(database.select(set), Number(parameters.get('n') ?? 0));
  if (records.length === 0) return { count: 0 };
  const keys = (parameters.get('key') ?? '').split(',').filter((key) => key !== '' && key !== '**NONE**');
  const asked = (parameters.get('seg') ?? '').split(',').filter((name) => name !== '' && name !== '**NONE**');
  const segments = asked.includes('**ALL**') ? set.series.segments.map(({ name }) => name) : asked;
  const answer: Json = {};
  if (keys.length > 0) answer['keywords'] = await columns(database, records, keys);
  if (segments.length > 0)
    answer['segments'] = segments.map((name) => segmentColumn(set.series, records, name));
  if (parameters.get('link')) answer['links'] = [];
  if (parameters.get('R') === '1')
    answer['recinfo'] = records.map((record) => ({ name: nameOf(record), online: record.isOnline ? 1 : 0 }));
  return { ...answer, count: records.length };
}

function limited<Item>(items: Item[], n: number): Item[] {
  if (n > 0) return items.slice(0, n);
  return n < 0 ? items.slice(n) : items;
}

export function nameOf({ series, time, second }: DatabaseRecord): string {
  return `${series.name}[${time}][${second}]`;
}

/** The folder of a record's files; empty for a record without any. */
export function folderOf({ sunum, hasImage }: DatabaseRecord): string {
  return hasImage ? `/SUM${sunum % 90}/D${sunum}/S00000` : '';
}

async function columns(database: Database, records: DatabaseRecord[], keys: string[]) {
  const drawn = keys.some(needsDrawing);
  const rows: Map<string, string>[] = [];
  for (const record of records) {
    const keywords = await database.keywords(record, drawn);
    keywords.set('T_REC', record.time);
    rows.push(keywords);
  }
  const names = keys.flatMap((key) => (key === '**ALL**' ? [...longest(rows).keys()] : [key]));
  return [...new Set(names)].map((name) => ({
    name,
    values: rows.map((row, i) => pseudo(name, records[i]!) ?? textOf(row, name)),
  }));
}

function longest(rows: Map<string, string>[]): Map<string, string> {
  return rows.reduce((most, row) => (row.size > most.size ? row : most));
}

function textOf(row: Map<string, string>, name: string): string {
  return row.get(name.toUpperCase()) ?? BROKEN_LINK;
}

/** Facts of the record beside its keywords. */
function pseudo(name: string, record: DatabaseRecord): string | undefined {
  switch (name) {
    case '*recnum*':
      return String(record.recnum);
    case '*sunum*':
      return String(record.sunum);
    case '*size*':
      return String(record.entry.contents.size ** 2 * 2);
    case '*online*':
      return record.isOnline ? 'Y' : 'N';
    case '*retain*':
    case '*archive*':
      return MISSING;
    case '*recdir*':
      return folderOf(record);
    case '*spec*':
      return nameOf(record);
    default:
      return undefined;
  }
}

function segmentColumn(series: Series, records: DatabaseRecord[], name: string) {
  const segment = series.segments.find((one) => one.name === name);
  if (!segment) throw new RecordSetError(`Segment ${name} is not in ${series.name}`);
  const each = (value: (record: DatabaseRecord) => string) => records.map(value);
  const size = (record: DatabaseRecord) => record.entry.contents.size;
  return {
    name,
    values: each((record) => (record.hasImage ? `${folderOf(record)}/${segment.file}` : '')),
    dims: each((record) => (name === 'spikes' ? 'VARxVAR' : `${size(record)}x${size(record)}`)),
    cparms: each(() => 'compress Rice'),
    bzeros: each(() => String(series.zero)),
    bscales: each(() => String(series.scale)),
  };
}

async function seriesStruct(database: Database, series: Series): Promise<Json> {
  const records = database.select({
    series,
    times: undefined,
    values: undefined,
    recnums: undefined,
    conditions: [],
    segments: [],
  });
  const example = records.find(({ hasImage }) => hasImage);
  const keywords = example ? await database.keywords(example, false) : new Map<string, string>();
  const record = (one: DatabaseRecord | undefined) => (one ? nameOf(one) : '');
  return {
    note: series.note,
    retention: 60,
    unitsize: 1,
    archive: 1,
    tapegroup: 1,
    primekeys: ['T_REC', series.secondKey],
    primekeysinfo: [
      { name: 'T_REC', slotted: 1, step: `${series.stepSeconds}` },
      { name: series.secondKey, slotted: 0 },
    ],
    dbindex: ['T_REC_index', series.secondKey, 'FSN'],
    keywords: [...keywords].map(([name, value]) => ({
      name,
      type: typeOf(name, value),
      recscope: 'variable',
      defval: MISSING,
      units: 'none',
      note: name,
    })),
    segments: series.segments.map(({ name, note }) => ({
      name,
      type: 'int',
      units: 'none',
      protocol: 'fits',
      dims: '4096x4096',
      note,
    })),
    links: [],
    Interval: {
      FirstRecord: record(records[0]),
      FirstRecnum: String(records[0]?.recnum ?? 0),
      LastRecord: record(records.at(-1)),
      LastRecnum: String(records.at(-1)?.recnum ?? 0),
      MaxRecnum: records.reduce((most, { recnum }) => Math.max(most, recnum), 0),
    },
    status: 0,
  };
}

function typeOf(name: string, value: string): string {
  if (/^(T_OBS|T_REC|DATE|DATE__OBS)$/.test(name)) return 'time';
  if (/^(0x[0-9a-f]+|-?\d+)$/.test(value)) return 'int';
  return value !== '' && Number.isFinite(Number(value)) ? 'double' : 'string';
}

export function seriesList(): Json {
  const names = SERIES.map(({ name, note, secondKey }) => ({ name, primekeys: `T_REC, ${secondKey}`, note }));
  return { status: 0, names, n: names.length };
}
