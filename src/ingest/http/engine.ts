/** Everything that a run's requests share: connections, breakers, rate, randomness. */
import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../core/log.ts';
import { createRandom } from '../../numeric/random.ts';
import { createBreaker } from './breaker.ts';
import { createHttpClient } from './client.ts';
import { LONGEST_TIMER_MS } from './elapsed.ts';
import { type FetchContext, fetchFile, type TryRecord } from './fetch-file.ts';
import type { Problem } from './problem.ts';
import { createThrottle, type Throttle } from './throttle.ts';

export interface EngineOptions {
  clock: Clock;
  signal: AbortSignal;
  log: Logger;
  limits: RateLimits;
  idleTimeoutMs: number;
  totalTimeoutMs: number;
  retries: number;
  maxBytes: number;
  allowedHosts: ReadonlySet<string>;
}

export interface RateLimits {
  connectionsOf(host: string): number;
  /** Of all hosts together, and of one; undefined where there is no limit. */
  bytesPerSecond: number | undefined;
  bytesPerSecondOf(host: string): number | undefined;
}

export interface Engine {
  context: FetchContext;
  /** A small file into memory, from the first address that has it. */
  getBytes(urls: readonly string[], limits?: ByteLimits): Promise<BytesAnswer>;
  close(): Promise<void>;
}

export interface ByteLimits {
  maxBytes?: number;
  onTry?(attempt: TryRecord): void;
}

export type BytesAnswer =
  | { ok: true; bytes: Buffer; url: string; validator: string | null }
  | { ok: false; problem: Problem };

/** How long a host may be down before the rest is left to the next run. */
const PATIENCE_MS = 600_000;
const SMALL_FILE_BYTES = 20e6;

export function createEngine(options: EngineOptions): Engine {
  const { clock, signal, allowedHosts, limits, log } = options;
  const idleTimeoutMs = Math.min(options.idleTimeoutMs, LONGEST_TIMER_MS);
  const client = createHttpClient({ connectionsOf: limits.connectionsOf, idleTimeoutMs, allowedHosts });
  const breakerOf = byHost((host) => {
    const onTrouble = (reason: string) =>
      log.warn(
        `${host} does not answer as it should (${reason}); tried again for up to ${PATIENCE_MS / 60_000} minutes`,
      );
    return createBreaker({ clock, patienceMs: PATIENCE_MS, onTrouble });
  });
  const context: FetchContext = {
    client,
    breakerOf,
    clock,
    signal,
    random: createRandom(`${process.pid} ${clock.now().getTime()}`),
    retries: options.retries,
    idleTimeoutMs,
    totalTimeoutMs: Math.min(options.totalTimeoutMs, LONGEST_TIMER_MS),
    maxBytes: options.maxBytes,
    throttleOf: throttlesOf(limits, clock, signal),
  };

  return {
    context,
    close: () => client.close(),
    async getBytes(urls, { maxBytes = SMALL_FILE_BYTES, onTry = () => {} } = {}) {
      let failure: Problem | undefined;
      for (const [index, url] of urls.entries()) {
        const waits = index === urls.length - 1;
        const sink = new MemorySink();
        const request = {
          url,
          waits,
          validator: null,
          checkStart: () => undefined,
          onTry,
          onValidator: () => {},
        };
        const result = await fetchFile(request, sink, { ...context, maxBytes });
        if (result.ok)
          return {
            ok: true,
            bytes: Buffer.concat(sink.chunks),
            url: result.url,
            validator: result.validator,
          };
        failure ??= result.problem;
        // A mirror is for a host that is down, not for a file that is not there.
        if (result.problem.state === 'absent') break;
      }
      return { ok: false, problem: failure! };
    },
  };
}

/** One of a kind for each host of an address. */
function byHost<Value>(create: (host: string) => Value): (url: string) => Value {
  const known = new Map<string, Value>();
  return (url) => {
    const { host } = new URL(url);
    if (!known.has(host)) known.set(host, create(host));
    return known.get(host)!;
  };
}

function throttlesOf({ bytesPerSecond, bytesPerSecondOf }: RateLimits, clock: Clock, signal: AbortSignal) {
  const create = (rate: number | undefined) =>
    rate === undefined ? undefined : createThrottle(rate, clock, signal);
  const all = create(bytesPerSecond);
  return byHost((host): Throttle | undefined => {
    const own = create(bytesPerSecondOf(host));
    if (!all || !own) return all ?? own;
    return async (bytes) => void (await Promise.all([all(bytes), own(bytes)]));
  });
}

class MemorySink {
  length = 0;
  chunks: Uint8Array[] = [];

  append(chunk: Uint8Array): undefined {
    this.chunks.push(Uint8Array.from(chunk));
    this.length += chunk.length;
  }

  async restart(): Promise<void> {
    this.chunks = [];
    this.length = 0;
  }
}
