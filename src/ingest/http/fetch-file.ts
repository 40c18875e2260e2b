/** One file over HTTP into its part file: tries, pauses between them, and the record of each. */
import type { Clock } from '../../core/clock.ts';
import { isSunganError, SunganError } from '../../core/errors.ts';
import type { Random } from '../../numeric/random.ts';
import type { Breaker } from './breaker.ts';
import {
  type Again,
  fetchOnce,
  type OnceContext,
  type OnceRequest,
  type Sink,
  type TryResult,
} from './fetch-once.ts';
import { type Problem, problem } from './problem.ts';
import { pauseMs } from './retry.ts';

export interface FileRequest extends OnceRequest {
  /** Whether to wait for a host that is down: not where another has the file too. */
  waits: boolean;
  onTry(attempt: TryRecord): void;
}

export interface TryRecord {
  url: string;
  startedAt: string;
  status: number | null;
  bytes: number;
  milliseconds: number;
  error: string | null;
}

export interface FetchContext extends OnceContext {
  breakerOf(url: string): Breaker;
  clock: Clock;
  random: Random;
  retries: number;
}

export type FetchResult =
  | { ok: true; validator: string | null; url: string }
  | { ok: false; problem: Problem };

/** A full or failing disk is no fault of the server: the run ends, and says so. */
const DISK_ERRORS = new Set(['ENOSPC', 'EDQUOT', 'EIO', 'EROFS', 'EACCES', 'EPERM', 'EMFILE', 'ENFILE']);

/** Fills `part`. Throws only when `signal` is aborted or the disk fails. */
export async function fetchFile(
  request: FileRequest,
  part: Sink,
  context: FetchContext,
): Promise<FetchResult> {
  const { clock, signal, retries } = context;
  const breaker = context.breakerOf(request.url);
  let validator = request.validator;
  for (let tries = 1; ; tries++) {
    if (!(await breaker.admit(signal, request.waits)))
      return { ok: false, problem: problem('expected', 'source down', new URL(request.url).host) };
    const watched = {
      ...request,
      validator,
      onValidator(value: string | null) {
        validator = value;
        request.onValidator(value);
      },
    };
    const result = await recordedTry(watched, part, context);
    if (result.outcome === 'again') breaker.failed(result.reason);
    else breaker.succeeded();
    if (result.outcome === 'whole') return { ok: true, validator: result.validator, url: result.url };
    if (result.outcome === 'final') return { ok: false, problem: result.problem };
    if (tries > retries) return { ok: false, problem: afterAll(result, tries) };
    await clock.sleep(
      pauseMs(tries, () => context.random.uniform(), result.retryAfter, clock.now().getTime()),
      signal,
    );
  }
}

/** Counted by its kind: numbers of bytes and of ports would make each of a thousand cuts a kind of its own. */
function afterAll({ reason, kind = reason.split(/[:(]/)[0]!.trim() }: Again, tries: number): Problem {
  return { state: 'blocked', kind, reason: `${reason}: ${tries} tries` };
}

async function recordedTry(request: FileRequest, part: Sink, context: FetchContext): Promise<TryResult> {
  const startedAt = context.clock.now().toISOString();
  const startMs = performance.now();
  const lengthBefore = part.length;
  let status: number | null = null;
  let result: TryResult;
  try {
    result = await fetchOnce(request, part, context, (answer) => {
      status = answer.status;
    });
  } catch (error) {
    if (context.signal.aborted) throw error;
    if (isDiskError(error)) throw diskError(error as Error);
    result = isSunganError(error)
      ? { outcome: 'final', problem: problem('blocked', error.message, error.where) }
      : { outcome: 'again', reason: networkReason(error) };
  }
  request.onTry({
    url: request.url,
    startedAt,
    status,
    bytes: Math.max(0, part.length - lengthBefore),
    milliseconds: performance.now() - startMs,
    error:
      result.outcome === 'whole' ? null : result.outcome === 'again' ? result.reason : result.problem.reason,
  });
  return result;
}

function isDiskError(error: unknown): boolean {
  const { code = '', syscall, path } = error as NodeJS.ErrnoException;
  if (syscall === undefined || syscall === 'connect') return false;
  return DISK_ERRORS.has(code) || path !== undefined;
}

function diskError(cause: Error): SunganError {
  return new SunganError('io', `cannot write: ${cause.message}`, {
    remedy: 'check the free space and the permissions of the workspace; what was fetched is kept',
    cause,
  });
}

/** undici wraps causes; the innermost says it best. */
function networkReason(error: unknown): string {
  const { message, code, cause } = error as NodeJS.ErrnoException & { cause?: unknown };
  if (cause instanceof Error) return networkReason(cause);
  return code && !message.includes(code) ? `${message} (${code})` : message;
}
