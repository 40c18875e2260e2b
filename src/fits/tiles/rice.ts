/**
 * Rice decompression of one tile (FITS 4.0 section 10.4.1; Rice, Yeh & Miller 1993): differences of neighbouring pixels
 * in blocks, each difference split into a unary and a binary part whose width the block's head gives. The seed value
 * stands before the first block and is not a pixel: all pixels are differences from what precedes them.
 */

/** What depends on the bytes a pixel. */
export interface RiceWidths {
  pixelBits: number;
  /** Bits of a block's head: 0 means all differences are zero, k + 1 a binary part of k bits. */
  headBits: number;
  /** The k that means "differences stored as they are". */
  verbatim: number;
}

export const RICE_WIDTHS: Record<number, RiceWidths> = {
  1: { pixelBits: 8, headBits: 3, verbatim: 6 },
  2: { pixelBits: 16, headBits: 4, verbatim: 14 },
  4: { pixelBits: 32, headBits: 5, verbatim: 25 },
};

/** Bytes that must be readable behind a tile: the kernels load words. */
export const RICE_SLACK = 8;

/** Codes run beyond the end of the tile, or there is no such code. */
export class RiceOverrun extends Error {}

export type RicePixels = Uint8Array | Int16Array | Int32Array;

export interface RiceTile {
  /** Byte offset of the tile in the view, and its length; `RICE_SLACK` bytes more are readable. */
  start: number;
  length: number;
}

export interface RiceCoding {
  blockSize: number;
  widths: RiceWidths;
}

/** Where decoding stands; kernels for several rows keep one for each. */
export interface RiceCursor {
  /** Bits from the start of the tile. */
  bit: number;
  /** The pixel before the next one, in 32 bits. */
  last: number;
}

/** Writes `pixels` values from `outStart` on; they wrap to the type of `out`, which has the width of a pixel or more. */
export function decodeRice(
  view: DataView,
  { start, length }: RiceTile,
  { blockSize, widths }: RiceCoding,
  out: RicePixels,
  outStart: number,
  pixels: number,
): void {
  const { headBits, pixelBits } = widths;
  const end = length * 8;
  // A tile holds its seed and at least a head for each block.
  if (end < pixelBits + Math.ceil(pixels / blockSize) * headBits) throw new RiceOverrun();
  const cursor: RiceCursor = { bit: pixelBits, last: readSeed(view, start, pixelBits) };
  const stop = outStart + pixels;
  for (let i = outStart; i < stop; i += blockSize) {
    const head = readHead(view, start, cursor.bit, headBits);
    cursor.bit += headBits;
    decodeRun(view, start, cursor, head, widths, out, i, Math.min(i + blockSize, stop), end);
    if (cursor.bit > end) throw new RiceOverrun();
  }
}

/** Width of the binary part, or -1 for a block of zeros. */
export function readHead(view: DataView, start: number, bit: number, headBits: number): number {
  return ((view.getInt32(start + (bit >>> 3)) << (bit & 7)) >>> (32 - headBits)) - 1;
}

export function readSeed(view: DataView, start: number, pixelBits: number): number {
  if (pixelBits === 32) return view.getInt32(start);
  return pixelBits === 16 ? view.getInt16(start) : view.getUint8(start);
}

/** Pixels `from` to `to` of one block, one at a time: every head, every length of code. Moves the cursor. */
export function decodeRun(
  view: DataView,
  start: number,
  cursor: RiceCursor,
  head: number,
  { verbatim, pixelBits }: RiceWidths,
  out: RicePixels,
  from: number,
  to: number,
  end: number,
): void {
  let { bit, last } = cursor;
  if (head < 0) {
    out.fill(last, from, to);
    return;
  }
  if (head > verbatim) throw new RiceOverrun();
  for (let i = from; i < to; i++) {
    let code: number;
    if (head === verbatim) {
      code = readBits(view, start, bit, pixelBits);
      bit += pixelBits;
    } else {
      const zeros = countZeros(view, start, bit, end);
      bit += zeros + 1;
      code = (zeros << head) | (head === 0 ? 0 : readBits(view, start, bit, head));
      bit += head;
    }
    // 0, 1, 2, 3, 4 ... stand for the differences 0, -1, 1, -2, 2 ...
    last = (last + ((code >>> 1) ^ -(code & 1))) | 0;
    out[i] = last;
  }
  cursor.bit = bit;
  cursor.last = last;
}

/** Zero bits before the next one bit. */
function countZeros(view: DataView, start: number, bit: number, end: number): number {
  for (let at = bit; at <= end; at += 24) {
    const zeros = Math.clz32(view.getInt32(start + (at >>> 3)) << (at & 7));
    // At least 25 bits of the word are the stream's own.
    if (zeros < 24) return at + zeros - bit;
  }
  throw new RiceOverrun();
}

/** 1 to 32 bits. */
function readBits(view: DataView, start: number, bit: number, width: number): number {
  const at = start + (bit >>> 3);
  const shift = bit & 7;
  const word = (view.getInt32(at) << shift) | ((view.getUint8(at + 4) << shift) >>> 8);
  return width === 32 ? word : word >>> (32 - width);
}
