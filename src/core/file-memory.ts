/** Whole files in memory that is used again: the system takes longer to hand out 13 fresh MB than to copy a file there. */
import { open } from 'node:fs/promises';

/** Frames of a channel differ in length by some percent. */
const ROOM_TO_GROW = 1.125;

export interface FileInMemory {
  bytes: Uint8Array<ArrayBuffer>;
  /** To be called when nothing of the bytes is needed any more: a later file is read over them. */
  release(): void;
}

export class FileMemory {
  /** Released buffers that are kept. */
  readonly #most: number;
  readonly #spare: ArrayBuffer[] = [];

  /** `most`: files that are held at the same time; more of them are read all the same, into fresh memory. */
  constructor(most: number) {
    this.#most = most;
  }

  /** The file's bytes. Throws what the file system throws. */
  async read(path: string): Promise<FileInMemory> {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      const buffer = this.#take(size);
      const bytes = new Uint8Array(buffer, 0, size);
      let length = 0;
      while (length < size) {
        const { bytesRead } = await file.read(bytes, length, size - length, length);
        if (bytesRead === 0) break;
        length += bytesRead;
      }
      return { bytes: bytes.subarray(0, length), release: () => this.#keep(buffer) };
    } finally {
      await file.close();
    }
  }

  #take(size: number): ArrayBuffer {
    const fitting = this.#spare.findIndex(({ byteLength }) => byteLength >= size);
    if (fitting >= 0) return this.#spare.splice(fitting, 1)[0]!;
    this.#spare.pop();
    return new ArrayBuffer(Math.ceil(size * ROOM_TO_GROW));
  }

  #keep(buffer: ArrayBuffer): void {
    if (this.#spare.length < this.#most && !this.#spare.includes(buffer)) this.#spare.push(buffer);
  }
}
