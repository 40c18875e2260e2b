/** Small frames with SDO's keywords, and an archive of them in the synoptic directory's layout. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { card, writeImage } from '../../src/fits/index.ts';
import { createRandom } from '../../src/numeric/random.ts';
import { startServer, type TestServer } from '../support/http-server.ts';

export interface FrameOptions {
  time: string;
  wavelength?: number;
  quality?: number;
  size?: number;
  telescope?: string;
  exposure?: number;
  /** LVL_NUM. */
  level?: number;
}

/** A synoptic frame of noise: seeded by time and channel, so that the same slot always has the same bytes. */
export function frameBytes(options: FrameOptions): Buffer {
  const {
    time,
    wavelength = 193,
    quality = 0,
    size = 32,
    telescope = 'SDO/AIA',
    exposure = 1.999657,
    level = 1.5,
  } = options;
  const random = createRandom(`${time} ${wavelength}`);
  const data = Int16Array.from({ length: size * size }, () => random.int(500) - 8);
  const observed = new Date(Date.parse(time) + 5840).toISOString().replace(/0Z$/, 'Z');
  const cards = [
    card('TELESCOP', telescope),
    card('INSTRUME', 'AIA_2'),
    card('WAVELNTH', wavelength),
    card('T_OBS', observed),
    card('DATE-OBS', observed.slice(0, -1)),
    card('EXPTIME', exposure),
    card('LVL_NUM', level),
    card('CDELT1', level < 1.5 ? 0.6 : 2.4),
    card('QUALITY', quality | 0),
    card('FSN', 143631308),
    card('SIMULATD', true, 'made for a test'),
  ];
  return Buffer.from(writeImage({ width: size, height: size, data, cards, compression: 'RICE_1' }));
}

export interface SynopticArchive extends TestServer {
  /** What the file of that path is, when the server is well. */
  bytesOf(path: string): Buffer | undefined;
}

const NAME = /\/H\d\d00\/AIA(\d{4})(\d\d)(\d\d)_(\d\d)(\d\d)_(\d{4})\.fits$/;

/** Serves every slot that is asked for; `answer` may do otherwise and returns true when it did. */
export async function startSynoptic(
  answer: (request: IncomingMessage, response: ServerResponse, bytes: Buffer) => boolean | undefined = () =>
    false,
  options: Partial<FrameOptions> = {},
): Promise<SynopticArchive> {
  const made = new Map<string, Buffer>();
  const bytesOf = (path: string) => {
    const match = NAME.exec(path);
    if (!match) return undefined;
    const [, year, month, day, hour, minute, channel] = match;
    const found =
      made.get(path) ??
      frameBytes({
        ...options,
        time: `${year}-${month}-${day}T${hour}:${minute}:00Z`,
        wavelength: Number(channel),
      });
    made.set(path, found);
    return found;
  };
  const server = await startServer((request, response) => {
    const bytes = bytesOf(request.url!);
    if (!bytes) response.writeHead(404).end();
    else if (!answer(request, response, bytes)) sendFile(request, response, bytes);
  });
  return Object.assign(server, { bytesOf });
}

/** A static file as Apache serves it: ETag, Range, If-Range. */
export function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  bytes: Buffer,
  etag = `"${bytes.length.toString(16)}"`,
): void {
  const match = /^bytes=(\d+)-$/.exec(request.headers.range ?? '');
  const isRange = match && (request.headers['if-range'] ?? etag) === etag;
  const start = isRange ? Number(match[1]) : 0;
  if (start >= bytes.length) {
    response.writeHead(416).end();
    return;
  }
  const range = isRange ? { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` } : {};
  response.writeHead(isRange ? 206 : 200, {
    'content-length': bytes.length - start,
    etag,
    'content-type': 'application/fits',
    ...range,
  });
  response.end(bytes.subarray(start));
}
