/** Parts of an image. Pixels count from 0, row 0 is the first in the file (the bottom, solar south); ends are exclusive. */
import { FitsError } from './errors.ts';
import type { ImageHdu } from './hdu.ts';

export interface Region {
  x0: number;
  x1: number;
  y0: number;
  y1: number;
}

export interface RegionOptions {
  /** Rows to read, [first, end). */
  rows?: readonly [number, number] | undefined;
  /** Columns and rows to read; not together with `rows`. */
  region?: Region | undefined;
}

/** The region asked for, checked to lie in the image and not to be empty. */
export function resolveRegion(hdu: ImageHdu, { rows, region }: RegionOptions): Region {
  const wanted = region ?? { x0: 0, x1: hdu.width, y0: rows?.[0] ?? 0, y1: rows?.[1] ?? hdu.height };
  const { x0, x1, y0, y1 } = wanted;
  const isInside = isRange(x0, x1, hdu.width) && isRange(y0, y1, hdu.height);
  if (isInside && (rows === undefined || region === undefined)) return wanted;
  throw new FitsError('bad region', {
    file: hdu.source.file,
    hdu: hdu.index,
    expected: `whole numbers within ${hdu.width} x ${hdu.height} pixels, given once`,
    found: `columns ${x0} to ${x1}, rows ${y0} to ${y1}`,
  });
}

function isRange(start: number, end: number, length: number): boolean {
  return Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start < end && end <= length;
}
