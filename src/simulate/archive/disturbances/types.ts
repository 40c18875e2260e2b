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
  'jsoc-error',
] as const;
export type DisturbanceName = (typeof DISTURBANCE_NAMES)[number];

/** What an answer carries: a file of the archive, JSON of JSOC's database or exports, or something else. */
export type AnswerKind = 'file' | 'jsoc' | 'other';

/** One exchange about to be spoilt. */
export interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  /** What an undisturbed server would send. */
  reply: Reply;
  /** Set for answers of JSOC's programs. */
  jsoc?: 'query' | 'export' | undefined;
  random: Random;
  /** Stops when the archive closes. */
  signal: AbortSignal;
  /** Makes the archive hold a new version of this file from now on. */
  replaceFile(): void;
  /** Bytes of another file of the archive. */
  otherFile(): Promise<Uint8Array | undefined>;
}

export interface Disturbance {
  /** Which answers can be spoilt this way: all, those that carry a file, those of JSOC's programs. */
  spoils: 'all' | AnswerKind;
  spoil(exchange: Exchange): void | Promise<void>;
}
