/** One tile: finds its bytes, unpacks them with the right codec, and turns quantised integers into floats. */
import { FitsError, type FitsPlace } from '../errors.ts';
import { inflate } from '../gzip.ts';
import type { Bitpix } from '../hdu.ts';
import { copyBigEndian, createPixels, type RawPixels } from '../pixels.ts';
import { product } from '../structure.ts';
import { decodeHcompress, hcompressWorkBytes, readHcompressHead } from './hcompress.ts';
import { decodePlio } from './plio.ts';
import { dequantise } from './quantise.ts';
import { decodeRiceTile } from './rice-tiles.ts';
import { type Codec, numberOf, type Slice, sliceOf, type TileTable } from './table.ts';

/** One tile to decode, as the codecs are given it. */
interface TileJob {
  table: TileTable;
  /** Row of the table, from 0. */
  row: number;
  /** Pixels along each axis. */
  extent: readonly number[];
  pixels: number;
  slice: Slice;
  place: FitsPlace;
}

/** Stored values of a tile: of the image's own type, or integers of another width that fit it. */
export function decodeTile(table: TileTable, row: number, extent: readonly number[]): RawPixels {
  const pixels = product(extent);
  checkSize(table, row, pixels);
  const job = (slice: Slice): TileJob => ({
    table,
    row,
    extent,
    pixels,
    slice,
    place: { ...table.place, byteOffset: slice.start },
  });
  const main = sliceOf(table, 'COMPRESSED_DATA', row);
  if (main !== undefined) return decodeMain(job(main));
  // A tile that the codec could not hold is kept whole in one of two other columns.
  const gzipped = sliceOf(table, 'GZIP_COMPRESSED_DATA', row);
  if (gzipped !== undefined) return fromBigEndian(unzip(job(gzipped)), pixels, table.bitpix, table.place);
  const plain = sliceOf(table, 'UNCOMPRESSED_DATA', row);
  if (plain !== undefined) return fromBigEndian(bytesOf(job(plain)), pixels, table.bitpix, table.place);
  throw new FitsError(`tile ${row + 1} has no data`, {
    ...table.place,
    byteOffset: table.tableStart + row * table.rowBytes,
    expected: 'bytes in COMPRESSED_DATA, GZIP_COMPRESSED_DATA or UNCOMPRESSED_DATA',
    found: 'none',
  });
}

/** What a codec holds for each pixel while it decodes, whatever the image's type. That of HCOMPRESS_1 follows from the tile. */
const WORK_BYTES: Partial<Record<Codec, number>> = {
  RICE_1: 4,
  PLIO_1: 4,
};

/** Before anything of the tile's size is made. */
function checkSize(
  { bitpix, codec, maxDecodedBytes, place }: TileTable,
  row: number,
  pixels: number,
  workBytes = WORK_BYTES[codec] ?? 0,
): void {
  const bytes = Math.max(Math.abs(bitpix) / 8, workBytes);
  if (pixels * bytes <= maxDecodedBytes) return;
  throw new FitsError(`tile ${row + 1} is larger than the limit`, {
    ...place,
    expected: `at most ${maxDecodedBytes} bytes`,
    found: `${pixels} pixels, which take ${bytes} bytes each while ${codec} is decoded`,
    remedy: 'raise maxDecodedBytes',
  });
}

const DECODERS: Record<Codec, (job: TileJob) => RawPixels> = {
  RICE_1: ({ table, slice, pixels, place }) => decodeRiceTile(table, slice, pixels, place),
  GZIP_1: (job) => fromBigEndian(unzip(job), job.pixels, elementType(job), job.place),
  GZIP_2: (job) => fromBigEndian(unshuffle(unzip(job), job.pixels), job.pixels, elementType(job), job.place),
  NOCOMPRESS: (job) => fromBigEndian(bytesOf(job), job.pixels, elementType(job), job.place),
  PLIO_1: (job) => decodePlio(bytesOf(job), job.pixels, job.table.plioOffset, job.place),
  HCOMPRESS_1: hcompressTile,
};

function hcompressTile(job: TileJob): Int32Array {
  const { table, row, pixels, place } = job;
  const bytes = bytesOf(job);
  const head = readHcompressHead(bytes, job.extent, place);
  checkSize(table, row, pixels, hcompressWorkBytes(head));
  const smooth = (table.parameters.get('SMOOTH') ?? 0) !== 0;
  return decodeHcompress(bytes, head, { smooth, bitpix: table.bitpix, place });
}

function decodeMain(job: TileJob): RawPixels {
  const { table, row, place } = job;
  const values = DECODERS[table.codec](job);
  if (table.bitpix > 0 || values instanceof Float32Array || values instanceof Float64Array) return values;
  const scale = numberOf(table, table.scale, row);
  const zero = numberOf(table, table.zero, row);
  if (scale === undefined || zero === undefined || values instanceof BigInt64Array) {
    throw new FitsError(`tile ${row + 1} of a float image cannot be scaled`, {
      ...place,
      expected: 'ZSCALE and ZZERO, and integers of at most 32 bits',
    });
  }
  const out = createPixels(table.bitpix, values.length) as Float32Array | Float64Array;
  const blank = numberOf(table, table.blank, row);
  dequantise(values, out, {
    scale,
    zero,
    blank,
    dither: table.dither,
    ditherSeed: table.ditherSeed,
    tile: row,
  });
  return out;
}

/** GZIP and plain tiles of a float image hold floats unless a scale says that they hold integers. */
function elementType({ table, row }: TileJob): Bitpix {
  return table.bitpix < 0 && numberOf(table, table.scale, row) !== undefined ? 32 : table.bitpix;
}

/** The width is that of the data: 16-bit images occur with 32-bit tiles. */
function fromBigEndian(bytes: Uint8Array, pixels: number, bitpix: Bitpix, place: FitsPlace): RawPixels {
  const width = bytes.length / pixels;
  const isFloat = bitpix < 0;
  if (!(isFloat ? [4, 8] : [1, 2, 4, 8]).includes(width)) {
    throw new FitsError('wrong length of a tile', {
      ...place,
      expected: `${(Math.abs(bitpix) / 8) * pixels} bytes for ${pixels} pixels`,
      found: `${bytes.length} bytes`,
    });
  }
  const out = createPixels((isFloat ? -8 * width : 8 * width) as Bitpix, pixels);
  copyBigEndian(bytes, out);
  return out;
}

function bytesOf({ table, slice }: TileJob): Uint8Array {
  return table.bytes.subarray(slice.start, slice.start + slice.length);
}

function unzip(job: TileJob): Uint8Array {
  return inflate(bytesOf(job), Math.min(job.pixels * 8, job.table.maxDecodedBytes), job.place);
}

/** GZIP_2 stores the most significant bytes of all pixels first, then the next ones. */
function unshuffle(bytes: Uint8Array, pixels: number): Uint8Array {
  const width = Math.floor(bytes.length / pixels);
  if (width < 2) return bytes;
  const out = new Uint8Array(bytes.length);
  for (let k = 0; k < width; k++) {
    for (let i = 0, from = k * pixels, to = k; i < pixels; i++, from++, to += width) out[to] = bytes[from]!;
  }
  return out;
}
