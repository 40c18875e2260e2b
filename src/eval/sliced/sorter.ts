/** Comparing (and sorting) projections beside the main thread; in this thread when run from the TypeScript sources. */
import { availableParallelism } from 'node:os';
import { Tinypool } from 'tinypool';
import { type CompareColumns, compareByLoop } from '../measures/swd.ts';

export interface Sorter {
  readonly compare: CompareColumns;
  close(): Promise<void>;
}

/** What a worker gets: columns first .. last of projections that all threads see. */
export interface SortTask {
  a: SharedArrayBuffer;
  b: SharedArrayBuffer;
  count: number;
  first: number;
  last: number;
}

/** Starting threads costs as much as sorting some hundred thousand values. */
const FEWEST_VALUES = 2 ** 22;
const MOST_THREADS = 16;

export function createSorter(): Sorter {
  const threads = Math.min(MOST_THREADS, availableParallelism());
  let pool: Tinypool | undefined;
  let [sharedA, sharedB] = [new SharedArrayBuffer(0), new SharedArrayBuffer(0)];
  const open = () =>
    new Tinypool({
      // This very module: its workers run `compareShared`.
      filename: import.meta.url,
      name: 'compareShared',
      runtime: 'worker_threads',
      // Flags of the parent that only fit a main program (--input-type) would end the thread.
      execArgv: [],
      minThreads: threads,
      maxThreads: threads,
    });
  return {
    async compare(a, b, count) {
      // Node 20 cannot run a worker from TypeScript; built code ends in .js.
      const isBuilt = import.meta.url.endsWith('.js');
      if (!isBuilt || threads === 1 || a.length < FEWEST_VALUES) return compareByLoop(a, b, count);
      pool ??= open();
      const columns = a.length / count;
      sharedA = toShared(a, sharedA);
      sharedB = toShared(b, sharedB);
      const shared = { a: sharedA, b: sharedB, count };
      const bounds = Array.from({ length: threads + 1 }, (_, i) => Math.round((i * columns) / threads));
      const parts = await Promise.all(
        bounds
          .slice(1)
          .map(
            (last, i): Promise<number> => pool!.run({ ...shared, first: bounds[i], last } satisfies SortTask),
          ),
      );
      return parts.reduce((sum, part) => sum + part, 0);
    },
    close: async () => pool?.destroy(),
  };
}

/** A copy, in the memory of the one before where it has the same length. */
function toShared(values: Float32Array, before: SharedArrayBuffer): SharedArrayBuffer {
  const buffer = before.byteLength === values.byteLength ? before : new SharedArrayBuffer(values.byteLength);
  new Float32Array(buffer).set(values);
  return buffer;
}

/**
 * What a worker does with its columns.
 * @public called by name, from the pool
 */
export async function compareShared({ a, b, count, first, last }: SortTask): Promise<number> {
  const view = (buffer: SharedArrayBuffer) =>
    new Float32Array(buffer, first * count * 4, (last - first) * count);
  return compareByLoop(view(a), view(b), count);
}
