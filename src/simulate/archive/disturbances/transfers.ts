/** Transfers that begin well: silence, drops, cuts, and bodies that are not what was asked for. */
import { setTimeout as delay } from 'node:timers/promises';
import { send } from '../reply.ts';
import type { Disturbance, Exchange } from './types.ts';

const DRIP_PIECES = 24;
const DRIP_PAUSE_MS = 40;

/** No answer at all until the client or the archive gives up. */
export const hang: Disturbance = {
  spoils: 'all',
  async spoil(exchange) {
    await untilOver(exchange);
    exchange.response.destroy();
  },
};

/** Headers and a part of the body, then silence. */
export const stall: Disturbance = {
  spoils: 'file',
  async spoil(exchange) {
    begin(exchange);
    exchange.response.write(part(exchange));
    await untilOver(exchange);
    exchange.response.destroy();
  },
};

/** The whole body, but a little at a time. */
export const slowDrip: Disturbance = {
  spoils: 'file',
  async spoil(exchange) {
    const { response, reply, signal } = exchange;
    begin(exchange);
    const size = Math.max(1, Math.ceil(reply.body.length / DRIP_PIECES));
    for (let at = 0; at < reply.body.length && !response.destroyed && !signal.aborted; at += size) {
      response.write(reply.body.subarray(at, at + size));
      await delay(DRIP_PAUSE_MS, undefined, { signal }).catch(() => {});
    }
    response.end();
  },
};

/** The connection breaks in the middle of the body. */
export const cut: Disturbance = {
  spoils: 'file',
  spoil: breakOff,
};

/** A body that is complete by its Content-Length and still shorter than the file. */
export const wrongLength: Disturbance = {
  spoils: 'file',
  spoil(exchange) {
    const body = part(exchange);
    const { 'Content-Range': _range, ...headers } = exchange.reply.headers;
    send(exchange.request, exchange.response, {
      status: 200,
      headers: { ...headers, 'Content-Length': body.length },
      body,
    });
  },
};

/** Another frame under this frame's address. */
export const wrongContent: Disturbance = {
  spoils: 'file',
  async spoil(exchange) {
    const body = (await exchange.otherFile()) ?? new Uint8Array(2880);
    const { 'Content-Range': _range, ETag: _etag, ...headers } = exchange.reply.headers;
    send(exchange.request, exchange.response, {
      status: 200,
      headers: { ...headers, 'Content-Length': body.length },
      body,
    });
  },
};

/** The connection breaks, and when the client comes back for the rest the file is another one. */
export const replaced: Disturbance = {
  spoils: 'file',
  async spoil(exchange) {
    exchange.replaceFile();
    await breakOff(exchange);
  },
};

function begin({ response, reply }: Exchange): void {
  response.writeHead(reply.status, reply.headers);
  response.flushHeaders();
}

/** The first 5 to 95 percent of the body. */
function part({ reply, random }: Exchange): Uint8Array {
  return reply.body.subarray(0, Math.floor(reply.body.length * (0.05 + 0.9 * random.uniform())));
}

async function breakOff(exchange: Exchange): Promise<void> {
  const { response } = exchange;
  begin(exchange);
  await new Promise<void>((resolve) => response.write(part(exchange), () => resolve()));
  response.destroy();
}

/** Waits until the client has gone or the archive closes. */
async function untilOver({ request, signal }: Exchange): Promise<void> {
  await new Promise<void>((resolve) => {
    if (signal.aborted || request.socket.destroyed) return resolve();
    request.socket.once('close', () => resolve());
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
