/** A server on a bad day: each request may meet one of the faults of real archives, by rate and seed. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createRandom, hash32 } from '../../src/numeric/random.ts';
import { frameBytes } from './frames.ts';

type Fault = (request: IncomingMessage, response: ServerResponse, bytes: Buffer) => void;

const page =
  (status: number, headers: Record<string, string> = {}): Fault =>
  (_request, response) => {
    response
      .writeHead(status, { 'content-type': 'text/html', ...headers })
      .end(`<html><title>${status}</title></html>`);
  };

export const FAULTS: Record<string, Fault> = {
  tooMany: page(429, { 'retry-after': '1' }),
  unavailable: page(503, { 'retry-after': '1' }),
  broken: page(500),
  errorAsPage: page(200),
  errorAsJson: (_request, response) => response.writeHead(200).end('{"status":1,"error":"no"}'),
  hang: () => {},
  hangUp: (_request, response) => response.destroy(),
  drip(_request, response, bytes) {
    response.writeHead(200, { 'content-length': bytes.length });
    let sent = 0;
    const timer = setInterval(() => {
      response.write(bytes.subarray(sent, sent + 10));
      sent += 10;
    }, 100);
    response.on('close', () => clearInterval(timer));
  },
  cut(_request, response, bytes) {
    response.writeHead(200, { 'content-length': bytes.length, etag: `"${bytes.length.toString(16)}"` });
    response.write(bytes.subarray(0, bytes.length >> 1), () => setTimeout(() => response.destroy(), 10));
  },
  cutOfAnotherVersion(_request, response, bytes) {
    response.writeHead(200, { 'content-length': bytes.length, etag: '"another"' });
    const other = Buffer.from(bytes);
    other.fill(0xff, 600);
    response.write(other.subarray(0, bytes.length >> 1), () => setTimeout(() => response.destroy(), 10));
  },
  shortWithFittingLength: (_request, response, bytes) =>
    void response.writeHead(200).end(bytes.subarray(0, bytes.length - 2880)),
  anotherChannel: (_request, response) =>
    void response.writeHead(200).end(frameBytes({ time: '2017-01-01T00:00:00Z', wavelength: 4500 })),
  flippedBit(_request, response, bytes) {
    const damaged = Buffer.from(bytes);
    damaged[bytes.length - 3000]! ^= 4;
    response.writeHead(200, { 'content-length': damaged.length }).end(damaged);
  },
  empty: (_request, response) => response.writeHead(200, { 'content-length': 0 }).end(),
};

/** `rate` is the share of each fault; a slot is absent, for ever, with the same share. */
export function faultyAnswer(seed: number, rate: number, counts: Record<string, number> = {}) {
  const random = createRandom(seed);
  const names = Object.keys(FAULTS);
  return (request: IncomingMessage, response: ServerResponse, bytes: Buffer): boolean => {
    if (isAbsent(request.url!, seed, rate)) {
      response.writeHead(404).end();
      return true;
    }
    const which = Math.floor(random.uniform() / rate);
    const name = names[which];
    if (name === undefined) return false;
    counts[name] = (counts[name] ?? 0) + 1;
    FAULTS[name]!(request, response, bytes);
    return true;
  };
}

export function isAbsent(path: string, seed: number, rate: number): boolean {
  const word = [...path].reduce((hash, letter) => hash32(hash, letter.charCodeAt(0)), seed);
  return word / 2 ** 32 < rate;
}
