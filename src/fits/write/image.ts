/** Writing one image: plain in the primary HDU, or Rice-compressed in HDU 1 as JSOC writes its frames. */
import type { HeaderCard } from '../card.ts';
import { addSums, checksum, encodeChecksum } from '../checksum.ts';
import type { Bitpix } from '../hdu.ts';
import { BLOCK_LENGTH } from '../header-reader.ts';
import { swapBytes } from '../pixels.ts';
import { checkOptions } from './check-options.ts';
import { card } from './format-card.ts';
import { formatHeader, isStructural } from './header.ts';
import { encodeRice, RICE_BLOCK_SIZE, riceBound } from './rice-encode.ts';

export type ImageData = Uint8Array | Int16Array | Int32Array | Float32Array | Float64Array;

export interface WriteImageOptions {
  width: number;
  height: number;
  /** Stored values, row 0 (the bottom) first. */
  data: ImageData;
  /** Of the image's header. Structural keywords and those of this object are set by the writer and left out here. */
  cards?: readonly HeaderCard[];
  /** RICE_1 takes integers. Default `none`. */
  compression?: 'RICE_1' | 'none';
  bscale?: number;
  bzero?: number;
  blank?: number;
  extname?: string;
}

/** A complete file with CHECKSUM and DATASUM in every HDU. Throws `FitsError` when the options disagree. */
export function writeImage(options: WriteImageOptions): Uint8Array {
  checkOptions(options);
  return options.compression === 'RICE_1' ? writeCompressed(options) : writePlain(options);
}

function writePlain(options: WriteImageOptions): Uint8Array {
  const { width, height, data, extname } = options;
  const bytes = new Uint8Array(padded(data.byteLength));
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  swapBytes(Buffer.from(bytes.buffer, 0, data.byteLength), data.BYTES_PER_ELEMENT);
  const hdu = hduBytes(
    [
      card('SIMPLE', true, 'conforms to the FITS standard'),
      card('BITPIX', bitpixOf(data), 'bits per stored value; negative: IEEE float'),
      card('NAXIS', 2, 'number of axes'),
      card('NAXIS1', width, 'pixels per row'),
      card('NAXIS2', height, 'rows'),
      card('EXTEND', true, 'extensions may follow'),
      ...(extname === undefined ? [] : [card('EXTNAME', extname)]),
      ...imageCards(options),
    ],
    bytes,
  );
  return join(hdu);
}

function writeCompressed(options: WriteImageOptions): Uint8Array {
  const { width, height, data, extname } = options;
  const { bytes, heapLength, longest } = compressRows(options);
  const primary = hduBytes(
    [
      card('SIMPLE', true, 'conforms to the FITS standard'),
      card('BITPIX', 8, 'bits per stored value'),
      card('NAXIS', 0, 'no image here: it is in the first extension'),
      card('EXTEND', true, 'extensions follow'),
    ],
    new Uint8Array(0),
  );
  const extension = hduBytes(
    [
      card('XTENSION', 'BINTABLE', 'binary table extension'),
      card('BITPIX', 8, '8-bit bytes'),
      card('NAXIS', 2, '2-dimensional binary table'),
      card('NAXIS1', 8, 'width of table in bytes'),
      card('NAXIS2', height, 'number of rows in table'),
      card('PCOUNT', heapLength, 'size of special data area'),
      card('GCOUNT', 1, 'one data group'),
      card('TFIELDS', 1, 'number of fields in each row'),
      card('TTYPE1', 'COMPRESSED_DATA', 'label for field 1'),
      card('TFORM1', `1PB(${longest})`, 'variable length array'),
      card('ZIMAGE', true, 'extension contains compressed image'),
      card('ZSIMPLE', true, 'image conforms to the FITS standard'),
      card('ZBITPIX', bitpixOf(data), 'data type of original image'),
      card('ZNAXIS', 2, 'dimension of original image'),
      card('ZNAXIS1', width, 'length of original image axis'),
      card('ZNAXIS2', height, 'length of original image axis'),
      card('ZTILE1', width, 'size of tiles to be compressed'),
      card('ZTILE2', 1, 'size of tiles to be compressed'),
      card('ZCMPTYPE', 'RICE_1', 'compression algorithm'),
      card('ZNAME1', 'BLOCKSIZE', 'compression block size'),
      card('ZVAL1', RICE_BLOCK_SIZE, 'pixels per block'),
      card('ZNAME2', 'BYTEPIX', 'bytes per pixel (1, 2, 4, or 8)'),
      card('ZVAL2', data.BYTES_PER_ELEMENT, 'bytes per pixel (1, 2, 4, or 8)'),
      card('EXTNAME', extname ?? 'COMPRESSED_IMAGE'),
      ...imageCards(options),
    ],
    bytes,
  );
  return join([...primary, ...extension]);
}

/** Descriptors and heap in whole blocks. */
function compressRows({ width, height, data }: WriteImageOptions) {
  const integers = data as Uint8Array | Int16Array | Int32Array;
  const bound = riceBound(width, data.BYTES_PER_ELEMENT);
  const tableLength = 8 * height;
  const table = new DataView(new ArrayBuffer(tableLength));
  // Rows rarely come near their bound, so the heap grows from the plain size.
  let heap = new Uint8Array(data.byteLength + bound);
  let at = 0;
  let longest = 0;
  for (let y = 0; y < height; y++) {
    if (heap.length - at < bound) {
      const larger = new Uint8Array(2 * heap.length);
      larger.set(heap.subarray(0, at));
      heap = larger;
    }
    const end = encodeRice(integers, y * width, (y + 1) * width, new DataView(heap.buffer), at);
    table.setUint32(8 * y, end - at);
    table.setUint32(8 * y + 4, at);
    longest = Math.max(longest, end - at);
    at = end;
  }
  const bytes = new Uint8Array(padded(tableLength + at));
  bytes.set(new Uint8Array(table.buffer));
  bytes.set(heap.subarray(0, at), tableLength);
  return { bytes, heapLength: at, longest };
}

function imageCards({ bscale, bzero, blank, cards = [] }: WriteImageOptions): HeaderCard[] {
  return [
    ...(bscale === undefined ? [] : [card('BSCALE', bscale, 'physical = BZERO + BSCALE * stored')]),
    ...(bzero === undefined ? [] : [card('BZERO', bzero)]),
    ...(blank === undefined ? [] : [card('BLANK', blank, 'stored value of missing pixels')]),
    ...cards.filter(({ keyword }) => !isStructural(keyword)),
  ];
}

/** Header, with the sums, and data, which are whole blocks. */
function hduBytes(cards: HeaderCard[], data: Uint8Array): Uint8Array[] {
  const dataSum = checksum(data);
  const withSum = (text: string) =>
    formatHeader([
      ...cards,
      card('CHECKSUM', text, 'HDU checksum'),
      card('DATASUM', String(dataSum), 'data unit checksum'),
    ]);
  const zeroed = withSum('0'.repeat(16));
  const header = withSum(encodeChecksum(addSums(checksum(zeroed), dataSum)));
  return [header, data];
}

/** A plain array, not a Buffer: `slice` of a Buffer does not copy. */
function join(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function padded(length: number): number {
  return Math.ceil(length / BLOCK_LENGTH) * BLOCK_LENGTH;
}

function bitpixOf(data: ImageData): Bitpix {
  if (data instanceof Float32Array) return -32;
  if (data instanceof Float64Array) return -64;
  return (8 * data.BYTES_PER_ELEMENT) as Bitpix;
}
