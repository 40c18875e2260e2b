/**
 * The life of an export request: submitted, remembered in the catalog before anything else, polled until its files lie
 * ready, downloaded. A run that dies finds its request again by the record set.
 */
import type { ExportRequest, Frame } from '../../../catalog/index.ts';
import { throwIfStopped } from '../../../core/effects.ts';
import { type Problem, problem } from '../../http/problem.ts';
import type { LocateTools, Location } from '../types.ts';
import { type ExportAnswer, type ExportFile, parseExport } from './export-answer.ts';
import { exactRecords } from './query.ts';
import { type JsocRecord, timeOf } from './records.ts';
import type { JsocSeries } from './series.ts';

export interface WantedRecord {
  row: Frame;
  record: JsocRecord;
}

interface Request {
  series: JsocSeries;
  wavelength: number;
  tools: LocateTools;
}

type Ready =
  | { ok: true; id: string; dir: string; files: ExportFile[] }
  | { ok: false; problem: Problem }
  | { ok: false; split: true };

/** A request that is not ready within this is left to the next run, which finds it again. */
const PATIENCE_MS = 2 * 3_600_000;
const LONGEST_POLL_MS = 60_000;
const UNKNOWN_ID_TRIES = 5;
const RESUBMISSIONS = 2;

export async function* exportRecords(
  wanted: readonly WantedRecord[],
  series: JsocSeries,
  wavelength: number,
  tools: LocateTools,
): AsyncIterable<Location> {
  const request = { series, wavelength, tools };
  const times = wanted.map(({ record }) => String(record.keywords['T_REC']));
  const query = `${exactRecords(series, wavelength, times)}{${series.segment}}`;
  const ready = await prepare(query, request, RESUBMISSIONS);
  if ('split' in ready) {
    if (wanted.length === 1) {
      yield { row: wanted[0]!.row, problem: problem('blocked', 'too large for an export'), url: query };
      return;
    }
    const half = wanted.length >> 1;
    yield* exportRecords(wanted.slice(0, half), series, wavelength, tools);
    yield* exportRecords(wanted.slice(half), series, wavelength, tools);
    return;
  }
  for (const { row, record } of wanted) {
    if (!ready.ok) yield { row, problem: ready.problem, url: query };
    else yield located(row, record, ready, request);
  }
  // Asked for more only when the last file is settled: there is one connection, and rows are taken in order.
  if (ready.ok && ready.id) remember(request, { id: ready.id, query, state: 'done', status: 0, error: null });
}

function located(
  row: Frame,
  record: JsocRecord,
  { dir, files }: { dir: string; files: ExportFile[] },
  { series, tools }: Request,
): Location {
  const time = String(record.keywords['T_REC']);
  const isOwn = (file: ExportFile) => file.record.startsWith(`${series.series(row.wavelength)}[${time}]`);
  const file = files.find((candidate) => isOwn(candidate) && !candidate.record.startsWith('warning='));
  // The archive counts a record that has no file as delivered under this name.
  if (!file || file.filename === 'NoDataFile')
    return { row, problem: problem('absent', 'exported without a file', time), url: dir };
  const path = file.filename.startsWith('/') ? file.filename : `${dir}/${file.filename}`;
  if (!/^(\/[A-Za-z0-9._-]+)+$/.test(path) || path.split('/').includes('..')) {
    return {
      row,
      problem: problem('corrupt', 'a path that leads elsewhere', JSON.stringify(path.slice(0, 80))),
      url: dir,
    };
  }
  const candidate = {
    urls: tools.baseUrls.map((base) => new URL(path.slice(1), base).href),
    fileName: path.split('/').at(-1)!,
    time: new Date(timeOf(record)!).toISOString(),
  };
  return { row, candidates: [candidate] };
}

/** Takes up a request of an earlier run for the same records, or submits a new one; then waits for it. */
async function prepare(query: string, request: Request, resubmissions: number): Promise<Ready> {
  const { catalog } = request.tools;
  const earlier = catalog.exports('jsoc', ['submitted', 'ready']).find((entry) => entry.query === query);
  const answer = earlier ? await poll(earlier.id, request) : await submit(query, request);
  return follow(answer, query, request, resubmissions);
}

