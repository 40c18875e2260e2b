/** Inflating with a bound, for whole files (.gz) and for tiles. */
import { constants, gunzipSync } from 'node:zlib';
import { FitsError, type FitsPlace } from './errors.ts';
import type { FitsSource } from './hdu.ts';

/** Enough packed bytes to hold the first characters of a file. */
const FIRST_BYTES = 1024;

/** The beginning of a gzipped file, so that what is not FITS is refused before all of it is unpacked. */
export function unwrapStart({ bytes, file }: FitsSource): Uint8Array {
  const options = { finishFlush: constants.Z_SYNC_FLUSH };
  return guard({ file, byteOffset: 0 }, 'any', () => gunzipSync(bytes.subarray(0, FIRST_BYTES), options));
}

/** A whole gzipped file, at most as long as the largest image that may be read. */
export function unwrapGzip({ bytes, file, maxDecodedBytes }: FitsSource): Uint8Array {
  return inflate(bytes, maxDecodedBytes, { file, byteOffset: 0 });
}

/** Unpacks gzip data of at most `limit` bytes. */
export function inflate(bytes: Uint8Array, limit: number, place: FitsPlace): Uint8Array {
  const maxOutputLength = Math.max(1, Math.min(limit, 0x7fffffff));
  return guard(place, `${limit} bytes`, () => gunzipSync(bytes, { maxOutputLength }));
}

function guard(place: FitsPlace, limit: string, unpack: () => Uint8Array): Uint8Array {
  try {
    return unpack();
  } catch (cause) {
    const isTooLong = (cause as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE';
    throw new FitsError('cannot unpack gzip data', {
      ...place,
      expected: isTooLong ? `at most ${limit}` : 'an intact gzip stream',
      found: isTooLong ? 'more' : cause instanceof Error ? cause.message : String(cause),
      cause,
    });
  }
}
