/** Arrays of stored pixels, one type a BITPIX, and the change of byte order. */
import type { Bitpix } from './hdu.ts';

/** What a BITPIX stores: 8 -> Uint8, 16 -> Int16, 32 -> Int32, 64 -> BigInt64, -32 -> Float32, -64 -> Float64. */
export type RawPixels = Uint8Array | Int16Array | Int32Array | BigInt64Array | Float32Array | Float64Array;

export function createPixels(bitpix: Bitpix, length: number): RawPixels {
  switch (bitpix) {
    case 8:
      return new Uint8Array(length);
    case 16:
      return new Int16Array(length);
    case 32:
      return new Int32Array(length);
    case 64:
      return new BigInt64Array(length);
    case -32:
      return new Float32Array(length);
    case -64:
      return new Float64Array(length);
  }
}

/** Reads big-endian values: `bytes` holds at least as many as `target` from `start` to `end` takes. */
export function copyBigEndian(bytes: Uint8Array, target: RawPixels, start = 0, end = target.length): void {
  const size = target.BYTES_PER_ELEMENT;
  const length = (end - start) * size;
  const window = Buffer.from(target.buffer, target.byteOffset + start * size, length);
  window.set(bytes.length === length ? bytes : bytes.subarray(0, length));
  swapBytes(window, size);
}

/** Between big-endian and this machine's order, in place. */
export function swapBytes(bytes: Buffer, size: number): void {
  if (!IS_LITTLE_ENDIAN) return;
  if (size === 2) bytes.swap16();
  else if (size === 4) bytes.swap32();
  else if (size === 8) bytes.swap64();
}

const IS_LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