async function follow(
  first: ExportAnswer | Problem,
  query: string,
  request: Request,
  resubmissions: number,
): Promise<Ready> {
  const { clock, signal } = request.tools;
  const startedAt = clock.now().getTime();
  let answer = first;
  let id = '';
  let unknown = 0;
  for (let pause = 0; ; pause = Math.min(LONGEST_POLL_MS, pause * 1.5)) {
    throwIfStopped(signal);
    if ('state' in answer) return { ok: false, problem: answer };
    if (answer.kind === 'wait') {
      id = answer.id;
      // Before the first poll: from here on a killed run finds it again.
      remember(request, { id, query, state: 'submitted', status: 2, error: null });
      pause = Math.max(pause, answer.seconds * 1000);
    } else if (answer.kind === 'unknown id' && unknown++ < UNKNOWN_ID_TRIES) {
      pause = Math.max(pause, 5000);
    } else return conclude(answer, id, query, request, resubmissions);
    if (clock.now().getTime() - startedAt > PATIENCE_MS) {
      return { ok: false, problem: problem('blocked', 'export is still being prepared', id) };
    }
    await clock.sleep(pause, signal);
    answer = await poll(id, request);
  }
}

async function conclude(
  answer: ExportAnswer,
  id: string,
  query: string,
  request: Request,
  resubmissions: number,
): Promise<Ready> {
  const note = (state: ExportRequest['state'], status: number, error: string | null) => {
    if (id) remember(request, { id, query, state, status, error });
  };
  switch (answer.kind) {
    case 'ready':
      id ||= answer.id;
      note('ready', 0, null);
      return { ok: true, id, dir: answer.dir, files: answer.files };
    case 'too large':
      note('failed', 3, 'too large');
      return { ok: false, split: true };
    case 'expired':
      note('expired', 5, null);
      if (resubmissions > 0) return follow(await submit(query, request), query, request, resubmissions - 1);
      return { ok: false, problem: problem('blocked', 'export was deleted before it was fetched', id) };
    case 'busy':
      return {
        ok: false,
        problem: problem('blocked', 'JSOC has too many requests of this address', answer.reason),
      };
    case 'on tape':
      note('failed', 25, 'on tape');
      return {
        ok: false,
        problem: problem('blocked', 'on tape', 'JSOC brings it back on request of a person'),
      };
    case 'refused':
      note('failed', 4, answer.reason);
      if (answer.isTransient && resubmissions > 0) {
        await request.tools.clock.sleep(LONGEST_POLL_MS, request.tools.signal);
        return follow(await submit(query, request), query, request, resubmissions - 1);
      }
      return { ok: false, problem: problem('blocked', 'JSOC refused the export', answer.reason) };
    default:
      note('failed', 6, 'id not known');
      return { ok: false, problem: problem('blocked', 'JSOC does not know the request', id) };
  }
}

function remember(
  { tools }: Request,
  entry: Pick<ExportRequest, 'id' | 'query' | 'state' | 'status' | 'error'>,
): void {
  const now = tools.clock.now().toISOString();
  const known = tools.catalog
    .exports('jsoc', ['submitted', 'ready', 'done', 'failed', 'expired'])
    .find(({ id }) => id === entry.id);
  tools.catalog.saveExport({
    ...entry,
    source: 'jsoc',
    submittedAt: known?.submittedAt ?? now,
    updatedAt: now,
  });
}

function submit(query: string, request: Request): Promise<ExportAnswer | Problem> {
  const { series, tools } = request;
  const channel = series.hasChannels ? '.{WAVELNTH}' : '';
  return fetchAnswer(request, {
    op: 'exp_request',
    ds: query,
    'process=n': '0',
    method: 'url',
    protocol: 'FITS,compress Rice',
    filenamefmt: `${series.series(request.wavelength)}.{T_REC:A}${channel}.{segment}`,
    format: 'json',
    notify: tools.options.contact ?? '',
    requester: 'sungan',
  });
}

function poll(id: string, request: Request): Promise<ExportAnswer | Problem> {
  return fetchAnswer(request, { op: 'exp_status', requestid: id, format: 'json' });
}

async function fetchAnswer(
  { tools }: Request,
  parameters: Record<string, string>,
): Promise<ExportAnswer | Problem> {
  // One host only: a request is known where it was made.
  const url = `${new URL('cgi-bin/ajax/jsoc_fetch', tools.baseUrls[0]!).href}?${new URLSearchParams(parameters)}`;
  const answer = await tools.getText([url]);
  return answer.ok ? parseExport(answer.text) : answer.problem;
}
