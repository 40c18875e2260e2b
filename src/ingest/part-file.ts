/**
 * A file on its way in: written under a `.part` name, hashed as it comes, and renamed only when somebody has looked at
 * its content. Memory stays bounded: what is not yet written is at most 1 MiB, what is kept for the look at most 8 MiB.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { PART_SUFFIX, syncFolder } from '../core/files.ts';
import type { Sink } from './http/fetch-file.ts';

export interface PartFile extends Sink {
  /** Writes what is held back and closes the file; it stays for a later resumption. */
  suspend(): Promise<void>;
  /** The whole content. */
  content(): Promise<Uint8Array>;
  sha256(): string;
  /** Makes the file durable under its final name. */
  commit(): Promise<void>;
  discard(): Promise<void>;
}

const FLUSH_BYTES = 1 << 20;
const KEEP_BYTES = 8 << 20;

/** The name a file has until it is whole. */
export function partPath(path: string): string {
  return join(dirname(path), `.${basename(path)}${PART_SUFFIX}`);
}

/** Opens the part of `path`; with `resume`, what an earlier run left of it is taken over. */
export async function openPartFile(path: string, resume: boolean): Promise<PartFile> {
  const temporary = partPath(path);
  await mkdir(dirname(path), { recursive: true });
  // Appending always: after a restart the file is shorter than the handle's own position would be.
  const handle = await open(temporary, 'a+');
  const part = new Part(path, temporary, handle);
  if (resume) await part.takeOver();
  else await handle.truncate(0);
  return part;
}

class Part implements PartFile {
  length = 0;
  readonly #path: string;
  readonly #temporary: string;
  #handle: FileHandle | undefined;
  #hash = createHash('sha256');
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  /** The whole content while it is small. */
  #kept: Uint8Array[] | undefined = [];

  constructor(path: string, temporary: string, handle: FileHandle) {
    this.#path = path;
    this.#temporary = temporary;
    this.#handle = handle;
  }

  async takeOver(): Promise<void> {
    for await (const chunk of createReadStream(this.#temporary)) this.#note(chunk as Uint8Array);
  }

  async append(chunk: Uint8Array): Promise<void> {
    this.#note(chunk);
    this.#pending.push(chunk);
    this.#pendingBytes += chunk.length;
    if (this.#pendingBytes >= FLUSH_BYTES) await this.#flush();
  }

  async restart(): Promise<void> {
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#kept = [];
    this.#hash = createHash('sha256');
    this.length = 0;
    await this.#open().truncate(0);
  }

  async suspend(): Promise<void> {
    if (!this.#handle) return;
    await this.#flush();
    await this.#close();
  }

  async content(): Promise<Uint8Array> {
    if (this.#kept) return this.#kept.length === 1 ? this.#kept[0]! : Buffer.concat(this.#kept);
    await this.#flush();
    return readFile(this.#temporary);
  }

  sha256(): string {
    return this.#hash.copy().digest('hex');
  }

  async commit(): Promise<void> {
    await this.#flush();
    await this.#open().sync();
    await this.#close();
    await rename(this.#temporary, this.#path);
    await syncFolder(dirname(this.#path));
  }

  async discard(): Promise<void> {
    this.#pending = [];
    await this.#close();
    await rm(this.#temporary, { force: true });
  }

  #note(chunk: Uint8Array): void {
    this.#hash.update(chunk);
    this.length += chunk.length;
    if (this.length > KEEP_BYTES) this.#kept = undefined;
    this.#kept?.push(chunk);
  }

  async #flush(): Promise<void> {
    const pieces = this.#pending;
    if (pieces.length === 0) return;
    this.#pending = [];
    this.#pendingBytes = 0;
    await this.#open().appendFile(pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces));
  }

  #open(): FileHandle {
    if (!this.#handle) throw new Error('the part file is closed');
    return this.#handle;
  }

  async #close(): Promise<void> {
    await this.#handle?.close();
    this.#handle = undefined;
  }
}
