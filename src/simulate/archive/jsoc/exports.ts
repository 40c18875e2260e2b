/**
 * `jsoc_fetch`: the life of export requests. A request waits, is worked on, lies ready for some days, is deleted. Its state
 * is a function of the archive's clock and of when it was made (JSOC: base/export/apps/jsoc_fetch.c).
 */
import { requireDuration } from '../../../core/time.ts';
import { createRandom } from '../../../numeric/random.ts';
import { folderOf, nameOf } from './info.ts';
import { parseRecordSet, RecordSetError } from './record-set.ts';
import type { Database, DatabaseOptions, DatabaseRecord } from './records.ts';

type Json = Record<string, unknown>;

/** A file that an export made or, with `NoDataFile`, did not make. */
interface ExportedFile {
  record: DatabaseRecord;
  segment: string;
  filename: string;
  /** As the answer names the record; may be a warning. */
  label: string;
}

interface ExportRequest {
  id: string;
  key: string;
  notify: string;
  method: string;
  protocol: string;
  madeAt: number;
  /** Milliseconds after it was made: known everywhere, worked on, ready. */
  knownAfter: number;
  startedAfter: number;
  readyAfter: number;
  records: number;
  isOnTape: boolean;
  dir: string;
  files: ExportedFile[];
}

export interface Exports {
  answer(parameters: URLSearchParams): Json;
  /** The file at a path in the folder of a request that lies ready. */
  fileAt(path: string): { record: DatabaseRecord; segment: string } | undefined;
}

const DAY_MS = 86_400_000;
/** An identical request within this gets the earlier id. */
const REMEMBERED_MS = DAY_MS;
const WAIT_S = 10;
const BYTES_OF_FRAME = 12e6;
const MOST_BYTES = 100e9;
const LOST_FILE = 'NoDataFile';

export function createExports(database: Database, options: DatabaseOptions, now: () => Date): Exports {
  const requests: ExportRequest[] = [];
  const queueMs = requireDuration(options.queue ?? '20s', 'jsoc queue');
  const keepMs = requireDuration(options.keep ?? '7d', 'jsoc keep');
  const ageOf = (request: ExportRequest) => now().getTime() - request.madeAt;
  const isReady = (request: ExportRequest) => ageOf(request) >= request.readyAfter && !request.isOnTape;
  const isGone = (request: ExportRequest) => ageOf(request) >= request.readyAfter + keepMs;

  const submit = (parameters: URLSearchParams): Json => {
    const set = parseRecordSet(parameters.get('ds') ?? '');
    // The form's own filter: records whose image exists, unless the query itself speaks of quality.
    const asksQuality = set.conditions.some(({ key }) => key === 'QUALITY');
    const records = database.select(set).filter(({ hasImage }) => hasImage || asksQuality);
    const refused = refusal(parameters, records, options);
    if (refused) return refused;
    const method = parameters.get('method') ?? 'url';
    const protocol = parameters.get('protocol') ?? 'as-is';
    if (method === 'url_quick' && protocol === 'as-is' && records.every(({ isOnline }) => isOnline))
      return quickAnswer(records, set.segments);
    const key = [
      records.map(({ recnum }) => recnum),
      set.segments,
      method,
      protocol,
      ...['process=n', 'filenamefmt'].map((name) => parameters.get(name)),
    ].join('|');
    const earlier = requests.findLast((one) => one.key === key && ageOf(one) < REMEMBERED_MS && !isGone(one));
    if (earlier) return waiting(earlier, 2);
    const notify = parameters.get('notify') ?? '';
    if (requests.some((one) => one.notify === notify && !isReady(one) && !one.isOnTape))
      return {
        status: 7,
        requestid: '',
        error: 'User has 1 pending export requests; please wait for it to finish',
      };
    const request = makeRequest(
      requests.length + 1,
      { key, notify, method, protocol, records },
      queueMs,
      now(),
      options.seed,
    );
    request.files = filesOf(request, records, set.segments, parameters.get('filenamefmt'));
    requests.push(request);
    return waiting(request, 2);
  };

  const poll = (id: string): Json => {
    const request = requests.find((one) => one.id === id);
    if (!request || ageOf(request) < request.knownAfter)
      return { status: 6, requestid: id, error: `Export Request ID ${id} is not yet in the export queue` };
    if (ageOf(request) < request.startedAfter) return waiting(request, 2);
    if (ageOf(request) < request.readyAfter) return waiting(request, 1);
    if (request.isOnTape)
      return { status: 25, requestid: id, error: 'Some of the requested data are on tape; JSOC was told' };
    if (isGone(request))
      return { status: 5, requestid: id, error: `The files of ${id} have expired and were deleted` };
    return doneAnswer(request);
  };

  return {
    answer(parameters) {
      const op = parameters.get('op');
      if (op === 'exp_status') return poll(parameters.get('requestid') ?? '');
      if (op !== 'exp_request') return { status: 4, error: `Bad or missing op: ${op ?? ''}` };
      try {
        return submit(parameters);
      } catch (error) {
        if (error instanceof RecordSetError) return { status: 4, error: error.message };
        throw error;
      }
    },
    fileAt(path) {
      const request = requests.find(({ dir }) => path.startsWith(`${dir}/`));
      if (!request || !isReady(request) || isGone(request)) return undefined;
      const name = path.slice(request.dir.length + 1);
      return request.files.find(({ filename }) => filename === name && filename !== LOST_FILE);
    },
  };
}

