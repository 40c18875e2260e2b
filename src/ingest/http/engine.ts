/** Everything that a run's requests share: connections, breakers, rate, randomness. */
import type { Clock } from '../../core/clock.ts';
import { createRandom } from '../../numeric/random.ts';
import { type Breaker, createBreaker } from './breaker.ts';
import { createHttpClient } from './client.ts';
import { type FetchContext, fetchFile, type TryRecord } from './fetch-file.ts';
import type { Problem } from './problem.ts';
import { createThrottle } from './throttle.ts';

export interface EngineOptions {
  clock: Clock;
  signal: AbortSignal;
  connections: number;
  idleTimeoutMs: number;
  retries: number;
  maxBytes: number;
  bytesPerSecond: number | undefined;
  allowedHosts: ReadonlySet<string>;
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
  const { clock, signal, connections, idleTimeoutMs, allowedHosts, bytesPerSecond } = options;
  const client = createHttpClient({ connections, idleTimeoutMs, allowedHosts });
  const breakers = new Map<string, Breaker>();
  const breakerOf = (url: string) => {
    const { host } = new URL(url);
    const breaker = breakers.get(host) ?? createBreaker({ clock, patienceMs: PATIENCE_MS });
    breakers.set(host, breaker);
    return breaker;
  };
  const context: FetchContext = {
    client,
    breakerOf,
    clock,
    signal,
    random: createRandom(`${process.pid} ${clock.now().getTime()}`),
    retries: options.retries,
    idleTimeoutMs,
    maxBytes: options.maxBytes,
    ...(bytesPerSecond === undefined ? {} : { throttle: createThrottle(bytesPerSecond, clock, signal) }),
  };

  return {
    context,
    close: () => client.close(),
    async getBytes(urls, { maxBytes = SMALL_FILE_BYTES, onTry = () => {} } = {}) {
      let failure: Problem | undefined;
      for (const url of urls) {
        const sink = new MemorySink();
        const request = { url, validator: null, checkStart: () => undefined, onTry, onValidator: () => {} };
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

class MemorySink {
  length = 0;
  chunks: Uint8Array[] = [];

  append(chunk: Uint8Array): undefined {
    this.chunks.push(chunk);
    this.length += chunk.length;
  }

  async restart(): Promise<void> {
    this.chunks = [];
    this.length = 0;
  }
}
