/** Encoding beside the main thread: a pool of worker threads, or in this thread when run from the TypeScript sources. */
import { Tinypool } from 'tinypool';
import { type EncodeResult, type EncodeTask, encodeSample } from './encode.ts';

export interface Encoders {
  encode(task: EncodeTask): Promise<EncodeResult>;
  close(): Promise<void>;
}

/** Starting a thread costs as much as some small frames. */
const FEWEST_SAMPLES = 4;

export function createEncoders(jobs: number, samples: number): Encoders {
  // Node 20 cannot run a worker from TypeScript; built code ends in .js.
  const isBuilt = import.meta.url.endsWith('.js');
  if (!isBuilt || samples < FEWEST_SAMPLES) return { encode: encodeSample, async close() {} };
  const pool = new Tinypool({
    filename: new URL('./worker.js', import.meta.url).href,
    runtime: 'worker_threads',
    // Flags of the parent that only fit a main program (--input-type) would end the thread.
    execArgv: [],
    minThreads: jobs,
    maxThreads: jobs,
    // The next file is read, and waits at the thread's door, while the thread computes.
    concurrentTasksPerWorker: 2,
  });
  return { encode: (task) => pool.run(task), close: () => pool.destroy() };
}
