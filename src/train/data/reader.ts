/** Reading batches of a dataset: in this thread while all frames fit its memory, in worker threads beyond that. */
import { Tinypool } from 'tinypool';
import { SunganError } from '../../core/errors.ts';
import { type Dataset, openDataset } from '../../curate/index.ts';
import { type Failure, toError } from './failure.ts';

export interface BatchReader {
  read(side: number, indices: readonly number[]): Promise<Float32Array>;
  close(): Promise<void>;
}

export interface ReadTask {
  directory: string;
  side: number;
  indices: readonly number[];
}

/** A dataset keeps so many bytes of decoded 16-bit frames; below that, every epoch after the first comes from memory. */
const HELD_BYTES = 256 * 2 ** 20;
const THREADS = 2;

export function createBatchReader(dataset: Dataset, largestSide: number): BatchReader {
  // Node 20 cannot run a worker from TypeScript; built code ends in .js.
  const isBuilt = import.meta.url.endsWith('.js');
  const bytes = dataset.count * dataset.channels.length * largestSide ** 2 * 2;
  if (!isBuilt || bytes <= HELD_BYTES) return { read: dataset.readFloat, async close() {} };
  const pool = new Tinypool({
    filename: new URL('./reader-worker.js', import.meta.url).href,
    runtime: 'worker_threads',
    // Flags of the parent that only fit a main program (--input-type) would end the thread.
    execArgv: [],
    minThreads: THREADS,
    maxThreads: THREADS,
  });
  const { directory } = dataset;
  return {
    read: (side, indices) => readBy((task) => pool.run(task), { directory, side, indices }),
    close: () => pool.destroy(),
  };
}

/** By a thread; one that dies is replaced by the pool, and what it was to read is asked for once more. */
export async function readBy(
  run: (task: ReadTask) => Promise<Float32Array | Failure>,
  task: ReadTask,
): Promise<Float32Array> {
  const result = await run(task)
    .catch(() => run(task))
    .catch((cause) => {
      throw new SunganError('io', `the images cannot be read: ${(cause as Error).message}`, {
        where: task.directory,
        remedy: 'free memory for the reading threads; `sungan train --resume` goes on',
        cause,
      });
    });
  if (result instanceof Float32Array) return result;
  throw toError(result);
}

const opened = new Map<string, Promise<Dataset>>();

/** What a worker does; each opens a dataset once. */
export async function readBatch({ directory, side, indices }: ReadTask): Promise<Float32Array> {
  if (!opened.has(directory)) opened.set(directory, openDataset(directory));
  return (await opened.get(directory)!).readFloat(side, indices);
}
