/** From a request to the answer of an undisturbed server. */
import type { IncomingMessage } from 'node:http';
import { pathOf as pathOfFrame } from '../products.ts';
import type { Bucket } from './bucket/index.ts';
import type { Jsoc } from './jsoc/index.ts';
import { indexPage, notFoundPage } from './pages.ts';
import { fileReply, type Reply, type Routed, textReply } from './reply.ts';
import type { FileStore, StoredFile } from './store.ts';

const SYNOPTIC_FOLDER = 'data/aia/synoptic/';
const EMPTY = new Uint8Array(0);

/** What answers beside the directories. */
export interface Doors {
  jsoc?: Jsoc;
  bucket?: Bucket;
}

export async function replyTo(store: FileStore, doors: Doors, request: IncomingMessage): Promise<Routed> {
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return { reply: { status: 405, headers: { Allow: 'GET, HEAD', 'Content-Length': 0 }, body: EMPTY } };
  const url = urlOf(request);
  const path = url && pathOf(url);
  if (path === undefined) return { reply: notFound(request) };
  const served =
    (await doors.jsoc?.reply(request, path, url!)) ?? (await doors.bucket?.reply(request, path, url!));
  if (served) return served;
  const times = imageTimes(store, path);
  if (times) return { reply: times };
  const entries = store.list(path);
  if (entries) return { reply: textReply(200, 'text/html;charset=UTF-8', indexPage(`/${path}`, entries)) };
  if (store.list(`${path}/`))
    return { reply: { status: 301, headers: { Location: `/${path}/`, 'Content-Length': 0 }, body: EMPTY } };
  const file = (store.isListed(path) ? await store.read(path) : undefined) ?? (await mostRecent(store, path));
  return file ? { reply: fileReply(request, file), filePath: path } : { reply: notFound(request) };
}

function notFound(request: IncomingMessage): Reply {
  return textReply(404, 'text/html; charset=iso-8859-1', notFoundPage(request.url ?? '/'));
}

function urlOf(request: IncomingMessage): URL | undefined {
  try {
    return new URL(request.url ?? '/', 'http://localhost');
  } catch {
    return undefined;
  }
}

/** The decoded path without its leading slash, or undefined when it is no path. */
function pathOf({ pathname }: URL): string | undefined {
  try {
    return decodeURIComponent(pathname).slice(1);
  } catch {
    return undefined;
  }
}

/** `mostrecent/AIAsynopticWWWW.fits`: the newest near-real-time frame of a channel, overwritten in place. */
async function mostRecent(store: FileStore, path: string): Promise<StoredFile | undefined> {
  const match = /^data\/aia\/synoptic\/mostrecent\/AIAsynoptic(\d{4})\.fits$/.exec(path);
  if (!match) return undefined;
  const newest = store
    .entries('aia-nrt')
    .findLast(({ id, planned }) => id.wavelength === Number(match[1]) && planned !== 'absent');
  return newest && store.read(pathOfFrame(newest.id));
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
