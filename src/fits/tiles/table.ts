/**
 * The binary table that holds a compressed image (FITS 4.0 sections 7.3 and 10): its columns, its heap, and the
 * parameters of the compression. Nothing in it is believed before it is checked against the bytes that are there.
 */
import { FitsError, type FitsPlace } from '../errors.ts';
import type { Bitpix, FitsSource } from '../hdu.ts';
import type { FitsHeader } from '../header.ts';
import {
  cardError,
  optionalCount,
  optionalNumber,
  product,
  readBitpix,
  readCount,
  readShape,
  type Structure,
} from '../structure.ts';
import { type Column, readColumns } from './columns.ts';

export type Codec = 'RICE_1' | 'GZIP_1' | 'GZIP_2' | 'PLIO_1' | 'HCOMPRESS_1' | 'NOCOMPRESS';
export type Dither = 'NO_DITHER' | 'SUBTRACTIVE_DITHER_1' | 'SUBTRACTIVE_DITHER_2';

/** A value that is one for all tiles (keyword) or one a tile (column). */
export type PerTile = number | Column | undefined;

export interface TileTable {
  /** For messages: the byte offset is that of the header. */
  place: FitsPlace;
  /** Whole file. */
  bytes: Uint8Array;
  view: DataView;
  /** A tile that unpacks to more is refused. */
  maxDecodedBytes: number;
  codec: Codec;
  bitpix: Bitpix;
  shape: number[];
  /** Length of a tile along each axis; tiles at the far edges are shorter. */
  tile: number[];
  /** Tiles along each axis. */
  grid: number[];
  columns: Map<string, Column>;
  rows: number;
  rowBytes: number;
  tableStart: number;
  heapStart: number;
  /** Of the heap that the file really holds. */
  heapEnd: number;
  /** The same by the header. */
  declaredHeapEnd: number;
  parameters: Map<string, number>;
  /** Added to the values of PLIO_1, which are positive: unsigned 16-bit integers were stored as they are. */
  plioOffset: number;
  /** Integers stand for floats: value = zero + scale * integer. */
  scale: PerTile;
  zero: PerTile;
  blank: PerTile;
  dither: Dither;
  ditherSeed: number;
}

const CODECS: Record<string, Codec> = {
  RICE_1: 'RICE_1',
  RICE_ONE: 'RICE_1',
  GZIP_1: 'GZIP_1',
  GZIP_2: 'GZIP_2',
  PLIO_1: 'PLIO_1',
  HCOMPRESS_1: 'HCOMPRESS_1',
  NOCOMPRESS: 'NOCOMPRESS',
};

export function isCompressedImage(header: FitsHeader): boolean {
  return header.text('XTENSION') === 'BINTABLE' && header.get('ZIMAGE') === true;
}

interface DataUnit {
  source: FitsSource;
  dataOffset: number;
  availableBytes: number;
}

export function readTileTable(
  { source, dataOffset, availableBytes }: DataUnit,
  { shape: tableShape, dataBytes }: Structure,
  place: FitsPlace,
  header: FitsHeader,
): TileTable {
  const [rowBytes = 0, rows = 0] = tableShape;
  const columns = readColumns(header, rowBytes, place);
  const shape = readShape(header, 'ZNAXIS', place);
  if (shape.length === 0) throw cardError(header, 'ZNAXIS', place, 'at least one axis');
  const tile = shape.map((length, i) => readTileLength(header, i, length, place));
  const grid = shape.map((length, i) => Math.ceil(length / tile[i]!));
  if (product(grid) > rows) {
    throw cardError(header, 'NAXIS2', place, `a row for each of ${grid.join(' x ')} tiles`);
  }
  const heapOffset = optionalCount(header, 'THEAP', rowBytes * rows, place);
  if (heapOffset < rowBytes * rows) {
    throw cardError(header, 'THEAP', place, `${rowBytes * rows} or more, behind the rows`);
  }
  const { bytes } = source;
  const bitpix = readBitpix(header, 'ZBITPIX', place);
  return {
    place,
    bytes,
    view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    maxDecodedBytes: source.maxDecodedBytes,
    codec: readCodec(header, place),
    bitpix,
    shape,
    tile,
    grid,
    columns,
    rows,
    rowBytes,
    tableStart: dataOffset,
    heapStart: dataOffset + heapOffset,
    heapEnd: dataOffset + availableBytes,
    declaredHeapEnd: dataOffset + dataBytes,
    parameters: readParameters(header, place),
    plioOffset: bitpix === 16 && header.number('BZERO') === 32768 ? -32768 : 0,
    ...readQuantisation(header, columns, place),
  };
}

function readTileLength(header: FitsHeader, axis: number, length: number, place: FitsPlace): number {
  const keyword = `ZTILE${axis + 1}`;
  if (!header.has(keyword)) return axis === 0 ? Math.max(1, length) : 1;
  const value = readCount(header, keyword, place);
  if (value === 0) throw cardError(header, keyword, place, 'a positive integer');
  // A tile longer than the image is legal and means one tile.
  return Math.min(value, Math.max(1, length));
}

function readCodec(header: FitsHeader, place: FitsPlace): Codec {
  const codec = CODECS[header.text('ZCMPTYPE') ?? ''];
  if (codec === undefined || !Object.hasOwn(CODECS, header.text('ZCMPTYPE')!)) {
    throw cardError(header, 'ZCMPTYPE', place, [...new Set(Object.values(CODECS))].join(', '));
  }
  return codec;
}

/** What a decoder asks for. Other parameters are the compressor's own. */
const PARAMETERS: ReadonlySet<string> = new Set(['BLOCKSIZE', 'BYTEPIX', 'SMOOTH']);

