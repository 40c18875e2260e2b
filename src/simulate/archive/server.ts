/** A local HTTP server that looks like JSOC's synoptic directory and serves simulated frames. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SunganError } from '../../core/errors.ts';
import type { FaultRates } from '../faults/index.ts';
import type { Label } from '../labels.ts';
import { requireContents } from '../plan.ts';
import type { Product } from '../products.ts';
import { indexPage, notFoundPage } from './pages.ts';
import { sendFile } from './respond.ts';
import { createStore, type FileStore } from './store.ts';

export interface ArchiveOptions {
  seed: number | string;
  /** ISO time, inclusive. */
  from: string;
  /** ISO time, exclusive. */
  to: string;
  /** `6h`, `2m` */
  cadence: string;
  wavelengths: readonly number[];
  /** Pixels a side. Default 1024. */
  size?: number;
  /** Default `aia-synoptic`. */
  product?: Product;
  /** One total share, or a share for each named fault. Default 0. */
  faults?: FaultRates;
  /** Share of faults that the header does not tell. Default 0.15. */
  unnoticed?: number;
  /** Share of slots that answer 404. Default 0. */
  absent?: number;
  /** Default 0: any free port. */
  port?: number;
  /** Default 127.0.0.1: this machine only. */
  host?: string;
}

export interface Archive {
  /** `http://127.0.0.1:PORT` */
  url: string;
  /** The synoptic directory, what `ingest --base-url` wants; ends in a slash. */
  synopticUrl: string;
  /** What is wrong with every slot, absent ones included. */
  labels(): Label[];
  close(): Promise<void>;
}

const SYNOPTIC_FOLDER = 'data/aia/synoptic/';

export async function startArchive(options: ArchiveOptions): Promise<Archive> {
  const contents = requireContents({
    size: 1024,
    product: 'aia-synoptic',
    faults: 0,
    unnoticed: 0.15,
    absent: 0,
    ...options,
  });
  const store = createStore(contents);
  const server = createServer((request, response) => {
    answer(store, request, response).catch(() => response.destroy());
  });
  const host = options.host ?? '127.0.0.1';
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => {
      reject(
        new SunganError('network', `cannot listen: ${cause.message}`, {
          where: `${host}:${options.port ?? 0}`,
          remedy: 'choose another --serve port',
          cause,
        }),
      );
    });
    server.listen(options.port ?? 0, host, resolve);
  });
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${(server.address() as AddressInfo).port}`;
  return {
    url,
    synopticUrl: `${url}/${SYNOPTIC_FOLDER}`,
    labels: () => store.labels(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(store: FileStore, request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.setHeader('Server', 'sungan-simulator');
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { Allow: 'GET, HEAD', 'Content-Length': 0 }).end();
    return;
  }
  const path = pathOfUrl(request.url ?? '/');
  const special = specialFile(store, path);
  if (special) return sendText(request, response, 200, special.type, special.text);
  const entries = path === undefined ? undefined : store.list(path);
  if (entries)
    return sendText(request, response, 200, 'text/html;charset=UTF-8', indexPage(`/${path}`, entries));
  if (path !== undefined && store.list(`${path}/`)) {
    response.writeHead(301, { Location: `/${path}/`, 'Content-Length': 0 }).end();
    return;
  }
  const file = path === undefined ? undefined : await store.read(path);
  if (file) return sendFile(request, response, file);
  sendText(request, response, 404, 'text/html; charset=iso-8859-1', notFoundPage(request.url ?? '/'));
}

/** The decoded path without its leading slash, or undefined when it is no path. */
function pathOfUrl(url: string): string | undefined {
  try {
    return decodeURIComponent(new URL(url, 'http://localhost').pathname).slice(1);
  } catch {
    return undefined;
  }
}

/** `image_times` and its JSON twin: the span that the archive has. */
function specialFile(store: FileStore, path: string | undefined): { type: string; text: string } | undefined {
  const isJson = path === `${SYNOPTIC_FOLDER}image_times.json`;
  if (!isJson && path !== `${SYNOPTIC_FOLDER}image_times`) return undefined;
  const extent = store.extent();
  if (!extent) return undefined;
  const compact = (time: Date) => time.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '_');
  const times = { first: compact(extent.first), last: compact(extent.last) };
  return isJson
    ? { type: 'application/json', text: `${JSON.stringify(times)}\n` }
    : { type: 'text/plain; charset=UTF-8', text: `Time     ${times.last}\n` };
}

function sendText(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  type: string,
  text: string,
): void {
  const body = Buffer.from(text);
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': body.length });
  response.end(request.method === 'HEAD' ? undefined : body);
}
