/** Decodes the tiles that a region of the image touches, and only those, and puts their pixels in place. */
import { isFitsError } from '../errors.ts';
import type { MissingPixels } from '../missing.ts';
import type { RawPixels } from '../pixels.ts';
import type { Region } from '../region.ts';
import { product } from '../structure.ts';
import { decodeTile } from './decode.ts';
import { readRiceRows } from './rice-tiles.ts';
import type { TileTable } from './table.ts';

interface TileSpot {
  /** Row of the table. */
  row: number;
  /** First pixel along each axis, and pixels along each. */
  origin: number[];
  extent: number[];
}

/**
 * Writes the stored pixels of `region`, row by row, to `target`. With `missing`, a tile that cannot be read is
 * added to it, and left as it is in `target`; without it the error is thrown.
 */
export function readTileBand(
  table: TileTable,
  region: Region,
  target: RawPixels,
  missing: MissingPixels | undefined,
): void {
  const width = region.x1 - region.x0;
  const readRest = (part: Region) =>
    readTiles(table, part, target.subarray((part.y0 - region.y0) * width) as RawPixels, missing);
  if (!readRiceRows(table, region, target, readRest)) readRest(region);
}

/** Tile by tile, any codec and shape. */
function readTiles(
  table: TileTable,
  region: Region,
  target: RawPixels,
  missing: MissingPixels | undefined,
): void {
  for (const spot of tilesIn(table, region)) {
    const values = tryTile(table, spot, missing);
    for (const line of linesOf(table, spot)) {
      if (line.y < region.y0 || line.y >= region.y1) continue;
      const x0 = Math.max(region.x0, line.x);
      const x1 = Math.min(region.x1, line.x + spot.extent[0]!);
      if (values === undefined) missing!.add({ x0, x1, y0: line.y, y1: line.y + 1 });
      else {
        const to = (line.y - region.y0) * (region.x1 - region.x0) + (x0 - region.x0);
        copyPixels(values, line.offset + x0 - line.x, target, to, x1 - x0);
      }
    }
  }
}

/** Undefined for a tile that is missing, where that is allowed. */
function tryTile(table: TileTable, { row, extent }: TileSpot, missing: MissingPixels | undefined) {
  if (missing === undefined) return decodeTile(table, row, extent);
  if (missing.isHopeless) return undefined;
  try {
    return decodeTile(table, row, extent);
  } catch (error) {
    if (!isFitsError(error)) throw error;
    missing.addBroken();
    return undefined;
  }
}

/** Tiles that hold pixels of the region. */
function* tilesIn({ shape, tile, grid }: TileTable, { x0, x1, y0, y1 }: Region): Generator<TileSpot> {
  const last = shape.length - 1;
  const first = grid.map(() => 0);
  const end = [...grid];
  first[0] = Math.floor(x0 / tile[0]!);
  end[0] = Math.ceil(x1 / tile[0]!);
  if (last > 0) {
    const rowsPerStep = product(shape.slice(1, last));
    first[last] = Math.floor(Math.floor(y0 / rowsPerStep) / tile[last]!);
    end[last] = Math.floor(Math.floor((y1 - 1) / rowsPerStep) / tile[last]!) + 1;
  }
  const at = [...first];
  for (;;) {
    const origin = at.map((k, axis) => k * tile[axis]!);
    const extent = origin.map((start, axis) => Math.min(tile[axis]!, shape[axis]! - start));
    const row = at.reduceRight((index, k, axis) => index * grid[axis]! + k, 0);
    const spot = { row, origin, extent };
    if (meetsRows(shape, spot, last, y0, y1)) yield spot;
    let axis = 0;
    while (axis <= last && ++at[axis]! >= end[axis]!) {
      at[axis] = first[axis]!;
      axis++;
    }
    if (axis > last) return;
  }
}

/** Whether a tile has a line among those from `y0` to `y1` of the stack that axes 1 to `axis` make. */
function meetsRows(shape: readonly number[], spot: TileSpot, axis: number, y0: number, y1: number): boolean {
  if (axis === 0) return y0 < y1;
  const stride = product(shape.slice(1, axis));
  const start = spot.origin[axis]!;
  const first = Math.max(start, Math.floor(y0 / stride));
  const end = Math.min(start + spot.extent[axis]!, Math.ceil(y1 / stride));
  for (let k = first; k < end; k++) {
    // Of all but the first and the last k every line is wanted.
    const from = Math.max(0, y0 - k * stride);
    if (meetsRows(shape, spot, axis - 1, from, Math.min(stride, y1 - k * stride))) return true;
  }
  return false;
}

/** The lines of a tile along the first axis: first pixel, row in the stack of all rows, offset in the tile. */
function* linesOf(
  { shape }: TileTable,
  { origin, extent }: TileSpot,
): Generator<{ x: number; y: number; offset: number }> {
  const width = extent[0]!;
  const lines = extent.slice(1).reduce((total, length) => total * length, 1);
  for (let line = 0; line < lines; line++) {
    let rest = line;
    let stride = 1;
    let y = 0;
    for (let axis = 1; axis < shape.length; axis++) {
      y += (origin[axis]! + (rest % extent[axis]!)) * stride;
      rest = Math.floor(rest / extent[axis]!);
      stride *= shape[axis]!;
    }
    yield { x: origin[0]!, y, offset: line * width };
  }
}

function copyPixels(from: RawPixels, offset: number, to: RawPixels, start: number, length: number): void {
  if (to instanceof BigInt64Array) {
    if (from instanceof BigInt64Array) to.set(from.subarray(offset, offset + length), start);
    else for (let i = 0; i < length; i++) to[start + i] = BigInt(from[offset + i]!);
  } else if (from instanceof BigInt64Array) {
    for (let i = 0; i < length; i++) to[start + i] = Number(from[offset + i]!);
  } else {
    to.set(from.subarray(offset, offset + length), start);
  }
}