function refusal(
  parameters: URLSearchParams,
  records: DatabaseRecord[],
  options: DatabaseOptions,
): Json | undefined {
  const notify = parameters.get('notify') ?? '';
  if (parameters.get('method') !== 'url_quick' && !isRegistered(notify, options))
    return { status: 4, error: `Email address ${notify} is not a valid or registered address` };
  if (records.length === 0) return { status: 4, error: 'No records match the record-set' };
  const most = options.mostRecords ?? records[0]!.series.mostRecords;
  const bytes = records.length * BYTES_OF_FRAME;
  if (records.length > most || bytes > (options.mostBytes ?? MOST_BYTES))
    return { status: 3, requestid: 'VOID', error: 'Request exceeds max byte limit', rcount: records.length };
  return undefined;
}

export function isRegistered(address: string, { registered }: DatabaseOptions): boolean {
  return registered ? registered.includes(address) : /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(address);
}

/** Raw files where they lie, at once. */
function quickAnswer(records: DatabaseRecord[], segments: string[]): Json {
  const data = records.flatMap((record) =>
    segments.map((segment) => ({
      record: `${nameOf(record)}{${segment}}`,
      filename: `${folderOf(record)}/${record.series.segments.find(({ name }) => name === segment)!.file}`,
    })),
  );
  const size = megabytes(records.length);
  return {
    status: 0,
    requestid: '',
    count: data.length,
    rcount: records.length,
    size,
    dir: '',
    wait: 0,
    data,
  };
}

function megabytes(records: number): number {
  return Math.ceil((records * BYTES_OF_FRAME) / 1e6);
}

function makeRequest(
  number: number,
  asked: Pick<ExportRequest, 'key' | 'notify' | 'method' | 'protocol'> & { records: DatabaseRecord[] },
  queueMs: number,
  now: Date,
  seed: number | string,
): ExportRequest {
  const date = now.toISOString().slice(0, 10).replaceAll('-', '');
  const { records, ...rest } = asked;
  const random = createRandom(`${seed}/export/${number}`);
  const readyAfter = queueMs * (0.4 + 0.6 * random.uniform());
  return {
    ...rest,
    id: `JSOC_${date}_${String(number).padStart(3, '0')}`,
    madeAt: now.getTime(),
    // Just after it was made the id is not known everywhere.
    knownAfter: random.uniform() < 0.3 ? Math.min(4000, 0.1 * readyAfter) : 0,
    startedAfter: readyAfter * (0.2 + 0.5 * random.uniform()),
    readyAfter,
    records: records.length,
    isOnTape: records.some(({ isOnTape }) => isOnTape),
    dir: `/SUM80/D${900_000_000 + number}/S00000`,
    files: [],
  };
}

function waiting({ id, method, protocol, records }: ExportRequest, status: 1 | 2): Json {
  return { status, requestid: id, method, protocol, wait: WAIT_S, rcount: records, size: megabytes(records) };
}

function doneAnswer({ id, method, protocol, records, dir, files }: ExportRequest): Json {
  return {
    status: 0,
    requestid: id,
    method,
    protocol,
    dir,
    wait: 0,
    count: files.filter(({ filename }) => filename !== LOST_FILE).length,
    rcount: records,
    size: megabytes(records),
    tarfile: '',
    data: files.map(({ label, filename }) => ({ record: label, filename })),
  };
}

/** Of lost files the answer says NoDataFile; for every second one a warning stands in place of the record's name. */
function filesOf(
  { protocol }: ExportRequest,
  records: DatabaseRecord[],
  segments: string[],
  format: string | null,
): ExportedFile[] {
  return records.flatMap((record) =>
    segments.map((segment) => {
      const label = `${nameOf(record)}{${segment}}`;
      if (record.isLost || !record.hasImage) {
        const warns = record.sunum % 2 === 1;
        return {
          record,
          segment,
          filename: LOST_FILE,
          label: warns ? `warning=No data file for ${label}` : label,
        };
      }
      const filename = protocol === 'as-is' ? rawName(record, segment) : fileName(record, segment, format);
      return { record, segment, label, filename };
    }),
  );
}

function rawName({ series, sunum }: DatabaseRecord, segment: string): string {
  return `D${sunum}.${series.segments.find(({ name }) => name === segment)!.file}`;
}

/** `{T_REC:A}` is the time without characters that file names dislike. */
function fileName(record: DatabaseRecord, segment: string, format: string | null): string {
  const { series, time, second, recnum } = record;
  const plainTime = series.isTai ? time.replaceAll(/[.:]/g, '') : time.replaceAll(':', '');
  const values: Record<string, string> = {
    seriesname: series.name,
    'T_REC:A': plainTime,
    T_REC: plainTime,
    [series.secondKey]: String(second),
    recnum: String(recnum),
    segment,
  };
  const pattern = format ?? `${series.name}.{T_REC:A}.{${series.secondKey}}.{segment}`;
  const name = pattern.replace(/\{([^{}]+)\}/g, (_, key: string) => values[key] ?? 'unknown');
  return `${name.replaceAll(/[^\w.-]/g, '_')}.fits`;
}
