/** One GET of a file: resumption where a beginning is there, the meaning of the answer, the body under its limits. */
import type { HttpAnswer, HttpClient } from './client.ts';
import { type Problem, problem } from './problem.ts';
import type { Throttle } from './throttle.ts';

/** Where the bytes go: a part file, or memory. */
export interface Sink {
  /** Bytes so far. */
  readonly length: number;
  /** How long it will be in the end, where the server says so. */
  expect?(bytes: number): void;
  /** Copies the chunk, whose memory is used again. Returns a promise when no more may come before it is settled. */
  append(chunk: Uint8Array): Promise<void> | undefined;
  /** Throws away what came so far. */
  restart(): Promise<void>;
}

export interface OnceRequest {
  url: string;
  /** Entity tag or date that names the version of which the part file holds the beginning. */
  validator: string | null;
  /** Looks at the first bytes, as soon as there are a few. */
  checkStart(bytes: Uint8Array, contentType: string | undefined): Problem | undefined;
  onValidator(validator: string | null): void;
}

export interface OnceContext {
  client: HttpClient;
  signal: AbortSignal;
  /** Longest time without the least progress; a server that drips slower than 1 KiB/s is silent too. */
  idleTimeoutMs: number;
  /** Longest time of one body; what came of it stays for the next try. */
  totalTimeoutMs: number;
  maxBytes: number;
  /** Waits until so many bytes more may be taken from the host; undefined where nothing is limited. */
  throttleOf(url: string): Throttle | undefined;
}

/** Bytes that tell FITS, gzip and HTML apart. */
const START_BYTES = 9;
const SLOWEST_BYTES_PER_SECOND = 1024;

/** A later try may do better. `kind`: what it counts as, where that is not the beginning of the reason. */
export interface Again {
  outcome: 'again';
  reason: string;
  kind?: string;
  retryAfter?: string | undefined;
}

/** What one try came to. */
export type TryResult =
  | { outcome: 'whole'; validator: string | null; url: string }
  | Again
  | { outcome: 'final'; problem: Problem };

/** Throws what the network or the disk throws. */
export async function fetchOnce(
  request: OnceRequest,
  part: Sink,
  context: OnceContext,
  onAnswer: (answer: HttpAnswer) => void,
): Promise<TryResult> {
  const stop = new AbortController();
  const forward = () => stop.abort(context.signal.reason);
  if (context.signal.aborted) forward();
  context.signal.addEventListener('abort', forward, { once: true });
  try {
    if (part.length > 0 && request.validator === null) await part.restart();
    const rest: Record<string, string> =
      part.length > 0 ? { range: `bytes=${part.length}-`, 'if-range': request.validator! } : {};
    const answer = await context.client.get(request.url, rest, stop.signal);
    onAnswer(answer);
    const refused = await refusalOf(answer, request.validator, part);
    if (refused) {
      answer.body.destroy();
      return refused;
    }
    const validator = validatorOf(answer.headers);
    request.onValidator(validator);
    return await readBody(answer, request, part, context, stop, validator);
  } finally {
    context.signal.removeEventListener('abort', forward);
  }
}

/** Every answer but 200 and a fitting 206. */
async function refusalOf(
  answer: HttpAnswer,
  asked: string | null,
  part: Sink,
): Promise<TryResult | undefined> {
  const { status, headers } = answer;
  // Some servers ignore If-Range: the rest of another version must not be joined to the beginning of this one.
  const isSame = (validatorOf(headers) ?? asked) === asked;
  if (status === 206 && part.length > 0 && rangeOf(headers)?.from === part.length && isSame) return undefined;
  if (status === 200) {
    if (part.length > 0) await part.restart();
    return undefined;
  }
  if (status === 206 || status === 416) {
    await part.restart();
    return {
      outcome: 'again',
      reason:
        status === 206 && !isSame
          ? 'the file changed between two tries'
          : `HTTP ${status} with another range than asked`,
    };
  }
  if (status === 404 || status === 410)
    return { outcome: 'final', problem: problem('absent', `HTTP ${status}`) };
  if (status === 408 || status === 425 || status === 429 || status >= 500) {
    return { outcome: 'again', reason: `HTTP ${status}`, retryAfter: headers['retry-after'] };
  }
  return { outcome: 'final', problem: problem('blocked', `HTTP ${status}`) };
}