/** ZNAMEn and ZVALn. */
function readParameters(header: FitsHeader, place: FitsPlace): Map<string, number> {
  const parameters = new Map<string, number>();
  for (let i = 1; header.has(`ZNAME${i}`); i++) {
    const name = header.text(`ZNAME${i}`)?.toUpperCase();
    if (name === undefined) throw cardError(header, `ZNAME${i}`, place, 'the name of a parameter');
    if (!PARAMETERS.has(name)) continue;
    const value = optionalNumber(header, `ZVAL${i}`, undefined, place);
    if (value === undefined) throw cardError(header, `ZVAL${i}`, place, 'a number');
    parameters.set(name, value);
  }
  return parameters;
}

function readQuantisation(header: FitsHeader, columns: Map<string, Column>, place: FitsPlace) {
  const method = header.get('ZQUANTIZ') ?? 'NO_DITHER';
  const dither: Dither | undefined =
    method === 'NONE' || method === 'NO_DITHER' || method === ''
      ? 'NO_DITHER'
      : method === 'SUBTRACTIVE_DITHER_1' || method === 'SUBTRACTIVE_DITHER_2'
        ? method
        : undefined;
  if (dither === undefined) {
    throw cardError(header, 'ZQUANTIZ', place, 'NO_DITHER, SUBTRACTIVE_DITHER_1 or SUBTRACTIVE_DITHER_2');
  }
  const ditherSeed = optionalNumber(header, 'ZDITHER0', 1, place);
  if (dither !== 'NO_DITHER' && !(Number.isInteger(ditherSeed) && ditherSeed >= 1 && ditherSeed <= 10000)) {
    throw cardError(header, 'ZDITHER0', place, 'an integer from 1 to 10000');
  }
  return {
    dither,
    ditherSeed,
    scale: columns.get('ZSCALE') ?? optionalNumber(header, 'ZSCALE', undefined, place),
    zero: columns.get('ZZERO') ?? optionalNumber(header, 'ZZERO', undefined, place),
    blank: columns.get('ZBLANK') ?? optionalNumber(header, 'ZBLANK', undefined, place),
  };
}

/** A tile's bytes in one of the variable-length columns. */
export interface Slice {
  start: number;
  length: number;
  /** Elements, and bytes of each, by the column's type. */
  count: number;
  elementBytes: number;
}

/** Where a row's data lie; undefined when the row has none in this column. Checked to lie in the heap. */
export function sliceOf(table: TileTable, columnName: string, row: number): Slice | undefined {
  const column = table.columns.get(columnName);
  if (column === undefined) return undefined;
  const cell = cellOffset(table, column, row);
  if (!column.isDescriptor) {
    // Some writers store fixed-length tiles in place.
    return { start: cell, length: column.bytes, count: column.repeat, elementBytes: column.elementBytes };
  }
  const { view } = table;
  const count = column.isWide ? Number(view.getBigInt64(cell)) : view.getUint32(cell);
  const offset = column.isWide ? Number(view.getBigInt64(cell + 8)) : view.getUint32(cell + 4);
  if (count === 0) return undefined;
  const start = table.heapStart + offset;
  const length = count * column.elementBytes;
  if (count < 0 || offset < 0 || !(start + length <= table.heapEnd)) {
    throw new FitsError(`the tile of row ${row + 1} lies outside the heap`, {
      ...table.place,
      byteOffset: cell,
      expected: `bytes ${table.heapStart} to ${table.heapEnd}`,
      found: `${length} bytes from ${start}`,
      remedy:
        table.heapEnd < table.declaredHeapEnd
          ? 'the file was cut off: fetch it again'
          : 'fetch the file again',
    });
  }
  return { start, length, count, elementBytes: column.elementBytes };
}

/** The number of a tile in a column or keyword; undefined when the header has neither. */
export function numberOf(table: TileTable, source: PerTile, row: number): number | undefined {
  if (source === undefined || typeof source === 'number') return source;
  const cell = cellOffset(table, source, row);
  const { view } = table;
  switch (source.type) {
    case 'D':
      return view.getFloat64(cell);
    case 'E':
      return view.getFloat32(cell);
    case 'J':
      return view.getInt32(cell);
    case 'I':
      return view.getInt16(cell);
    case 'B':
      return view.getUint8(cell);
    case 'K':
      return Number(view.getBigInt64(cell));
    default:
      throw new FitsError(`column ${source.name} has type ${source.type}`, {
        ...table.place,
        expected: 'a number',
      });
  }
}

/** The ZBLANK of an integer image, where a column has it: pixels are compared when all tiles are put together. */
export function blankOfAllTiles(table: TileTable, column: Column): number {
  const blank = numberOf(table, column, 0);
  if (!Number.isInteger(blank)) {
    throw new FitsError('bad ZBLANK', {
      ...table.place,
      byteOffset: cellOffset(table, column, 0),
      expected: 'an integer',
      found: `${blank}`,
    });
  }
  for (let row = 1; row < product(table.grid); row++) {
    const other = numberOf(table, column, row);
    if (other === blank) continue;
    throw new FitsError('the tiles of an integer image have different ZBLANK', {
      ...table.place,
      byteOffset: cellOffset(table, column, row),
      expected: `${blank}, as in row 1`,
      found: `${other}`,
      remedy: 'the pixels can be read raw only',
    });
  }
  return blank!;
}

function cellOffset(table: TileTable, column: Column, row: number): number {
  const cell = table.tableStart + row * table.rowBytes + column.offset;
  if (cell + column.bytes > table.heapEnd) {
    throw new FitsError(`row ${row + 1} of the tile table is missing`, {
      ...table.place,
      byteOffset: cell,
      expected: `${table.rows} rows`,
      found: 'the end of the file',
      remedy: 'the file was cut off: fetch it again',
    });
  }
  return cell;
}
