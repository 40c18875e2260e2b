/**
 * Rice decompression of whole rows, four at a time, by the compiled kernel of kernels/rice.ts. Tiles are copied into its
 * memory and rows out of it: both stay in the processor's cache, and the caller's array may lie anywhere.
 */
import { growTo, instantiateKernels, type WasmMemory } from '../../numeric/wasm.ts';
import type { RiceTile } from './rice.ts';

/** Rows decoded side by side. */
export const LANES = 4;
/** What is longer goes row by row: four rows and their tiles shall stay in the second cache, or nearly so. */
const LONGEST_ROW = 2 ** 18;
const LONGEST_BLOCK = 256;
/** Of codes beyond the end of a tile, which the kernel reads before it sees that they are none. */
const SLACK_BYTES = 12 * LONGEST_BLOCK + 16;
const ALIGNMENT = 16;

const aligned = (bytes: number) => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

interface RiceModule {
  memory: WasmMemory;
  heapBase(): number;
  riceTables(): void;
  riceSwap(from: number, to: number): void;
  riceRow(row: number, tile: number, bits: number, target: number): void;
  riceRows16(pixels: number, blockSize: number): number;
  riceRows32(pixels: number, blockSize: number): number;
}

export interface RiceRows {
  /**
   * Decodes one tile of `bytes` into each of four rows of `pixels` values, the first at `outStart` and the others behind
   * it. False, with the rows of `out` as they were, when a tile is broken, or rows, blocks or tiles are too long.
   */
  decode(
    bytes: Uint8Array,
    tiles: readonly RiceTile[],
    blockSize: number,
    out: Int16Array | Int32Array,
    outStart: number,
    pixels: number,
  ): boolean;
}

let shared: RiceRows | undefined;
let isLoaded = false;

/** The thread's own; undefined where the kernels were not built: rows then go one by one, by TypeScript. */
export function riceRows(): RiceRows | undefined {
  if (!isLoaded) shared = loadRiceRows();
  isLoaded = true;
  return shared;
}

function loadRiceRows(): RiceRows | undefined {
  const module = instantiateKernels<RiceModule>();
  if (module === undefined) return undefined;
  module.riceTables();
  const base = aligned(module.heapBase());
  let memory = new Uint8Array(0);

  /** Puts the tiles behind the rows. */
  const place = (bytes: Uint8Array, tiles: readonly RiceTile[], rowBytes: number) => {
    let at = base + aligned(LANES * rowBytes);
    const first = at;
    const end = tiles.reduce((sum, { length }) => sum + aligned(length + SLACK_BYTES), at);
    growTo(module.memory, end);
    if (memory.buffer !== module.memory.buffer) memory = new Uint8Array(module.memory.buffer);
    tiles.forEach(({ start, length }, row) => {
      memory.set(bytes.subarray(start, start + length), at);
      module.riceRow(row, at, 8 * length, base + row * rowBytes);
      at += aligned(length + SLACK_BYTES);
    });
    module.riceSwap(first, end);
  };

  return {
    decode(bytes, tiles, blockSize, out, outStart, pixels) {
      // A code of more than 64 bits a pixel is the work of a vandal.
      const isLong = tiles.some(({ length }) => length > 8 * pixels + SLACK_BYTES);
      if (isLong || pixels > LONGEST_ROW || blockSize > LONGEST_BLOCK) return false;
      place(bytes, tiles, pixels * out.BYTES_PER_ELEMENT);
      const isDone =
        out instanceof Int16Array
          ? module.riceRows16(pixels, blockSize)
          : module.riceRows32(pixels, blockSize);
      if (!isDone) return false;
      if (out instanceof Int16Array) out.set(new Int16Array(memory.buffer, base, LANES * pixels), outStart);
      else out.set(new Int32Array(memory.buffer, base, LANES * pixels), outStart);
      return true;
    },
  };
}