async function readBody(
  answer: HttpAnswer,
  request: OnceRequest,
  part: Sink,
  context: OnceContext,
  stop: AbortController,
  validator: string | null,
): Promise<TryResult> {
  const { body, headers } = answer;
  const announced = bytesAfter(answer, part.length);
  // A server may send less of a range than was asked for.
  const expected = (answer.status === 206 ? rangeOf(headers)?.total : undefined) ?? announced;
  if (expected !== undefined && expected > context.maxBytes) {
    body.destroy();
    return { outcome: 'final', problem: tooLarge(expected, context.maxBytes) };
  }
  if (expected !== undefined) part.expect?.(expected);
  const pauses = new Stopwatch();
  const throttle = context.throttleOf(request.url);
  let isChecked = part.length >= START_BYTES;
  let start = Buffer.alloc(0);
  const take = (chunk: Buffer): Promise<void> | undefined => {
    const written = part.append(chunk);
    if (part.length > context.maxBytes) throw new Unwanted(tooLarge(part.length, context.maxBytes));
    if (!isChecked) {
      start = Buffer.concat([start, chunk.subarray(0, 512)]);
      isChecked = start.length >= START_BYTES;
      const found = isChecked ? request.checkStart(start, headers['content-type']) : undefined;
      if (found) throw new Unwanted(found);
    }
    const taken = throttle ? Promise.all([written, throttle(chunk.length)]).then(() => {}) : written;
    // While nothing more is taken, nothing can come: that is not the server's fault.
    return taken && pauses.during(taken);
  };
  const watch = watchProgress(() => part.length, pauses, context.idleTimeoutMs, stop);
  const unlimit = limitTime(context.totalTimeoutMs, pauses, stop);
  try {
    await body.read(take);
  } catch (error) {
    if (error instanceof Unwanted) return { outcome: 'final', problem: error.problem };
    throw error;
  } finally {
    clearInterval(watch);
    unlimit();
  }
  if (expected !== undefined && part.length !== expected) {
    const reason = `the connection ended after ${part.length} of ${expected} bytes`;
    return { outcome: 'again', reason, kind: 'the connection ended too early' };
  }
  if (part.length === 0) return { outcome: 'final', problem: problem('corrupt', 'empty file') };
  return { outcome: 'whole', validator, url: answer.url };
}

/** Ends the reading of a body whose rest nobody wants. */
class Unwanted extends Error {
  readonly problem: Problem;

  constructor(found: Problem) {
    super(found.reason);
    this.problem = found;
  }
}

/** Adds up the time in which something is under way. */
class Stopwatch {
  #total = 0;
  #since: number | undefined;

  async during(work: Promise<void>): Promise<void> {
    this.#since = performance.now();
    try {
      await work;
    } finally {
      this.#total = this.milliseconds;
      this.#since = undefined;
    }
  }

  get milliseconds(): number {
    return this.#total + (this.#since === undefined ? 0 : performance.now() - this.#since);
  }
}

/** Stops the request when too little came within one window of the idle timeout, of which `pauses` do not count. */
function watchProgress(
  length: () => number,
  pauses: Stopwatch,
  windowMs: number,
  stop: AbortController,
): NodeJS.Timeout {
  let before = length();
  let pausedBefore = 0;
  const timer = setInterval(() => {
    const came = length() - before;
    before += came;
    const paused = pauses.milliseconds - pausedBefore;
    pausedBefore += paused;
    // Too short a time to judge anybody by.
    if (paused > windowMs / 2) return;
    if (came < (SLOWEST_BYTES_PER_SECOND * (windowMs - paused)) / 1000)
      stop.abort(new Error(`too slow: ${came} bytes in ${windowMs / 1000} s`));
  }, windowMs);
  timer.unref();
  return timer;
}

const SHORTEST_WAIT_MS = 100;

/** Stops the request after `totalMs` without the pauses. Returns what ends the limit. */
function limitTime(totalMs: number, pauses: Stopwatch, stop: AbortController): () => void {
  const startedAt = performance.now();
  let timer: NodeJS.Timeout;
  const wait = (milliseconds: number) => {
    timer = setTimeout(check, Math.ceil(milliseconds));
    timer.unref();
  };
  const check = () => {
    const left = totalMs - (performance.now() - startedAt - pauses.milliseconds);
    // While taking is paused, what is left does not shrink.
    if (left > 0) wait(Math.max(left, SHORTEST_WAIT_MS));
    else stop.abort(new Error(`took longer than ${totalMs / 1000} s`));
  };
  wait(totalMs);
  return () => clearTimeout(timer);
}

/** Where the body of a 206 begins, and how long the whole file is, where that is told. */
function rangeOf(headers: Record<string, string>): { from: number; total: number | undefined } | undefined {
  const match = /^bytes (\d+)-\d+\/(?:(\d+)|\*)$/.exec(headers['content-range'] ?? '');
  return match
    ? { from: Number(match[1]), total: match[2] === undefined ? undefined : Number(match[2]) }
    : undefined;
}

/** How much there will be after this body. */
function bytesAfter({ headers }: HttpAnswer, offset: number): number | undefined {
  const length = /^\d+$/.test(headers['content-length'] ?? '')
    ? Number(headers['content-length'])
    : undefined;
  return length === undefined ? undefined : offset + length;
}

/** A strong entity tag, else the date of change: RFC 9110 section 13.1.5 allows nothing weaker in If-Range. */
function validatorOf(headers: Record<string, string>): string | null {
  const etag = headers['etag'];
  return etag && !etag.startsWith('W/') ? etag : (headers['last-modified'] ?? null);
}

const tooLarge = (bytes: number, limit: number) =>
  problem('corrupt', 'file too large', `${bytes} bytes, the limit is ${limit} (--max-file-mb)`);
