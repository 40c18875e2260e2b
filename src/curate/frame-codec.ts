/** One chunk: a frame of one level as little-endian uint16, gzipped. */

import { promisify } from 'node:util';
import { gunzipSync, gzip } from 'node:zlib';
import { SunganError } from '../core/errors.ts';
import { GZIP_LEVEL } from './zarr/metadata.ts';

const gzipAsync = promisify(gzip);
const IS_LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

export async function encodeChunk(pixels: Uint16Array): Promise<Uint8Array> {
  return gzipAsync(littleEndianBytes(pixels), { level: GZIP_LEVEL });
}

/** `length` values; anything else in the chunk is a damaged file. */
export function decodeChunk(chunk: Uint8Array, length: number, where: string): Uint16Array {
  const bytes = inflate(chunk, where);
  if (bytes.length !== length * 2) {
    throw new SunganError('format', `chunk holds ${bytes.length} bytes, not ${length * 2}`, {
      where,
      remedy: REMEDY,
    });
  }
  const aligned = new Uint8Array(bytes);
  if (!IS_LITTLE_ENDIAN) swapPairs(aligned);
  return new Uint16Array(aligned.buffer);
}

const REMEDY = 'the file is damaged: delete the dataset folder and run curate again';

function inflate(chunk: Uint8Array, where: string): Uint8Array {
  try {
    return gunzipSync(chunk);
  } catch (cause) {
    throw new SunganError('format', 'chunk is no gzip stream', { where, remedy: REMEDY, cause });
  }
}

function littleEndianBytes(pixels: Uint16Array): Uint8Array {
  const view = new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength);
  if (IS_LITTLE_ENDIAN) return view;
  const swapped = Uint8Array.from(view);
  swapPairs(swapped);
  return swapped;
}

function swapPairs(bytes: Uint8Array): void {
  for (let i = 0; i < bytes.length; i += 2) {
    const first = bytes[i]!;
    bytes[i] = bytes[i + 1]!;
    bytes[i + 1] = first;
  }
}
