/** A local HTTP server that looks like JSOC's synoptic directory and serves simulated frames, in calm or in trouble. */
import { setMaxListeners } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SunganError } from '../../core/errors.ts';
import { requireTime } from '../../core/time.ts';
import { createRandom } from '../../numeric/random.ts';
import type { Label } from '../labels.ts';
import { LABELS_FILE, recipeOf, truthText } from '../truth.ts';
import { createBucket } from './bucket/index.ts';
import { DISTURBANCES, type DisturbanceName, planDisturbance } from './disturbances/index.ts';
import { holdingsOf } from './holdings.ts';
import { createJsoc } from './jsoc/index.ts';
import type { ArchiveOptions } from './options.ts';
import { type Reply, send, textReply } from './reply.ts';
import { type Doors, replyTo } from './routes.ts';
import { createStore, type FileStore } from './store.ts';

/** One request as the archive saw it. */
export interface JournalEntry {
  method: string;
  path: string;
  /** Counts the requests for this path, from 0. */
  attempt: number;
  /** `outage`: the connection was dropped. */
  disturbance: DisturbanceName | 'outage' | null;
}

export interface Archive {
  /** `http://127.0.0.1:PORT`; what `ingest --base-url` wants for jsoc and heliocloud. */
  url: string;
  /** The HMI directory, likewise. */
  hmiUrl: string;
  /** The near-real-time directory, likewise. */
  nrtUrl: string;
  /** The synoptic directory, what `ingest --base-url` wants; ends in a slash. */
  synopticUrl: string;
  /** What is wrong with every slot, absent ones included. */
  labels(): Label[];
  /** Where the server tells the same, as the `labels.json` of a folder does: `http://127.0.0.1:PORT/labels.json`. */
  labelsUrl: string;
  /** Every request so far, in order. */
  journal(): readonly JournalEntry[];
  close(): Promise<void>;
}

interface Tools {
  store: FileStore;
  doors: Doors;
  options: ArchiveOptions;
  outages: { from: number; to: number }[];
  now: () => Date;
  signal: AbortSignal;
  attempts: Map<string, number>;
  journal: JournalEntry[];
}

/** A path is served well from this request on when nothing else is asked for. */
const CALM_AFTER = 8;

export async function startArchive(options: ArchiveOptions): Promise<Archive> {
  const tools = prepare(options);
  const closing = new AbortController();
  // One listener for every hung answer.
  setMaxListeners(0, closing.signal);
  const server = createServer((request, response) => {
    answer({ ...tools, signal: closing.signal }, request, response).catch(() => response.destroy());
  });
  const host = options.host ?? '127.0.0.1';
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => {
      const where = `${host}:${options.port ?? 0}`;
      reject(
        new SunganError('network', `cannot listen: ${cause.message}`, {
          where,
          remedy: 'choose another port',
          cause,
        }),
      );
    });
    server.listen(options.port ?? 0, host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  return {
    url,
    hmiUrl: `${url}/data/hmi/fits/`,
    nrtUrl: `${url}/data/aia/synoptic/nrt/`,
    synopticUrl: `${url}/data/aia/synoptic/`,
    labels: () => tools.store.labels(),
    labelsUrl: `${url}/${LABELS_FILE}`,
    journal: () => tools.journal,
    close: () =>
      new Promise((resolve) => {
        closing.abort();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function prepare(options: ArchiveOptions): Omit<Tools, 'signal'> {
  const now = options.now ?? (() => new Date());
  const outages = (options.outages ?? []).map(({ from, to }) => ({
    from: requireTime(from, 'outages').getTime(),
    to: requireTime(to, 'outages').getTime(),
  }));
  const services = options.services ?? [];
  const store = createStore({ holdings: holdingsOf(options), now });
  return {
    store,
    doors: {
      ...(services.includes('jsoc') && {
        jsoc: createJsoc(store, { seed: options.seed, ...options.jsoc }, now),
      }),
      ...(services.includes('heliocloud') && { bucket: createBucket(store) }),
    },
    options,
    outages,
    now,
    attempts: new Map(),
    journal: [],
  };
}

/** No archive has such a file: it is the test's own, and so beyond disturbances and outages. */
function isTruth({ method, url }: IncomingMessage): boolean {
  return url === `/${LABELS_FILE}` && (method === 'GET' || method === 'HEAD');
}

function truthReply({ store, options }: Tools): Reply {
  const text = truthText({ recipe: recipeOf(options), frames: store.labels() });
  return textReply(200, 'application/json', text);
}

async function answer(tools: Tools, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { store, doors, options, attempts, journal } = tools;
  const path = request.url ?? '/';
  const attempt = attempts.get(path) ?? 0;
  attempts.set(path, attempt + 1);
  const note = (disturbance: JournalEntry['disturbance']) =>
    journal.push({ method: request.method ?? 'GET', path, attempt, disturbance });
  if (isTruth(request)) {
    note(null);
    return send(request, response, truthReply(tools));
  }
  const time = tools.now().getTime();
  if (tools.outages.some(({ from, to }) => time >= from && time < to)) {
    note('outage');
    request.socket.destroy();
    return;
  }
  response.setHeader('Server', 'sungan-simulator');
  const { reply, filePath, jsoc } = await replyTo(store, doors, request);
  const plan = {
    seed: options.seed,
    rates: options.disturbances ?? 0,
    calmAfter: options.calmAfter ?? CALM_AFTER,
  };
  const isFile = filePath !== undefined && reply.status < 300 && request.method === 'GET';
  const name = planDisturbance(plan, path, attempt, isFile ? 'file' : jsoc ? 'jsoc' : 'other');
  note(name ?? null);
  if (name === undefined) return send(request, response, reply);
  const file = filePath ?? '';
  await DISTURBANCES[name].spoil({
    request,
    response,
    reply,
    jsoc,
    random: createRandom(`${options.seed}/spoil/${path}/${attempt}`),
    signal: tools.signal,
    replaceFile: () => store.replace(file),
    otherFile: async () => (await store.read(store.neighbourOf(file) ?? ''))?.bytes,
  });
}
