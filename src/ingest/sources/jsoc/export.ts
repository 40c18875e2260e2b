/**
 * The life of an export request: submitted, remembered in the catalog before anything else, polled until its files lie
 * ready, downloaded. Later runs find requests by the records in them, however the slots of those runs are grouped.
 */
import type { ExportRequest, Frame } from '../../../catalog/index.ts';
import { throwIfStopped } from '../../../core/effects.ts';
import { type Problem, problem } from '../../http/problem.ts';
import type { Location } from '../types.ts';
import { type ExportAnswer, type ExportFile, NO_FILE } from './export-answer.ts';
import { type Asker, poll, submit } from './export-fetch.ts';
import { exactRecords, timesOfExact } from './query.ts';
import { type JsocRecord, timeOf } from './records.ts';

export interface WantedRecord {
  row: Frame;
  record: JsocRecord;
}

export interface ExportContext extends Asker {
  session: ExportSession;
}

/** What all exports of a run share. */
export interface ExportSession {
  /** A request was not ready in time: what stands behind it in the queue is not waited for either. */
  givenUp: Problem | undefined;
}

/** How following a request ended. */
type Ended =
  | { kind: 'ready'; id: string; dir: string; files: ExportFile[] }
  /** Ask for less. */
  | { kind: 'split' }
  /** Ask for the same again, after a pause. */
  | { kind: 'again'; pauseMs: number; problem: Problem }
  /** Another request of this address is in the way. */
  | { kind: 'busy'; problem: Problem }
  /** This request is over: a later one may do better. */
  | { kind: 'gone'; problem: Problem }
  | { kind: 'problem'; problem: Problem };

/** A request that is not ready within this is left to the next run, which finds it again. */
const PATIENCE_MS = 2 * 3_600_000;
const SHORTEST_POLL_MS = 5000;
const LONGEST_POLL_MS = 60_000;
/** Answers in a row that say nothing: the id is not known yet, or the server is confused. */
const STRANGE_ANSWERS = 5;
const RESUBMISSIONS = 2;

/** Files lie ready for some seven days; what was asked for long before is not asked about. */
const REMEMBERED_MS = 14 * 86_400_000;

export async function* exportRecords(
  wanted: readonly WantedRecord[],
  context: ExportContext,
): AsyncIterable<Location> {
  let rest = wanted;
  for (const { id, query } of openRequests(context)) {
    const times = timesOfExact(query, setOf([], context));
    const covered = rest.filter(({ record }) => times.has(nameOf(record)));
    if (covered.length === 0) continue;
    const ended = await follow(id, await poll(id, context), query, context);
    if (ended.kind !== 'ready' && ended.kind !== 'problem') continue;
    rest = rest.filter((entry) => !covered.includes(entry));
    yield* locations(covered, ended, query, context);
  }
  if (rest.length > 0) yield* exportAnew(rest, context);
}

/** Newest first: of two that cover a record the newer one has its files longer. */
function openRequests({ tools: { catalog, now } }: ExportContext): ExportRequest[] {
  return catalog
    .exports('jsoc', ['submitted', 'ready'])
    .filter(({ submittedAt }) => now.getTime() - Date.parse(submittedAt) < REMEMBERED_MS)
    .reverse();
}

async function* exportAnew(wanted: readonly WantedRecord[], context: ExportContext): AsyncIterable<Location> {
  const query = setOf(
    wanted.map(({ record }) => nameOf(record)),
    context,
  );
  const { givenUp } = context.session;
  const ended: Ended = givenUp ? { kind: 'problem', problem: givenUp } : await ask(query, context);
  if (ended.kind !== 'split') yield* locations(wanted, ended, query, context);
  else if (wanted.length === 1)
    yield { row: wanted[0]!.row, problem: problem('blocked', 'too large for an export'), url: query };
  else {
    const half = wanted.length >> 1;
    yield* exportAnew(wanted.slice(0, half), context);
    yield* exportAnew(wanted.slice(half), context);
  }
}

function setOf(times: readonly string[], { series, wavelength }: ExportContext): string {
  return `${exactRecords(series, wavelength, times)}{${series.segment}}`;
}

const nameOf = ({ keywords }: JsocRecord) => String(keywords['T_REC']);

function* locations(
  wanted: readonly WantedRecord[],
  ended: Exclude<Ended, { kind: 'split' }>,
  query: string,
  context: ExportContext,
): Iterable<Location> {
  for (const { row, record } of wanted) {
    if (ended.kind === 'ready') yield located(row, record, ended, context);
    else yield { row, problem: ended.problem, url: query };
  }
  // Asked for more only when the last file is settled: there is one connection, and rows are taken in order. A request
  // of which other slots may want files stays open.
  const isTaken = wanted.length === timesOfExact(query, setOf([], context)).size;
  if (ended.kind === 'ready' && ended.id && isTaken)
    remember(context, { id: ended.id, query, state: 'done', status: 0, error: null });
}

function located(
  row: Frame,
  record: JsocRecord,
  { dir, files }: { dir: string; files: ExportFile[] },
  { series, tools }: ExportContext,
): Location {
  const time = String(record.keywords['T_REC']);
  const isOwn = (file: ExportFile) => file.record.startsWith(`${series.series(row.wavelength)}[${time}]`);
  const file = files.find((candidate) => isOwn(candidate) && !candidate.record.startsWith('warning='));
  if (!file || file.filename === NO_FILE)
    return { row, problem: problem('absent', 'exported without a file', time), url: dir };
  const observed = timeOf(record);
  if (observed === undefined)
    return { row, problem: problem('corrupt', 'a record without a time', time), url: dir };
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
    time: new Date(observed).toISOString(),
  };
  return { row, candidates: [candidate] };
}

