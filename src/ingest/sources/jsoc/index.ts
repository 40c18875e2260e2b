/**
 * JSOC by its database: keywords first, so that frames are judged before they are downloaded; then the file by its path
 * where it is on disk, without registration; else, with a registered address, by an export request.
 */
import type { Frame } from '../../../catalog/index.ts';
import { problem } from '../../http/problem.ts';
import { isGoodFrame } from '../../quality.ts';
import { requireChannels } from '../channels.ts';
import type { ArchiveSource, LocateTools, Location } from '../types.ts';
import { type ExportSession, exportRecords } from './export.ts';
import { choosingUrl, detailUrl, exactRecords, MOST_RANGES, recordSet } from './query.ts';
import { type JsocRecord, parseRecords, timeOf } from './records.ts';
import { JSOC_PRODUCTS, type JsocSeries, jsocSeries } from './series.ts';

export const jsoc: ArchiveSource = {
  name: 'jsoc',
  title: 'AIA level 1 and HMI by the JSOC database',
  products: JSOC_PRODUCTS,
  baseUrls: ['http://jsoc.stanford.edu/'],
  // JSOC asked clients for one connection at a time.
  connections: 1,
  maxConnections: 1,
  wavelengths: (product, options) =>
    jsocSeries(product).hasChannels ? requireChannels(product, options) : [0],
  stepMs: (product, wavelength) => jsocSeries(product).stepMs(wavelength),
  // Compared with T_OBS by the database, whose file it is: rounding only.
  toleranceMs: () => 2000,
  locate,
};

async function* locate(rows: readonly Frame[], tools: LocateTools): AsyncIterable<Location> {
  const session: ExportSession = { givenUp: undefined };
  for (const group of inGroups(rows)) {
    const series = jsocSeries(group[0]!.product);
    const { wavelength } = group[0]!;
    const chosen = await choose(group, series, tools);
    const wanted: ChosenRow[] = [];
    for (const choice of chosen) {
      if ('problem' in choice) yield choice;
      else wanted.push(choice);
    }
    if (wanted.length > 0) yield* detail(wanted, series, wavelength, tools, session);
  }
}

interface ChosenRow {
  row: Frame;
  /** T_REC as the database writes it. */
  record: string;
}

/** Rows of one channel, so many as one query may ask for. */
function inGroups(rows: readonly Frame[]): Frame[][] {
  const groups: Frame[][] = [];
  const open = new Map<number, Frame[]>();
  for (const row of rows) {
    const group = open.get(row.wavelength) ?? [];
    if (group.length === 0) groups.push(group);
    group.push(row);
    open.set(row.wavelength, group.length === MOST_RANGES ? [] : group);
  }
  return groups;
}

/** The good record nearest to each slot; of flagged ones none, and the row says how they are flagged. */
async function choose(
  rows: readonly Frame[],
  series: JsocSeries,
  { baseUrls, getText, searchMs, cadenceMs }: LocateTools,
): Promise<(ChosenRow | Extract<Location, { problem: unknown }>)[]> {
  const { wavelength } = rows[0]!;
  const step = series.stepMs(wavelength);
  // What is nearer to another slot is that slot's.
  const reach = Math.max(searchMs, Math.min(step, cadenceMs / 2));
  // By T_REC, which lies up to half a step from the T_OBS that counts.
  const around = Math.max(searchMs, step);
  const windows = rows.map(({ slot }) => ({
    from: Date.parse(slot) - around,
    to: Date.parse(slot) + around,
  }));
  const set = recordSet(series, wavelength, windows);
  const urls = baseUrls.map((base) => choosingUrl(base, set));
  const answer = await getText(urls);
  const parsed = answer.ok ? parseRecords(answer.text, series.segment) : undefined;
  const refused = !answer.ok
    ? answer.problem
    : parsed!.ok
      ? undefined
      : problem('blocked', 'JSOC refused the query', parsed!.reason);
  if (refused) return rows.map((row) => ({ row, problem: refused, url: urls[0]! }));
  const records = parsed!.ok ? parsed!.records : [];
  return rows.map((row) => {
    const near = nearestFirst(records, Date.parse(row.slot), reach);
    const good = near.find((record) => isGoodFrame(screeningFacts(record, series, wavelength)));
    const name = good?.keywords['T_REC'];
    if (typeof name === 'string') return { row, record: name };
    const found =
      near.length === 0 ? problem('absent', 'no record') : problem('explained', 'flagged', flagsOf(near));
    return { row, problem: found, url: urls[0]! };
  });
}

