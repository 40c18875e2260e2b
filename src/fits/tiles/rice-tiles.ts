/** Rice tiles of a table: parameters from the header, bytes from the heap, errors that name the tile. */
import { FitsError, type FitsPlace, isFitsError } from '../errors.ts';
import type { RawPixels } from '../pixels.ts';
import type { Region } from '../region.ts';
import {
  decodeRice,
  RICE_SLACK,
  RICE_WIDTHS,
  type RiceCoding,
  RiceOverrun,
  type RicePixels,
  type RiceTile,
} from './rice.ts';
import { LANES, riceRows } from './rice-rows.ts';
import { type Slice, sliceOf, type TileTable } from './table.ts';

/** For fewer rows the kernel is not worth its start. */
const FEWEST_ROWS = 16;

/** One tile, of any shape, in integers of the width it was compressed in. */
export function decodeRiceTile(table: TileTable, slice: Slice, pixels: number, place: FitsPlace): RicePixels {
  const coding = codingOf(table, place);
  const { pixelBits } = coding.widths;
  const { view, tile } = withSlack(table, slice);
  const out =
    pixelBits === 32
      ? new Int32Array(pixels)
      : pixelBits === 16
        ? new Int16Array(pixels)
        : new Uint8Array(pixels);
  guard(place, () => decodeRice(view, tile, coding, out, 0, pixels));
  return out;
}

/**
 * The common case, fast: tiles that are whole rows, of int16 or int32 pixels. Decodes four rows at a time straight to
 * `target` and hands rows that need another way (other columns, errors, the remainder) to `readRest`. Returns false,
 * with nothing done, when the table is not of this kind.
 */
export function readRiceRows(
  table: TileTable,
  region: Region,
  target: RawPixels,
  readRest: (part: Region) => void,
): boolean {
  if (!(target instanceof Int16Array || target instanceof Int32Array) || !hasRowTiles(table, region))
    return false;
  const { widths, blockSize } = codingOf(table, table.place);
  const isFew = region.y1 - region.y0 < FEWEST_ROWS;
  const rows = isFew || widths.pixelBits !== 8 * target.BYTES_PER_ELEMENT ? undefined : riceRows();
  if (rows === undefined) return false;
  const width = table.shape[0]!;
  for (let y = region.y0; y < region.y1; y += LANES) {
    const y1 = Math.min(y + LANES, region.y1);
    const tiles = y1 - y === LANES ? tilesOfRows(table, y) : undefined;
    const outStart = (y - region.y0) * width;
    const isDone = tiles !== undefined && rows.decode(table.bytes, tiles, blockSize, target, outStart, width);
    if (!isDone) readRest({ ...region, y0: y, y1 });
  }
  return true;
}

function hasRowTiles({ codec, tile, shape, bitpix }: TileTable, { x0, x1 }: Region): boolean {
  const isWhole = x0 === 0 && x1 === shape[0] && tile[0] === shape[0];
  return codec === 'RICE_1' && bitpix > 0 && isWhole && tile.slice(1).every((length) => length === 1);
}

/** The tiles of four rows from `y` on; undefined when one of them needs another way, which tells what is broken. */
function tilesOfRows(table: TileTable, y: number): RiceTile[] | undefined {
  const tiles: RiceTile[] = [];
  for (let row = y; row < y + LANES; row++) {
    try {
      const slice = sliceOf(table, 'COMPRESSED_DATA', row);
      if (slice === undefined) return undefined;
      tiles.push(slice);
    } catch (error) {
      if (isFitsError(error)) return undefined;
      throw error;
    }
  }
  return tiles;
}

/** BYTEPIX is 4 where the header does not say, even for 16-bit images. */
function codingOf({ parameters }: TileTable, place: FitsPlace): RiceCoding {
  const blockSize = parameters.get('BLOCKSIZE') ?? 32;
  const bytesPerPixel = parameters.get('BYTEPIX') ?? 4;
  const widths = RICE_WIDTHS[bytesPerPixel];
  if (Number.isInteger(blockSize) && blockSize > 0 && widths !== undefined) return { blockSize, widths };
  throw new FitsError('bad Rice parameters', {
    ...place,
    expected: 'a positive BLOCKSIZE and BYTEPIX 1, 2 or 4',
    found: `BLOCKSIZE ${blockSize}, BYTEPIX ${bytesPerPixel}`,
  });
}

function hasSlack({ bytes }: TileTable, { start, length }: Slice): boolean {
  return start + length + RICE_SLACK <= bytes.length;
}

/** A tile at the very end of the file is copied, so that words can be read behind it. */
function withSlack(table: TileTable, slice: Slice): { view: DataView; tile: RiceTile } {
  if (hasSlack(table, slice)) return { view: table.view, tile: slice };
  const padded = new Uint8Array(slice.length + RICE_SLACK);
  padded.set(table.bytes.subarray(slice.start, slice.start + slice.length));
  return { view: new DataView(padded.buffer), tile: { start: 0, length: slice.length } };
}

/** Reads beyond the view end in a RangeError: the same fault as codes beyond the tile. */
function isOverrun(error: unknown): boolean {
  return error instanceof RiceOverrun || error instanceof RangeError;
}

function guard(place: FitsPlace, decode: () => void): void {
  try {
    decode();
  } catch (error) {
    if (!isOverrun(error)) throw error;
    throw new FitsError('corrupt Rice data', {
      ...place,
      expected: 'codes that end with the tile',
      found: 'codes that run beyond it',
      remedy: 'fetch the file again',
    });
  }
}
