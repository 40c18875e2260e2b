/**
 * Rice compression of rows, the inverse of `tiles/rice.ts`. The width of each block's binary part follows from the mean
 * of its differences (Rice, Yeh & Miller 1993), by the rounding that cfitsio uses, so that the bytes agree with fpack's.
 */
import { BitWriter } from './bit-writer.ts';

const BLOCK_SIZE = 32;

interface Coding {
  headBits: number;
  verbatim: number;
  pixelBits: number;
}

const CODINGS: Record<number, Coding> = {
  1: { headBits: 3, verbatim: 6, pixelBits: 8 },
  2: { headBits: 4, verbatim: 14, pixelBits: 16 },
  4: { headBits: 5, verbatim: 25, pixelBits: 32 },
};

export const RICE_BLOCK_SIZE = BLOCK_SIZE;

/** No row of `pixels` takes more bytes than this. */
export function riceBound(pixels: number, bytesPerPixel: number): number {
  return 2 * pixels * bytesPerPixel + Math.ceil(pixels / BLOCK_SIZE) + 16;
}

/**
 * Writes one tile, the pixels from `from` to `to`, at byte `start` of `view`, which has `riceBound` bytes from there.
 * Returns the byte offset behind it.
 */
export function encodeRice(
  values: Uint8Array | Int16Array | Int32Array,
  from: number,
  to: number,
  view: DataView,
  start: number,
): number {
  const { headBits, verbatim, pixelBits } = CODINGS[values.BYTES_PER_ELEMENT]!;
  const shift = 32 - pixelBits;
  const mask = pixelBits === 32 ? -1 : (1 << pixelBits) - 1;
  const codes = new Uint32Array(BLOCK_SIZE);
  const out = new BitWriter(view, start);
  let last = values[from]!;
  out.put(last & mask, pixelBits);
  for (let i = from; i < to; ) {
    const length = Math.min(BLOCK_SIZE, to - i);
    let sum = 0;
    for (let k = 0; k < length; k++, i++) {
      const value = values[i]!;
      // Differences wrap to the width of a pixel, then 0, -1, 1, -2 ... become 0, 1, 2, 3 ...
      const difference = ((value - last) << shift) >> shift;
      last = value;
      const code = ((difference << 1) ^ (difference >> 31)) >>> 0;
      codes[k] = code;
      sum += code;
    }
    writeBlock(out, codes, length, sum, headBits, verbatim, pixelBits);
  }
  return out.finish();
}

function writeBlock(
  out: BitWriter,
  codes: Uint32Array,
  length: number,
  sum: number,
  headBits: number,
  verbatim: number,
  pixelBits: number,
): void {
  if (sum === 0) {
    out.put(0, headBits);
    return;
  }
  const width = binaryWidth(sum, length);
  if (width >= verbatim) {
    out.put(verbatim + 1, headBits);
    for (let k = 0; k < length; k++) out.put(codes[k]!, pixelBits);
    return;
  }
  out.put(width + 1, headBits);
  putCodes(out, codes, length, width);
}

/** Unary and binary parts; the writer's state is in local variables while codes are short. */
function putCodes(out: BitWriter, codes: Uint32Array, length: number, width: number): void {
  const { view } = out;
  const one = 1 << width;
  let { at, word, free } = out;
  for (let k = 0; k < length; k++) {
    const code = codes[k]!;
    const count = (code >>> width) + width + 1;
    const part = one | (code & (one - 1));
    const rest = count - free;
    if (rest < 0) {
      free = -rest;
      word |= part << free;
    } else if (count <= 32) {
      view.setInt32(at, word | (part >>> rest));
      at += 4;
      free = 32 - rest;
      word = rest === 0 ? 0 : part << free;
    } else {
      out.moveTo(at, word, free);
      out.putZeros(code >>> width);
      out.put(part, width + 1);
      ({ at, word, free } = out);
    }
  }
  out.moveTo(at, word, free);
}

/** Bits of the binary part that come near the shortest coding for this mean. */
function binaryWidth(sum: number, length: number): number {
  const mean = Math.max(0, (sum - (length >> 1) - 1) / length);
  const half = Math.floor(mean) >>> 1;
  return half === 0 ? 0 : 32 - Math.clz32(half);
}
