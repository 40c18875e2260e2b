/**
 * Memory that bodies are gathered in, used again and again: a fresh megabyte for every file would cost more in page
 * faults than its hash. It travels to a thread and back without a copy.
 */
export interface BufferPool {
  /** At least `bytes` long; the content is what the last user left. */
  take(bytes: number): Uint8Array<ArrayBuffer>;
  giveBack(buffer: ArrayBuffer): void;
}

/** Files of a kind differ in length by some percent: lengths are rounded up to a multiple of this. */
const STEP_BYTES = 256 << 10;

export function createBufferPool(): BufferPool {
  /** By length, the longest last. */
  const free: ArrayBuffer[] = [];
  return {
    take(bytes) {
      const index = free.findIndex(({ byteLength }) => byteLength >= bytes);
      if (index >= 0) return new Uint8Array(free.splice(index, 1)[0]!);
      // One that is too short makes room for one that is long enough.
      free.shift();
      return new Uint8Array(STEP_BYTES * Math.ceil(Math.max(bytes, 1) / STEP_BYTES));
    },
    giveBack(buffer) {
      free.push(buffer);
      free.sort((a, b) => a.byteLength - b.byteLength);
    },
  };
}
