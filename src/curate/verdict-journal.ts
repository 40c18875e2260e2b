/** Verdicts of a decision under way: written beside the catalog as they come, since all of them would fill the memory. */
import { closeSync, createReadStream, fsyncSync, openSync, writeSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Verdict } from '../catalog/index.ts';
import { ownedName, sweepOnce } from '../core/abandoned.ts';
import { syncFolder } from '../core/files.ts';

export class VerdictJournal {
  readonly #path: string;
  readonly #temporary: string;
  readonly #file: number;

  private constructor(path: string, temporary: string) {
    this.#path = path;
    this.#temporary = temporary;
    this.#file = openSync(temporary, 'wx');
  }

  static async create(path: string): Promise<VerdictJournal> {
    await sweepOnce(dirname(path));
    return new VerdictJournal(path, join(dirname(path), ownedName(basename(path))));
  }

  append(verdicts: readonly Verdict[]): void {
    const line = Buffer.from(`${JSON.stringify(verdicts)}\n`);
    for (let written = 0; written < line.length; ) written += writeSync(this.#file, line, written);
  }

  /** The journal takes its name: from now on its verdicts hold. */
  async commit(): Promise<void> {
    fsyncSync(this.#file);
    closeSync(this.#file);
    await rename(this.#temporary, this.#path);
    await syncFolder(dirname(this.#path));
  }

  async discard(): Promise<void> {
    closeSync(this.#file);
    await rm(this.#temporary, { force: true });
  }
}

/** Verdicts of a journal that was committed, as they were appended. */
export async function* readJournal(path: string): AsyncGenerator<Verdict[]> {
  for await (const line of createInterface({ input: createReadStream(path) }))
    if (line !== '') yield JSON.parse(line) as Verdict[];
}
