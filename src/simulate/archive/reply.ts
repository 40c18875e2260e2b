/**
 * The answer to a request for one file as Apache gives it: ETag, Last-Modified, Range with If-Range, conditional requests,
 * HEAD (RFC 9110). Answers are values, so that a disturbance can spoil one before it is sent.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { errorPage } from './pages.ts';
import type { StoredFile } from './store.ts';

export interface Reply {
  status: number;
  headers: Record<string, string | number>;
  body: Uint8Array;
}

/** An answer, and the file of the store that it carries, if any. */
export interface Routed {
  reply: Reply;
  filePath?: string;
  /** The answer is JSON of JSOC's database or exports. */
  jsoc?: 'query' | 'export';
}

const NOTHING = new Uint8Array(0);

export function textReply(status: number, type: string, text: string, headers: Reply['headers'] = {}): Reply {
  const body = Buffer.from(text);
  return { status, headers: { ...headers, 'Content-Type': type, 'Content-Length': body.length }, body };
}

/** Sends a whole reply; HEAD gets the headers only. */
export function send(request: IncomingMessage, response: ServerResponse, reply: Reply): void {
  response.writeHead(reply.status, reply.headers);
  response.end(request.method === 'HEAD' ? undefined : reply.body);
}

export function fileReply(request: IncomingMessage, file: StoredFile): Reply {
  const length = file.bytes.length;
  const headers: Reply['headers'] = {
    'Content-Type': file.type,
    ETag: file.etag,
    'Last-Modified': file.modified.toUTCString(),
    'Accept-Ranges': 'bytes',
  };
  if (isOther(request, file))
    return textReply(
      412,
      'text/html; charset=iso-8859-1',
      errorPage(
        '412 Precondition Failed',
        'Precondition Failed',
        'The file is not the one that was asked for.',
      ),
      headers,
    );
  if (isUnchanged(request, file)) return { status: 304, headers, body: NOTHING };
  const range = rangeIsWanted(request, file) ? parseRange(request.headers.range, length) : undefined;
  if (range === 'unsatisfiable')
    return {
      status: 416,
      headers: { ...headers, 'Content-Range': `bytes */${length}`, 'Content-Length': 0 },
      body: NOTHING,
    };
  const body = range ? file.bytes.subarray(range.from, range.to + 1) : file.bytes;
  if (range) headers['Content-Range'] = `bytes ${range.from}-${range.to}/${length}`;
  return { status: range ? 206 : 200, headers: { ...headers, 'Content-Length': body.length }, body };
}

/** Whether If-Match names other versions only (strong tags), or, without it, the file has changed since If-Unmodified-Since. */
function isOther(request: IncomingMessage, file: StoredFile): boolean {
  const tags = request.headers['if-match'];
  if (tags !== undefined)
    return tags.trim() !== '*' && !tags.split(',').some((tag) => tag.trim() === file.etag);
  const since = Date.parse(request.headers['if-unmodified-since'] ?? '');
  // A date that is none is no condition.
  return wholeSecond(file.modified) > since;
}

function wholeSecond(time: Date): number {
  return Math.floor(time.getTime() / 1000) * 1000;
}

function isUnchanged(request: IncomingMessage, file: StoredFile): boolean {
  const tags = request.headers['if-none-match'];
  if (tags !== undefined)
    return tags === '*' || tags.split(',').some((tag) => tag.trim().replace(/^W\//, '') === file.etag);
  const since = request.headers['if-modified-since'];
  return since !== undefined && Date.parse(since) >= wholeSecond(file.modified);
}

/** A Range with an If-Range that no longer fits is answered with the whole file. */
function rangeIsWanted(request: IncomingMessage, file: StoredFile): boolean {
  if (request.headers.range === undefined) return false;
  const condition = request.headers['if-range'];
  return condition === undefined || condition === file.etag || condition === file.modified.toUTCString();
}

/** One range of bytes, both ends inclusive. Several ranges or nonsense mean the whole file, as servers may choose. */
function parseRange(
  header: string | undefined,
  length: number,
): { from: number; to: number } | 'unsatisfiable' | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '');
  if (!match || (match[1] === '' && match[2] === '')) return undefined;
  const from = match[1] === '' ? Math.max(0, length - Number(match[2])) : Number(match[1]);
  const to = match[1] === '' || match[2] === '' ? length - 1 : Math.min(length - 1, Number(match[2]));
  if (match[1] === '' && Number(match[2]) === 0) return 'unsatisfiable';
  if (from >= length) return 'unsatisfiable';
  return from > to ? undefined : { from, to };
}
