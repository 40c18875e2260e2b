/** One file over HTTP as Apache serves it: ETag, Last-Modified, Range with If-Range, conditional requests, HEAD (RFC 9110). */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { StoredFile } from './store.ts';

export function sendFile(request: IncomingMessage, response: ServerResponse, file: StoredFile): void {
  const length = file.bytes.length;
  const headers: Record<string, string | number> = {
    'Content-Type': file.type,
    ETag: file.etag,
    'Last-Modified': file.modified.toUTCString(),
    'Accept-Ranges': 'bytes',
  };
  if (isUnchanged(request, file)) {
    response.writeHead(304, headers).end();
    return;
  }
  const range = rangeIsWanted(request, file) ? parseRange(request.headers.range, length) : undefined;
  if (range === 'unsatisfiable') {
    response.writeHead(416, { ...headers, 'Content-Range': `bytes */${length}` }).end();
    return;
  }
  const body = range ? file.bytes.subarray(range.from, range.to + 1) : file.bytes;
  if (range) headers['Content-Range'] = `bytes ${range.from}-${range.to}/${length}`;
  response.writeHead(range ? 206 : 200, { ...headers, 'Content-Length': body.length });
  response.end(request.method === 'HEAD' ? undefined : body);
}

function isUnchanged(request: IncomingMessage, file: StoredFile): boolean {
  const tags = request.headers['if-none-match'];
  if (tags !== undefined)
    return tags === '*' || tags.split(',').some((tag) => tag.trim().replace(/^W\//, '') === file.etag);
  const since = request.headers['if-modified-since'];
  return since !== undefined && Date.parse(since) >= Math.floor(file.modified.getTime() / 1000) * 1000;
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
