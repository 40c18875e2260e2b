/**
 * A file on its way in. What comes is held in memory up to 8 MiB, so that the disk sees a whole frame of the synoptic
 * directory once only; of a longer file nothing but the last MiB is held, the rest lies under a `.part` name.
 */
import { type FileHandle, mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { PART_SUFFIX } from '../core/abandoned.ts';
import type { BufferPool } from './buffer-pool.ts';
import type { FinishTask } from './finish-file.ts';
import type { Sink } from './http/fetch-once.ts';

export interface PartFile extends Sink {
  /** What is to be finished, with the memory it lies in. Of the part nothing but its file is left then. */
  handOver(): Promise<Omit<FinishTask, 'expected'>>;
  /** Writes what is held and closes the file; it stays for a later resumption. */
  suspend(): Promise<void>;
  discard(): Promise<void>;
}

export interface PartFileOptions {
  /** Take over what an earlier run left. */
  resume: boolean;
  /** Before the first byte goes to the disk, and after all others are gone: now note of which version it is. */
  onFirstWrite?(): void;
}

const HELD_BYTES = 8 << 20;
const FLUSH_BYTES = 1 << 20;

/** The name a file has until it is whole. */
export function partPath(path: string): string {
  return join(dirname(path), `.${basename(path)}${PART_SUFFIX}`);
}

export async function openPartFile(
  path: string,
  pool: BufferPool,
  options: PartFileOptions,
): Promise<PartFile> {
  const part = new Part(path, pool, options.onFirstWrite);
  if (options.resume) await part.takeOver();
  return part;
}

class Part implements PartFile {
  length = 0;
  readonly #path: string;
  readonly #temporary: string;
  readonly #pool: BufferPool;
  readonly #onFirstWrite: (() => void) | undefined;
  #handle: FileHandle | undefined;
  #buffer: Uint8Array<ArrayBuffer> | undefined;
  #heldBytes = 0;
  /** Bytes in the file, before those that are held. */
  #writtenBytes = 0;
  #expectedBytes = 0;

  constructor(path: string, pool: BufferPool, onFirstWrite: (() => void) | undefined) {
    this.#path = path;
    this.#temporary = partPath(path);
    this.#pool = pool;
    this.#onFirstWrite = onFirstWrite;
  }

  async takeOver(): Promise<void> {
    const found = await stat(this.#temporary).catch(() => undefined);
    if (!found || found.size === 0) return;
    this.length = found.size;
    if (found.size > HELD_BYTES) this.#writtenBytes = found.size;
    else this.#hold(await readFile(this.#temporary));
  }

  expect(bytes: number): void {
    this.#expectedBytes = bytes;
  }

  append(chunk: Uint8Array): Promise<void> | undefined {
    this.#hold(chunk);
    this.length += chunk.length;
    return this.#heldBytes > (this.#writtenBytes > 0 ? FLUSH_BYTES : HELD_BYTES) ? this.#flush() : undefined;
  }

  async restart(): Promise<void> {
    await this.#remove();
    this.length = 0;
  }

  async handOver() {
    await this.#close();
    const held = this.#held();
    this.#buffer = undefined;
    this.#heldBytes = 0;
    return { path: this.#path, partPath: this.#temporary, held, writtenBytes: this.#writtenBytes };
  }

  async suspend(): Promise<void> {
    if (this.#heldBytes > 0) await this.#flush();
    await this.#close();
    this.#release();
  }

  async discard(): Promise<void> {
    await this.#remove();
    this.#release();
  }

  #release(): void {
    if (this.#buffer) this.#pool.giveBack(this.#buffer.buffer);
    this.#buffer = undefined;
    this.#heldBytes = 0;
  }

  #held(): Uint8Array<ArrayBuffer> {
    return this.#buffer?.subarray(0, this.#heldBytes) ?? new Uint8Array();
  }

  #hold(chunk: Uint8Array): void {
    const needed = this.#heldBytes + chunk.length;
    this.#buffer ??= this.#pool.take(Math.max(needed, Math.min(this.#expectedBytes, HELD_BYTES)));
    if (this.#buffer.length < needed) {
      const larger = this.#pool.take(Math.max(needed, 2 * this.#buffer.length));
      larger.set(this.#held());
      this.#pool.giveBack(this.#buffer.buffer);
      this.#buffer = larger;
    }
    this.#buffer.set(chunk, this.#heldBytes);
    this.#heldBytes = needed;
  }

  /** Nothing is appended before this has ended. */
  async #flush(): Promise<void> {
    const handle = await this.#open();
    const held = this.#held();
    for (let done = 0; done < held.length; ) {
      const position = this.#writtenBytes + done;
      done += (await handle.write(held, done, held.length - done, position)).bytesWritten;
    }
    this.#writtenBytes += held.length;
    this.#heldBytes = 0;
  }

  async #open(): Promise<FileHandle> {
    if (this.#handle) return this.#handle;
    // Cut to what is taken over: an earlier try may have left more.
    const opening = () => open(this.#temporary, this.#writtenBytes > 0 ? 'r+' : 'w');
    this.#handle = await opening().catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      await mkdir(dirname(this.#path), { recursive: true });
      return opening();
    });
    // Only now is nothing of another version left that the note would be wrong about.
    this.#onFirstWrite?.();
    return this.#handle;
  }

  async #close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
  }

  /** Also what a run that died left of another version. */
  async #remove(): Promise<void> {
    await this.#close();
    this.#heldBytes = 0;
    this.#writtenBytes = 0;
    await rm(this.#temporary, { force: true });
  }
}
