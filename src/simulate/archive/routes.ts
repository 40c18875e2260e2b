/** From a request to the answer of an undisturbed server. */
import type { IncomingMessage } from 'node:http';
import { indexPage, notFoundPage } from './pages.ts';
import { fileReply, type Reply, textReply } from './reply.ts';
import type { FileStore } from './store.ts';

export interface Routed {
  reply: Reply;
  /** Set when the answer is a file of the store. */
  filePath?: string;
}

const SYNOPTIC_FOLDER = 'data/aia/synoptic/';
const EMPTY = new Uint8Array(0);

export async function replyTo(store: FileStore, request: IncomingMessage): Promise<Routed> {
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return { reply: { status: 405, headers: { Allow: 'GET, HEAD', 'Content-Length': 0 }, body: EMPTY } };
  const path = pathOfUrl(request.url ?? '/');
  if (path === undefined) return { reply: notFound(request) };
  const times = imageTimes(store, path);
  if (times) return { reply: times };
  const entries = store.list(path);
  if (entries) return { reply: textReply(200, 'text/html;charset=UTF-8', indexPage(`/${path}`, entries)) };
  if (store.list(`${path}/`))
    return { reply: { status: 301, headers: { Location: `/${path}/`, 'Content-Length': 0 }, body: EMPTY } };
  const file = await store.read(path);
  return file ? { reply: fileReply(request, file), filePath: path } : { reply: notFound(request) };
}

function notFound(request: IncomingMessage): Reply {
  return textReply(404, 'text/html; charset=iso-8859-1', notFoundPage(request.url ?? '/'));
}

/** The decoded path without its leading slash, or undefined when it is no path. */
function pathOfUrl(url: string): string | undefined {
  try {
    return decodeURIComponent(new URL(url, 'http://localhost').pathname).slice(1);
  } catch {
    return undefined;
  }
}

/** `image_times` and its JSON twin: the span that the synoptic directory has. */
function imageTimes(store: FileStore, path: string): Reply | undefined {
  const isJson = path === `${SYNOPTIC_FOLDER}image_times.json`;
  if (!isJson && path !== `${SYNOPTIC_FOLDER}image_times`) return undefined;
  const extent = store.extent();
  if (!extent) return undefined;
  const compact = (time: Date) => time.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '_');
  const times = { first: compact(extent.first), last: compact(extent.last) };
  return isJson
    ? textReply(200, 'application/json', `${JSON.stringify(times)}\n`)
    : textReply(200, 'text/plain; charset=UTF-8', `Time     ${times.last}\n`);
}
