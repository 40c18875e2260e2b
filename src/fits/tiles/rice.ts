/**
 * Rice decompression of one tile (FITS 4.0 section 10.4.1; Rice, Yeh & Miller 1993): differences of neighbouring pixels
 * in blocks, each difference split into a unary and a binary part whose width the block's head gives. The seed value
 * stands before the first block and is not a pixel: all pixels are differences from what precedes them.
 */

/** Widths that depend on the bytes a pixel: bits of a block's head, and the head that means "stored as they are". */
export const RICE_WIDTHS: Record<number, { headBits: number; verbatim: number }> = {
  1: { headBits: 3, verbatim: 6 },
  2: { headBits: 4, verbatim: 14 },
  4: { headBits: 5, verbatim: 25 },
};

/** Bytes that must be readable behind a tile: the kernels load words. */
export const RICE_SLACK = 8;

export class RiceOverrun extends Error {}

export interface RiceTile {
  view: DataView;
  /** Byte offset of the tile in the view, and its length; `RICE_SLACK` bytes more are readable. */
  start: number;
  length: number;
  blockSize: number;
  bytesPerPixel: number;
}

/** Writes `pixels` values from `outStart` on; values wrap to the bytes per pixel as stored in `out`. */
export function decodeRice(
  tile: RiceTile,
  out: Uint8Array | Int16Array | Int32Array,
  outStart: number,
  pixels: number,
): void {
  const { view, start, length, blockSize, bytesPerPixel } = tile;
  const { headBits, verbatim } = RICE_WIDTHS[bytesPerPixel]!;
  const end = length * 8;
  // A tile holds its seed and at least a head for each block.
  if (end < bytesPerPixel * 8 + Math.ceil(pixels / blockSize) * headBits) throw new RiceOverrun();
  let last = readSeed(view, start, bytesPerPixel);
  let bit = bytesPerPixel * 8;
  const stop = outStart + pixels;
  for (let i = outStart; i < stop; ) {
    const blockEnd = Math.min(i + blockSize, stop);
    const head = ((view.getInt32(start + (bit >>> 3)) << (bit & 7)) >>> (32 - headBits)) - 1;
    bit += headBits;
    if (head < 0) {
      out.fill(last, i, blockEnd);
      i = blockEnd;
    } else if (head === verbatim) {
      const width = bytesPerPixel * 8;
      for (; i < blockEnd; i++, bit += width) {
        last = (last + unfold(readBits(view, start, bit, width))) | 0;
        out[i] = last;
      }
    } else if (head > verbatim) {
      throw new RiceOverrun();
    } else {
      for (; i < blockEnd; i++) {
        let word = view.getInt32(start + (bit >>> 3)) << (bit & 7);
        let zeros = Math.clz32(word);
        // 25 bits of the word are always valid; a longer code is read in steps.
        if (zeros + head < 25) {
          bit += zeros + 1;
        } else {
          zeros = countZeros(view, start, bit, end);
          bit += zeros + 1;
        }
        word = view.getInt32(start + (bit >>> 3)) << (bit & 7);
        const low = head === 0 ? 0 : word >>> (32 - head);
        bit += head;
        last = (last + unfold((zeros << head) | low)) | 0;
        out[i] = last;
      }
    }
    if (bit > end) throw new RiceOverrun();
  }
}

/** Zero bits from `bit` to the next one bit. */
export function countZeros(view: DataView, start: number, bit: number, end: number): number {
  let at = bit;
  while (at <= end) {
    const zeros = Math.clz32(view.getInt32(start + (at >>> 3)) << (at & 7));
    if (zeros < 24) return at + zeros - bit;
    at += 24;
  }
  throw new RiceOverrun();
}

/** 0, 1, 2, 3, 4 ... stand for 0, -1, 1, -2, 2 ... */
function unfold(code: number): number {
  return (code >>> 1) ^ -(code & 1);
}

function readSeed(view: DataView, start: number, bytesPerPixel: number): number {
  if (bytesPerPixel === 4) return view.getInt32(start);
  return bytesPerPixel === 2 ? view.getInt16(start) : view.getUint8(start);
}

function readBits(view: DataView, start: number, bit: number, width: number): number {
  const at = start + (bit >>> 3);
  const shift = bit & 7;
  const word = view.getInt32(at) << shift;
  if (width < 32) return word >>> (32 - width);
  return shift === 0 ? word : word | (view.getUint8(at + 4) >>> (8 - shift));
}
