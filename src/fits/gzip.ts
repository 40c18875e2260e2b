/** Inflating with a bound, for whole files (.gz) and for tiles. */
import { gunzipSync } from 'node:zlib';
import { FitsError, type FitsPlace } from './errors.ts';
import type { FitsSource } from './hdu.ts';

/** A whole gzipped file. Headers and padding come on top of the largest image that may be read. */
export function unwrapGzip({ bytes, file, maxDecodedBytes }: FitsSource): Uint8Array {
  return inflate(bytes, maxDecodedBytes, { file, byteOffset: 0 });
}

/** Unpacks gzip data of at most `limit` bytes. */
export function inflate(bytes: Uint8Array, limit: number, place: FitsPlace): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: Math.max(1, Math.min(limit, 0x7fffffff)) });
  } catch (cause) {
    const isTooLong = (cause as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE';
    throw new FitsError('cannot unpack gzip data', {
      ...place,
      expected: isTooLong ? `at most ${limit} bytes` : 'an intact gzip stream',
      found: isTooLong ? 'more' : cause instanceof Error ? cause.message : String(cause),
      cause,
    });
  }
}
