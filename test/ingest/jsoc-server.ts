/** JSOC's database and export interface, as far as they are known (constructed answers, local). */
import { startServer, type TestServer } from '../support/http-server.ts';
import { frameBytes } from './frames.ts';

export interface FakeRecord {
  /** Second of the day 2014-01-01 of T_REC. */
  at: number;
  quality?: number;
  exposure?: number;
  isOffline?: boolean;
}

export interface FakeJsoc extends TestServer {
  /** Statuses that the next answers about exports give, before 0. */
  script: number[];
  /** Addresses that were notified, in the order of the requests. */
  notified: string[];
  submitted: string[];
}

const DAY = Date.UTC(2014, 0, 1);
const HOST_PATH = '/cgi-bin/ajax/';
const iso = (at: number) => `${new Date(DAY + at * 1000).toISOString().slice(0, 19)}Z`;

export async function startJsoc(
  records: FakeRecord[],
  mutate: (answer: string, url: URL) => string = (answer) => answer,
): Promise<FakeJsoc> {
  const script: number[] = [];
  const notified: string[] = [];
  const submitted: string[] = [];
  const server = await startServer((request, response) => {
    const url = new URL(request.url!, 'http://localhost');
    const file = /\/(?:SUM\d+\/D|S00000\/aia\.)(\d+)/.exec(url.pathname);
    if (file) {
      const at = Number(file[1]);
      const bytes = frameBytes({ time: iso(at), level: 1 });
      response.writeHead(200, { 'content-length': bytes.length }).end(bytes);
      return;
    }
    const parameters = url.searchParams;
    if (url.pathname === `${HOST_PATH}jsoc_info`)
      response.end(mutate(JSON.stringify(list(records, parameters)), url));
    else if (url.pathname === `${HOST_PATH}jsoc_fetch`) {
      if (parameters.get('op') === 'exp_request') {
        submitted.push(parameters.get('ds')!);
        notified.push(parameters.get('notify')!);
      }
      response.end(mutate(JSON.stringify(exportAnswer(script, parameters, submitted)), url));
    } else response.writeHead(404).end();
  });
  return Object.assign(server, { script, notified, submitted });
}

/** Ranges `T1-T2` and single times inside the first brackets. */
function isAsked(at: number, ds: string): boolean {
  const time = DAY + at * 1000;
  return /\[([^\]]*)\]/
    .exec(ds)![1]!
    .split(',')
    .some((part) => {
      const [from, to] = part.split(/(?<=Z)-/);
      return to ? time >= Date.parse(from!) && time <= Date.parse(to) : time === Date.parse(from!);
    });
}

function list(records: FakeRecord[], parameters: URLSearchParams) {
  const found = records.filter(({ at }) => isAsked(at, parameters.get('ds')!));
  if (found.length === 0) return { count: 0, runtime: 0.1, status: 0 };
  const column = (name: string, value: (record: FakeRecord) => string) => ({
    name,
    values: found.map(value),
  });
  const keywords = [
    column('T_REC', ({ at }) => iso(at)),
    column('T_OBS', ({ at }) =>
      `${iso(at).slice(0, -3)}${String((at % 60) + 5.84).padStart(5, '0')}Z`.replace(
        /(\d\d)\.8400+\d*Z/,
        '$1.84Z',
      ),
    ),
    column('QUALITY', ({ quality = 0 }) => `0x${quality.toString(16).padStart(8, '0')}`),
    column('EXPTIME', ({ exposure = 2 }) => String(exposure)),
    column('WAVELNTH', () => '193'),
  ];
  const all = parameters.get('key') === '**ALL**';
  const extra = [
    column('TELESCOP', () => 'SDO/AIA'),
    column('LVL_NUM', () => '1.0'),
    column('DATE__OBS', ({ at }) => iso(at)),
    column('FSN', ({ at }) => String(1000 + at)),
    column('CALVER32', () => 'MISSING'),
    column('X0_MP', () => 'Invalid KeyLink'),
  ];
  const segments = [column('image', ({ at }) => `/SUM81/D${at}/S00000/image_lev1.fits`)];
  const recinfo = found.map(({ at, isOffline }) => ({
    name: `aia.lev1_euv_12s[${iso(at)}][193]`,
    online: isOffline ? 0 : 1,
  }));
  return {
    keywords: all ? [...keywords, ...extra] : keywords,
    ...(parameters.get('seg') ? { segments, recinfo } : {}),
    count: found.length,
    runtime: 0.2,
    status: 0,
  };
}

function exportAnswer(script: number[], parameters: URLSearchParams, submitted: string[]) {
  const status = script.shift() ?? 0;
  const id = parameters.get('requestid') ?? `JSOC_20240101_${submitted.length}`;
  if (status === 3) return { status, requestid: 'VOID', error: 'Request exceeds max byte limit' };
  if (status === 4) return { status, error: 'Cant save new export-request hash' };
  if (status === 7) return { status, requestid: '', error: 'User has 1 pending export request' };
  if (status !== 0) return { status, requestid: id, wait: 1 };
  const times = /\[([^\]]*)\]/.exec(submitted[Number(id.split('_')[2]) - 1]!)![1]!.split(',');
  const data = times.map((time) => {
    const at = (Date.parse(time) - DAY) / 1000;
    return {
      record: `aia.lev1_euv_12s[${time}][193]{image}`,
      filename: at === 7201 ? 'NoDataFile' : `aia.${at}.193.image.fits`,
    };
  });
  return {
    status: 0,
    requestid: id,
    dir: '/SUM80/D/S00000',
    count: data.length,
    data,
  };
}
