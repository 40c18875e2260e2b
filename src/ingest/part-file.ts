/**
 * A file on its way in: written under a `.part` name and renamed only when somebody has looked at its content. Memory
 * stays bounded whatever its size: up to 8 MiB are held, of a longer file nothing but the last MiB.
 */
import { createHash, type Hash, webcrypto } from 'node:crypto';
import { createReadStream, rmSync } from 'node:fs';
import { type FileHandle, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { PART_SUFFIX } from '../core/files.ts';
import type { Sink } from './http/fetch-file.ts';

export interface PartFile extends Sink {
  /** Writes what is held and closes the file; it stays for a later resumption. */
  suspend(): Promise<void>;
  /** The whole content. */
  content(): Promise<Uint8Array>;
  sha256(): Promise<string>;
  /** Makes the content durable under its final name. */
  commit(): Promise<void>;
  discard(): Promise<void>;
}

export interface PartFileOptions {
  /** Take over what an earlier run left. */
  resume: boolean;
  /** Before the first byte goes to the disk: the time to note of which version it is the beginning. */
  onFirstWrite?(): void;
}

/** A whole frame of the synoptic directory fits; so the disk sees it once, and its hash is made beside the main thread. */
const HELD_BYTES = 8 << 20;
const FLUSH_BYTES = 1 << 20;

/** The name a file has until it is whole. */
export function partPath(path: string): string {
  return join(dirname(path), `.${basename(path)}${PART_SUFFIX}`);
}

export async function openPartFile(path: string, options: PartFileOptions): Promise<PartFile> {
  const part = new Part(path, options.onFirstWrite);
  if (options.resume) await part.takeOver();
  // What a run that died left of another version.
  else rmSync(partPath(path), { force: true });
  return part;
}

class Part implements PartFile {
  length = 0;
  readonly #path: string;
  readonly #temporary: string;
  readonly #onFirstWrite: (() => void) | undefined;
  #handle: FileHandle | undefined;
  /** All of it while it is small; of a longer file what is not yet written. */
  #chunks: Uint8Array[] = [];
  #heldBytes = 0;
  /** How many of the held bytes the file has already (of one that was taken over). */
  #writtenBytes = 0;
  /** Fed as the bytes are written, once the file is too long to be held. */
  #hash: Hash | undefined;

  constructor(path: string, onFirstWrite: (() => void) | undefined) {
    this.#path = path;
    this.#temporary = partPath(path);
    this.#onFirstWrite = onFirstWrite;
  }

  async takeOver(): Promise<void> {
    const found = await stat(this.#temporary).catch(() => undefined);
    if (!found || found.size === 0) return;
    this.length = found.size;
    if (found.size <= HELD_BYTES) {
      this.#chunks = [await readFile(this.#temporary)];
      this.#heldBytes = found.size;
      this.#writtenBytes = found.size;
      return;
    }
    this.#hash = createHash('sha256');
    for await (const chunk of createReadStream(this.#temporary)) this.#hash.update(chunk as Uint8Array);
  }

  append(chunk: Uint8Array): Promise<void> | undefined {
    this.#chunks.push(chunk);
    this.#heldBytes += chunk.length;
    this.length += chunk.length;
    return this.#heldBytes > (this.#hash ? FLUSH_BYTES : HELD_BYTES) ? this.#letGo() : undefined;
  }

  async restart(): Promise<void> {
    await this.discard();
    this.length = 0;
  }

  async suspend(): Promise<void> {
    await this.#write();
    await this.#close();
  }

  async content(): Promise<Uint8Array> {
    if (!this.#hash) return this.#whole();
    await this.#letGo();
    return readFile(this.#temporary);
  }

  async sha256(): Promise<string> {
    if (!this.#hash)
      return Buffer.from(await webcrypto.subtle.digest('SHA-256', this.#whole())).toString('hex');
    await this.#letGo();
    return this.#hash.copy().digest('hex');
  }

  // The folder is not synchronised: were the rename lost with the power, the next run would miss the file and fetch it.
  async commit(): Promise<void> {
    await this.#write();
    const handle = await this.#open();
    await handle.sync();
    await this.#close();
    await rename(this.#temporary, this.#path);
  }

  async discard(): Promise<void> {
    const wasWritten = this.#handle !== undefined || this.#writtenBytes > 0 || this.#hash !== undefined;
    this.#chunks = [];
    this.#heldBytes = 0;
    this.#writtenBytes = 0;
    this.#hash = undefined;
    await this.#close();
    if (wasWritten) await rm(this.#temporary, { force: true });
  }

  /** One piece of memory, so that it is copied together once only. */
  #whole(): Uint8Array<ArrayBuffer> {
    if (this.#chunks.length !== 1) this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0]! as Uint8Array<ArrayBuffer>;
  }

  /** Writes what is held, hashes it and forgets it. */
  async #letGo(): Promise<void> {
    // Until now all was held, so that the hash begins with the first byte.
    this.#hash ??= createHash('sha256');
    for (const chunk of this.#chunks) this.#hash.update(chunk);
    await this.#write();
    this.#chunks = [];
    this.#heldBytes = 0;
    this.#writtenBytes = 0;
  }

  async #write(): Promise<void> {
    if (this.#heldBytes === this.#writtenBytes) return;
    const rest = this.#whole().subarray(this.#writtenBytes);
    this.#writtenBytes = this.#heldBytes;
    const handle = await this.#open();
    await handle.appendFile(rest);
  }

  async #open(): Promise<FileHandle> {
    if (this.#handle) return this.#handle;
    this.#onFirstWrite?.();
    const opening = () => open(this.#temporary, 'a');
    this.#handle = await opening().catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      await mkdir(dirname(this.#path), { recursive: true });
      return opening();
    });
    return this.#handle;
  }

  async #close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
  }
}