function nearestFirst(records: readonly JsocRecord[], slot: number, reach: number): JsocRecord[] {
  const timed = records.flatMap((record) => {
    const time = timeOf(record);
    return time !== undefined && Math.abs(time - slot) <= reach
      ? [{ record, distance: Math.abs(time - slot) }]
      : [];
  });
  return timed.sort((a, b) => a.distance - b.distance).map(({ record }) => record);
}

function screeningFacts({ keywords }: JsocRecord, { product }: JsocSeries, wavelength: number) {
  const { QUALITY: quality, EXPTIME: exposure } = keywords;
  return {
    product,
    wavelength,
    quality: typeof quality === 'number' ? quality >>> 0 : null,
    exposureSeconds: typeof exposure === 'number' ? exposure : null,
  };
}

function flagsOf(records: readonly JsocRecord[]): string {
  const flags = new Set(
    records.map(({ keywords: { QUALITY: quality, EXPTIME: exposure } }) =>
      quality === 0
        ? `EXPTIME ${exposure}`
        : `QUALITY ${typeof quality === 'number' ? `0x${(quality >>> 0).toString(16)}` : 'missing'}`,
    ),
  );
  return `${records.length} records near the slot have ${[...flags].slice(0, 4).join(', ')}`;
}

/** Where the files of the chosen records are. */
async function* detail(
  chosen: readonly ChosenRow[],
  series: JsocSeries,
  wavelength: number,
  tools: LocateTools,
  session: ExportSession,
): AsyncIterable<Location> {
  const set = exactRecords(
    series,
    wavelength,
    chosen.map(({ record }) => record),
  );
  const urls = tools.baseUrls.map((base) => detailUrl(base, set, series.segment));
  const answer = await tools.getText(urls);
  const parsed = answer.ok ? parseRecords(answer.text, series.segment) : undefined;
  const refused = !answer.ok
    ? answer.problem
    : parsed!.ok
      ? undefined
      : problem('blocked', 'JSOC refused the query', parsed!.reason);
  const records = new Map(
    (parsed?.ok ? parsed.records : []).map((record) => [record.keywords['T_REC'], record]),
  );
  const offline: { row: Frame; record: JsocRecord }[] = [];
  for (const { row, record: name } of chosen) {
    const record = records.get(name);
    if (!record)
      yield { row, problem: refused ?? problem('absent', 'no record', `${name} is gone`), url: urls[0]! };
    else if (record.isOnline && record.path)
      yield byPath(row, record, { name, series, wavelength, tools, url: urls[0]! });
    else offline.push({ row, record });
  }
  if (offline.length === 0) return;
  if (tools.options.contact) yield* exportRecords(offline, { series, wavelength, tools, session });
  else {
    const why = problem(
      'blocked',
      'not on disk at JSOC',
      'with --contact and a registered address it is asked for by an export',
    );
    for (const { row } of offline) yield { row, problem: why, url: urls[0]! };
  }
}

/** The file as it lies in JSOC's storage: the pixels, but hardly a keyword; those come from the database. */
function byPath(
  row: Frame,
  record: JsocRecord,
  { name, series, wavelength, tools, url }: RecordPlace,
): Location {
  const time = timeOf(record);
  if (time === undefined) return { row, problem: problem('corrupt', 'a record without a time', name), url };
  const channel = series.hasChannels ? `.${wavelength}` : '';
  const candidate = {
    urls: tools.baseUrls.map((base) => new URL(record.path!.slice(1), base).href),
    fileName: `${series.series(wavelength)}.${name.replace(/:/g, '')}${channel}.${series.segment}.fits`,
    time: new Date(time).toISOString(),
    header: record.keywords,
  };
  return { row, candidates: [candidate] };
}

interface RecordPlace {
  /** T_REC. */
  name: string;
  series: JsocSeries;
  wavelength: number;
  tools: LocateTools;
  /** Where the record was told of. */
  url: string;
}
