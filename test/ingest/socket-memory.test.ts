/** Bodies arrive whole although the memory of the socket is used again, however header and body are cut. */
import { createHash } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createHttpClient } from '../../src/ingest/http/client.ts';
import { createSocketMemory } from '../../src/ingest/http/socket-memory.ts';
import { createRandom } from '../../src/numeric/random.ts';

const random = createRandom('socket memory');
const BODIES = Array.from({ length: 12 }, () => {
  const body = Buffer.alloc(1 + random.int(3 << 20));
  for (let at = 0; at < body.length; at += 4096)
    body.writeUInt32LE(random.int(2 ** 31), Math.min(at, Math.max(0, body.length - 4)));
  return body;
}).filter(({ length }) => length > 4);
const TAG = 'entity-tag-'.repeat(20);

let server: Server;
let host: string;

beforeEach(async () => {
  server = createServer((socket) => {
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.on('data', (request) => void answer(socket, Number(/GET \/(\d+)/.exec(String(request))![1])));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

async function answer(socket: Socket, index: number): Promise<void> {
  const body = BODIES[index]!;
  const head = `HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\netag: "${TAG}${index}"\r\n\r\n`;
  // Every other header comes in crumbs.
  const crumb = index % 2 === 0 ? head.length : 7;
  for (let at = 0; at < head.length; at += crumb) {
    socket.write(head.slice(at, at + crumb));
    if (crumb < head.length) await setImmediate();
  }
  for (let at = 0; at < body.length; ) {
    const length = 1 + random.int(index % 3 === 0 ? 40_000 : 900_000);
    socket.write(body.subarray(at, at + length));
    at += length;
    if (index % 3 === 1) await setImmediate();
  }
}

const sha = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

test.each([0, 1, 2])('a reader that stops at every piece but %i of 3', async (rest) => {
  const client = createHttpClient({
    connectionsOf: () => 2,
    idleTimeoutMs: 10_000,
    allowedHosts: new Set([host]),
  });
  const fetchOne = async (index: number) => {
    const { headers, body } = await client.get(`http://${host}/${index}`, {}, new AbortController().signal);
    expect(headers['etag']).toBe(`"${TAG}${index}"`);
    const pieces: Buffer[] = [];
    await body.read((piece) => {
      pieces.push(Buffer.from(piece));
      return pieces.length % 3 === rest ? undefined : setTimeout(random.int(3));
    });
    expect(sha(Buffer.concat(pieces))).toBe(sha(BODIES[index]!));
  };
  try {
    await Promise.all(BODIES.map((_, index) => fetchOne(index)));
  } finally {
    await client.close();
  }
});

test('a buffer of which a part lies unread is not read into again', () => {
  const { buffer, callback } = createSocketMemory();
  const next = buffer as () => Uint8Array;
  const socket = { readableLength: 0, push: () => true };
  const take = (length: number) => {
    const into = next();
    callback.call(socket, length, into);
    return into;
  };
  const large = 200_000;
  const [first, second] = [take(large), take(large)];
  expect(second).not.toBe(first);
  // All that came was taken: two buffers are enough.
  expect(take(large)).toBe(first);
  // Of small pieces copies are handed on.
  const small = take(100);
  expect(take(large)).toBe(small);
  // What came into the last two may lie there still.
  socket.readableLength = large;
  const third = take(large);
  const fourth = take(large);
  expect(new Set([third, fourth, take(large)]).size).toBe(3);
});
