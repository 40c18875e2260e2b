/** Finishing files beside the main thread; in this thread when there are few, or when run from the TypeScript sources. */
import { Worker } from 'node:worker_threads';
import { SunganError } from '../core/errors.ts';
import { type FinishResult, type FinishTask, finishFile } from './finish-file.ts';

/** With the memory of the task, which belonged to the thread meanwhile. */
export type Finished = FinishResult & { held: Uint8Array<ArrayBuffer> };

/** What a thread sends back for the task `id`. */
export type Answer =
  | { id: number; finished: Finished }
  | { id: number; failure: { message: string; isDisk: boolean } };

export interface Finishers {
  /** Takes the memory of the task away from the caller. Throws when the disk fails. */
  finish(task: FinishTask): Promise<Finished>;
  close(): Promise<void>;
}

/** Starting a thread costs as much as some small frames. */
const FEWEST_FILES = 16;

const THREADS = 2;

export function createFinishers(files: number): Finishers {
  // Node 20 cannot run a worker from TypeScript; built code ends in .js.
  const isBuilt = import.meta.url.endsWith('.js');
  if (!isBuilt || files < FEWEST_FILES) return { finish: finishHere, async close() {} };
  const url = new URL('./finish-thread.js', import.meta.url);
  return finishersOf(Array.from({ length: THREADS }, () => startThread(url)));
}

/** Each task to the thread that has least to do. */
function finishersOf(threads: readonly FinishThread[]): Finishers {
  return {
    async finish(task) {
      const living = threads.filter((thread) => thread.isLiving());
      const [idlest] = living.sort((a, b) => a.waiting() - b.waiting());
      if (idlest) return idlest.finish(task);
      throw new Error('the threads that finish files ended');
    },
    close: async () => void (await Promise.all(threads.map((thread) => thread.close()))),
  };
}

/** What a thread answers instead of an error, whose code would be lost on the way. */
export function failureOf(error: unknown): { message: string; isDisk: boolean } {
  const { message, stack, syscall } = error as NodeJS.ErrnoException;
  return { message: syscall ? message : (stack ?? message), isDisk: syscall !== undefined };
}

async function finishHere(task: FinishTask): Promise<Finished> {
  try {
    return { ...(await finishFile(task)), held: task.held };
  } catch (error) {
    throw errorOf(failureOf(error));
  }
}

function errorOf({ message, isDisk }: { message: string; isDisk: boolean }): Error {
  return isDisk
    ? new SunganError('io', `cannot write: ${message}`, {
        remedy: 'check the free space and the permissions of the workspace; what was fetched is kept',
      })
    : new Error(message);
}

interface Pending {
  resolve(finished: Finished): void;
  reject(error: unknown): void;
}

export interface FinishThread extends Finishers {
  isLiving(): boolean;
  /** How many files it has in hand. */
  waiting(): number;
}

/** A thread that runs `program`. When it ends by itself, whatever it had in hand fails. */
export function startThread(program: URL): FinishThread {
  // Flags of the parent that only fit a main program (--input-type) would end the thread.
  const worker = new Worker(program, {
    execArgv: [],
    // It makes hardly any garbage; by default its heap would grow all the same.
    resourceLimits: { maxYoungGenerationSizeMb: 4 },
  });
  const pending = new Map<number, Pending>();
  let lastId = 0;
  let isLiving = true;
  const end = (error: Error) => {
    isLiving = false;
    for (const { reject } of pending.values()) reject(error);
    pending.clear();
  };
  worker.on('message', (answer: Answer) => {
    const { resolve, reject } = pending.get(answer.id)!;
    pending.delete(answer.id);
    if ('finished' in answer) resolve(answer.finished);
    else reject(errorOf(answer.failure));
  });
  worker.on('error', end);
  worker.on('exit', (code) => end(new Error(`a thread that finishes files ended with ${code}`)));
  return {
    isLiving: () => isLiving,
    waiting: () => pending.size,
    finish: (task) =>
      new Promise<Finished>((resolve, reject) => {
        const id = ++lastId;
        pending.set(id, { resolve, reject });
        worker.postMessage({ id, task }, [task.held.buffer]);
      }),
    close: async () => void (await worker.terminate()),
  };
}
