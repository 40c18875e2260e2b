/** Inflating with a bound, for whole files (.gz) and for tiles. */
import { constants, gunzipSync } from 'node:zlib';
import { FitsError, type FitsPlace, isFitsError } from './errors.ts';
import type { FitsSource } from './hdu.ts';
import { extendReach, type Reach } from './walk.ts';

/** Enough packed bytes to hold the first characters of a file. */
const FIRST_BYTES = 1024;

/** The beginning of a gzipped file, so that what is not FITS is refused before all of it is unpacked. */
export function unwrapStart({ bytes, file }: FitsSource): Uint8Array {
  const options = { finishFlush: constants.Z_SYNC_FLUSH };
  return guard({ file, byteOffset: 0 }, 'any', () => gunzipSync(bytes.subarray(0, FIRST_BYTES), options));
}

/** Output of a try that is never too much. */
const ALWAYS_ALLOWED = 2 ** 20;
/** Output of a try, in units of the file or of what its headers announce. */
const ALLOWED = 3;
/** The first try unpacks this part of the file: most headers, for next to no work. */
const FIRST_PART = 64;
/** Aim below what is allowed, because some parts of a file pack better than others. */
const MARGIN = 0.9;
/** Deflate packs no byte further than this. */
const LARGEST_RATIO = 1032;

/**
 * A gzipped file as far as its HDUs reach, and at least a block of what follows them, if anything does. It may be at most
 * as long as the largest image that may be read. What small files unpack to is not believed: the beginning tells how much
 * is announced, and no try may give more than `ALLOWED` times that or the file, whichever is larger. An ordinary file
 * takes one small try and one whole one.
 */
export function unwrapGzip(source: FitsSource): Uint8Array {
  const { bytes, maxDecodedBytes } = source;
  let reach: Reach = { hdus: 0, end: 0, isKnown: false };
  let allowed = allowedFor(source, reach);
  // Packed bytes that gave less than is wanted, and that gave more than is allowed.
  let few = 0;
  let many: number | undefined;
  for (let length = Math.min(bytes.length, Math.max(FIRST_BYTES, Math.ceil(bytes.length / FIRST_PART))); ; ) {
    const start = tryUnpack(source, length, allowed);
    if (start === undefined) {
      if (length - few <= 1 || (allowed >= maxDecodedBytes && reach.end > allowed)) throw tooLong(source);
      many = length;
      length = few + ((many - few) >> 1);
      continue;
    }
    reach = extendReach({ ...source, bytes: start }, reach);
    if (reach.isKnown || length === bytes.length) return start;
    few = length;
    const next = allowedFor(source, { ...reach, end: Math.max(reach.end, start.length) });
    if (next > allowed) many = undefined;
    allowed = Math.max(allowed, next);
    length =
      many === undefined
        ? reachingTo(MARGIN * allowed, few, start.length, bytes.length)
        : few + Math.max(1, (many - few) >> 1);
  }
}

/** Bytes that a try may give. */
function allowedFor({ bytes, maxDecodedBytes }: FitsSource, { end }: Reach): number {
  const wanted = Math.max(ALWAYS_ALLOWED, ALLOWED * Math.max(bytes.length, end));
  return Math.max(1, Math.min(wanted, maxDecodedBytes, 0x7fffffff));
}

/** Packed bytes that give so many when the rest packs like the beginning. */
function reachingTo(wanted: number, packed: number, unpacked: number, all: number): number {
  return Math.min(all, Math.max(2 * packed, Math.floor((packed * wanted) / Math.max(1, unpacked))));
}

/** Undefined: more than is allowed. */
function tryUnpack({ bytes, file }: FitsSource, length: number, allowed: number): Uint8Array | undefined {
  const isAll = length === bytes.length;
  const options = {
    finishFlush: isAll ? constants.Z_FINISH : constants.Z_SYNC_FLUSH,
    maxOutputLength: allowed,
    // One piece, so that it need not be put together in more memory. What is not written takes none.
    chunkSize: Math.max(64, Math.min(allowed, LARGEST_RATIO * length) + 1),
  };
  try {
    return guard({ file, byteOffset: 0 }, 'any', () => gunzipSync(bytes.subarray(0, length), options));
  } catch (error) {
    if (isFitsError(error) && isTooLong(error.cause)) return undefined;
    throw error;
  }
}

function tooLong({ file, maxDecodedBytes }: FitsSource): FitsError {
  return new FitsError('cannot unpack gzip data', {
    file,
    byteOffset: 0,
    expected: `at most ${maxDecodedBytes} bytes`,
    found: 'more',
    remedy: 'raise maxDecodedBytes',
  });
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
    const isLong = isTooLong(cause);
    throw new FitsError('cannot unpack gzip data', {
      ...place,
      expected: isLong ? `at most ${limit}` : 'an intact gzip stream',
      found: isLong ? 'more' : cause instanceof Error ? cause.message : String(cause),
      cause,
    });
  }
}

function isTooLong(cause: unknown): boolean {
  return (cause as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE';
}