/** Submits until the archive takes the request, or says why it will not; then waits for it. */
async function ask(query: string, context: ExportContext): Promise<Ended> {
  const { clock, signal } = context.tools;
  for (let left = RESUBMISSIONS; ; left--) {
    const ended = await follow('', await submit(query, context), query, context);
    if (left === 0 || (ended.kind !== 'again' && ended.kind !== 'busy')) return ended;
    if (ended.kind === 'again') await clock.sleep(ended.pauseMs, signal);
    // Own requests that are under way are waited for, and only then is another one made.
    else if (!(await outlastOwn(context))) return ended;
  }
}

/** Whether there were requests of this catalog under way, and all have ended. */
async function outlastOwn(context: ExportContext): Promise<boolean> {
  const pending = context.tools.catalog.exports('jsoc', ['submitted']);
  for (const { id, query } of pending) {
    const { kind } = await follow(id, await poll(id, context), query, context);
    if (kind === 'problem') return false;
  }
  return pending.length > 0;
}

/** Polls while the answers say that it is worth it. `id` is empty for an answer to a submission. */
async function follow(
  knownId: string,
  first: ExportAnswer | Problem,
  query: string,
  context: ExportContext,
): Promise<Ended> {
  const { clock, signal } = context.tools;
  const startedAt = clock.now().getTime();
  const patienceMs = context.session.givenUp ? 0 : PATIENCE_MS;
  let answer = first;
  let id = knownId;
  let strange = 0;
  for (let pause = SHORTEST_POLL_MS; ; pause = Math.min(LONGEST_POLL_MS, pause * 1.5)) {
    throwIfStopped(signal);
    if ('state' in answer) return { kind: 'problem', problem: answer };
    if (answer.kind === 'wait') {
      id ||= answer.id;
      strange = 0;
      // Before the first poll: from here on a killed run finds it again.
      remember(context, { id, query, state: 'submitted', status: 2, error: null });
      // The server's wish, within reason: it is only a guess.
      pause = Math.min(LONGEST_POLL_MS, Math.max(pause, answer.seconds * 1000));
    } else if (!id || !isPassing(answer) || ++strange > STRANGE_ANSWERS)
      return conclude(answer, id, query, context);
    if (clock.now().getTime() - startedAt >= patienceMs) {
      context.session.givenUp = problem('blocked', 'export is still being prepared', id);
      return { kind: 'problem', problem: context.session.givenUp };
    }
    await clock.sleep(pause, signal);
    answer = await poll(id, context);
  }
}

function isPassing(answer: ExportAnswer): boolean {
  return answer.kind === 'unknown id' || (answer.kind === 'refused' && answer.isTransient);
}

function conclude(answer: ExportAnswer, id: string, query: string, context: ExportContext): Ended {
  const note = (state: ExportRequest['state'], status: number, error: string | null) => {
    if (id) remember(context, { id, query, state, status, error });
  };
  switch (answer.kind) {
    case 'ready':
      id ||= answer.id;
      note('ready', 0, null);
      return { kind: 'ready', id, dir: answer.dir, files: answer.files };
    case 'too large':
      note('failed', 3, 'too large');
      return { kind: 'split' };
    case 'expired': {
      note('expired', 5, null);
      const found = problem('blocked', 'export was deleted before it was fetched', id);
      return { kind: 'again', pauseMs: SHORTEST_POLL_MS, problem: found };
    }
    case 'busy': {
      const found = problem('blocked', 'JSOC has too many requests of this address', answer.reason);
      return { kind: 'busy', problem: found };
    }
    case 'on tape': {
      note('failed', 25, 'on tape');
      const found = problem('blocked', 'on tape', 'JSOC brings it back on request of a person');
      return { kind: 'problem', problem: found };
    }
    case 'refused':
      return refusal(answer, id, note);
    default: {
      note('failed', 6, 'id not known');
      return { kind: 'gone', problem: problem('blocked', 'JSOC does not know the request', id) };
    }
  }
}

function refusal(
  { reason, isTransient }: Extract<ExportAnswer, { kind: 'refused' }>,
  id: string,
  note: (state: ExportRequest['state'], status: number, error: string | null) => void,
): Ended {
  const found = problem('blocked', 'JSOC refused the export', reason);
  if (!isTransient) {
    note('failed', 4, reason);
    return { kind: 'gone', problem: found };
  }
  // A server that is confused about a request it took may know it again tomorrow.
  return id
    ? { kind: 'problem', problem: found }
    : { kind: 'again', pauseMs: LONGEST_POLL_MS, problem: found };
}

function remember(
  { tools }: ExportContext,
  entry: Pick<ExportRequest, 'id' | 'query' | 'state' | 'status' | 'error'>,
): void {
  const now = tools.clock.now().toISOString();
  const known = tools.catalog
    .exports('jsoc', ['submitted', 'ready', 'done', 'failed', 'expired'])
    .find(({ id }) => id === entry.id);
  tools.catalog.saveExport({
    ...entry,
    // An answer to the same question by another route: the id stands for what was asked first.
    query: known?.query ?? entry.query,
    source: 'jsoc',
    submittedAt: known?.submittedAt ?? now,
    updatedAt: now,
  });
}
