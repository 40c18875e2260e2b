/** What can go wrong between a server and its client. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Random } from '../../../numeric/random.ts';
import type { Reply } from '../reply.ts';

export const DISTURBANCE_NAMES = [
  'not-found',
  'too-many-requests',
  'unavailable',
  'server-error',
  'hang',
  'stall',
  'slow-drip',
  'cut',
  'wrong-length',
  'wrong-content',
  'error-body',
  'replaced',
] as const;
export type DisturbanceName = (typeof DISTURBANCE_NAMES)[number];

/** One exchange about to be spoilt. */
export interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  /** What an undisturbed server would send. */
  reply: Reply;
  random: Random;
  /** Stops when the archive closes. */
  signal: AbortSignal;
  /** Makes the archive hold a new version of this file from now on. */
  replaceFile(): void;
  /** Bytes of another file of the archive. */
  otherFile(): Promise<Uint8Array | undefined>;
}

export interface Disturbance {
  /** Only answers that carry a file can be spoilt this way. */
  filesOnly: boolean;
  spoil(exchange: Exchange): void | Promise<void>;
}
