/**
 * HCOMPRESS_1 (White 1992; FITS 4.0 section 10.4.4): an H-transform whose coefficients are stored bit plane by bit plane
 * as quadtrees. Coefficients are int32 where the head of the stream tells that none can pass 32 bits, as in nearly all
 * images; sums of 32-bit pixels can, and are then float64 holding integers.
 */
import { FitsError, type FitsPlace } from '../errors.ts';
import type { Bitpix } from '../hdu.ts';
import { BitReader, BitsExhausted } from './bits.ts';
import { type Coefficients, decodeQuadrant, UnknownCode } from './hcompress-quadtree.ts';
import { invertTransform, largestInTransform } from './hcompress-transform.ts';

const MAGIC = 0xdd99;
/** Magic 2, lengths 4 + 4, scale 4, sum 8, bit planes of three kinds of quadrant 3. */
const HEAD_BYTES = 25;
/** Sums over 2^20 pixels of 32 bits. */
const MAX_PLANES = 52;
/** Of the types narrower than the integers that are decoded to. */
const RANGES: Partial<Record<Bitpix, readonly [number, number]>> = { 8: [0, 255], 16: [-32768, 32767] };

export interface HcompressHead {
  /** Lines, and pixels a line. */
  lines: number;
  length: number;
  /** Coefficients were divided by it. */
  scale: number;
  sum: number;
  planes: [number, number, number];
}

/** Coefficients of 32 bits cannot hold what this stream may lead to. */
function isWide({ lines, length, scale, sum, planes }: HcompressHead): boolean {
  const factor = Math.max(1, scale);
  const difference = (2 ** Math.max(...planes) - 1) * factor;
  const largest = largestInTransform(sum * factor, difference, { lines, length, smoothScale: scale });
  return largest >= 2 ** 31;
}

/** Held for each pixel while it is decoded: a coefficient, and the codes of a quadrant's tree. */
export function hcompressWorkBytes(head: HcompressHead): number {
  return isWide(head) ? 9 : 5;
}

export interface HcompressOptions {
  /** Interpolate coefficients that the scale rounded to zero, as the SMOOTH parameter asks. */
  smooth: boolean;
  /** Of the image: what lossy compression moved beyond the range of 8 or 16 bits goes back to its end, as in cfitsio. */
  bitpix: Bitpix;
  place: FitsPlace;
}

/** The pixels of a stream of which the head was read. */
export function decodeHcompress(
  bytes: Uint8Array,
  head: HcompressHead,
  { smooth, bitpix, place }: HcompressOptions,
): Int32Array {
  const { lines, length, scale } = head;
  const coefficients = isWide(head) ? new Float64Array(lines * length) : new Int32Array(lines * length);
  try {
    readCoefficients(new BitReader(bytes, HEAD_BYTES), head, coefficients);
  } catch (error) {
    if (error instanceof BitsExhausted)
      throw corrupt(place, 'bits for all coefficients', 'the end of the tile');
    if (error instanceof UnknownCode) throw corrupt(place, 'a known code', 'another');
    throw error;
  }
  coefficients[0] = head.sum;
  if (scale > 1) for (let i = 0; i < coefficients.length; i++) coefficients[i]! *= scale;
  invertTransform(coefficients, lines, length, smooth ? scale : 0);
  return toIntegers(coefficients, bitpix);
}

/** In the same memory: a frame of 4096 x 4096 has 64 or 128 MiB of coefficients. */
function toIntegers(values: Coefficients, bitpix: Bitpix): Int32Array {
  const out = values instanceof Int32Array ? values : new Int32Array(values.buffer, 0, values.length);
  const range = RANGES[bitpix];
  if (values === out && range === undefined) return out;
  const [least, most] = range ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let i = 0; i < values.length; i++) out[i] = Math.min(most, Math.max(least, values[i]!));
  return out;
}

/** What a tile says of itself. Throws `FitsError` for another number of pixels than the header of the image has. */
export function readHcompressHead(
  bytes: Uint8Array,
  extent: readonly number[],
  place: FitsPlace,
): HcompressHead {
  if (bytes.length < HEAD_BYTES) throw corrupt(place, `a head of ${HEAD_BYTES} bytes`, `${bytes.length}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint16(0) !== MAGIC) throw corrupt(place, '0xdd99', `0x${view.getUint16(0).toString(16)}`);
  const head: HcompressHead = {
    lines: view.getInt32(2),
    length: view.getInt32(6),
    scale: view.getInt32(10),
    sum: Number(view.getBigInt64(14)),
    planes: [bytes[22]!, bytes[23]!, bytes[24]!],
  };
  const pixels = extent.reduce((total, n) => total * n, 1);
  if (head.length !== extent[0] || head.lines * head.length !== pixels) {
    throw corrupt(place, `${extent.join(' x ')} pixels`, `${head.length} x ${head.lines}`);
  }
  if (Math.max(...head.planes) > MAX_PLANES) {
    throw corrupt(place, `at most ${MAX_PLANES} bit planes`, head.planes.join(', '));
  }
  return head;
}

/** Absolute values quadrant by quadrant, an empty code as a mark, then a sign for each that is not zero. */
function readCoefficients(
  bits: BitReader,
  { lines, length, planes }: HcompressHead,
  out: Coefficients,
): void {
  const top = (lines + 1) >> 1;
  const left = (length + 1) >> 1;
  const quadrant = (row: number, column: number, plane: number) =>
    decodeQuadrant(bits, out, {
      offset: row * length + column,
      stride: length,
      rows: row === 0 ? top : lines - top,
      columns: column === 0 ? left : length - left,
      planes: plane,
    });
  quadrant(0, 0, planes[0]);
  quadrant(0, left, planes[1]);
  quadrant(top, 0, planes[1]);
  quadrant(top, left, planes[2]);
  if (bits.bits(4) !== 0) throw new UnknownCode();
  bits.align();
  for (let i = 0; i < out.length; i++) {
    if (out[i] !== 0 && bits.bit() === 1) out[i] = -out[i]!;
  }
}

function corrupt(place: FitsPlace, expected: string, found: string): FitsError {
  return new FitsError('corrupt HCOMPRESS data', {
    ...place,
    expected,
    found,
    remedy: 'fetch the file again',
  });
}
