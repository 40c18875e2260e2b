/** Reading pixels: stored integers, or physical values with NaN where there is none. */
import { wrongSum } from './checksum.ts';
import { FitsError } from './errors.ts';
import type { ImageHdu } from './hdu.ts';
import { MissingPixels } from './missing.ts';
import { scalePixels } from './physical.ts';
import { createPixels, type RawPixels } from './pixels.ts';
import { readPlainBand } from './plain.ts';
import { type Region, type RegionOptions, resolveRegion } from './region.ts';
import { physicalScale, type ScaleOptions } from './scale-cards.ts';
import { readTileBand } from './tiles/index.ts';

export interface VerifyOptions {
  /** Throw when DATASUM or CHECKSUM of the HDU is there and wrong. Reads all of its bytes. */
  verify?: boolean | undefined;
}

/** Where the pixels go. */
export interface TargetOptions<Data> {
  /** Fill this array, which has just the length of the region, instead of a new one; it may lie in shared memory. */
  into?: Data | undefined;
}

export interface ReadImageOptions extends RegionOptions, ScaleOptions, VerifyOptions {
  /**
   * Rows and tiles that are missing or corrupt become NaN instead of an error. For looking at broken files: a frame
   * read so must not pass for whole (`missingPixels` tells).
   */
  partial?: boolean | undefined;
}

/** Row 0 is the first in the file: the bottom, solar south for an upright frame. */
export interface PixelArray<Data> {
  width: number;
  height: number;
  data: Data;
}

export interface PhysicalImage<Data> extends PixelArray<Data> {
  /** Pixels that could not be read (with `partial`). */
  missingPixels: number;
}

/** Rows are decoded and scaled in bands of about this many pixels, which stay in the cache. */
const BAND_PIXELS = 1 << 18;

/** Physical values in float64: exact for every BITPIX but 64, whose integers beyond 2^53 are rounded. */
export function readImage(
  hdu: ImageHdu,
  options: ReadImageOptions & TargetOptions<Float64Array> = {},
): PhysicalImage<Float64Array> {
  return readPhysical(hdu, options, (length) => new Float64Array(length));
}

/** Physical values rounded to float32: exact for 16-bit AIA frames, half the memory. */
export function readImageFloat32(
  hdu: ImageHdu,
  options: ReadImageOptions & TargetOptions<Float32Array> = {},
): PhysicalImage<Float32Array> {
  return readPhysical(hdu, options, (length) => new Float32Array(length));
}

/** Stored values before BSCALE, BZERO and BLANK; of a quantised float image the floats. */
export function readRaw(
  hdu: ImageHdu,
  options: RegionOptions & VerifyOptions & TargetOptions<RawPixels> = {},
): PixelArray<RawPixels> {
  const region = resolveRegion(hdu, options);
  const { width, height } = sizeOf(region);
  checkSize(hdu, width * height * (Math.abs(hdu.bitpix) / 8));
  const data = options.into ?? createPixels(hdu.bitpix, width * height);
  checkTarget(hdu, data, createPixels(hdu.bitpix, 0).constructor, width * height);
  if (options.verify) checkSums(hdu);
  readBand(hdu, region, data, undefined);
  return { width, height, data };
}

function readPhysical<Data extends Float32Array | Float64Array>(
  hdu: ImageHdu,
  options: ReadImageOptions & TargetOptions<Data>,
  create: (length: number) => Data,
): PhysicalImage<Data> {
  const region = resolveRegion(hdu, options);
  const { width, height } = sizeOf(region);
  checkSize(hdu, width * height * create(0).BYTES_PER_ELEMENT);
  const scale = physicalScale(hdu, options);
  const data = options.into ?? create(width * height);
  checkTarget(hdu, data, create(0).constructor, width * height);
  if (options.verify) checkSums(hdu);
  const missing = options.partial ? new MissingPixels() : undefined;
  const bandRows = bandHeight(hdu, width);
  let stored: RawPixels | undefined;
  for (let y0 = region.y0; y0 < region.y1; ) {
    // Bands end where tiles end, so that no tile is decoded twice.
    const y1 = Math.min(region.y1, (Math.floor(y0 / bandRows) + 1) * bandRows);
    const length = (y1 - y0) * width;
    if (stored?.length !== length) stored = createPixels(hdu.bitpix, length);
    readBand(hdu, { ...region, y0, y1 }, stored, missing);
    scalePixels(stored, data, (y0 - region.y0) * width, scale);
    for (const part of missing?.take() ?? []) blankOut(data, part, region);
    y0 = y1;
  }
  return { width, height, data, missingPixels: missing?.count ?? 0 };
}

function readBand(
  hdu: ImageHdu,
  region: Region,
  target: RawPixels,
  missing: MissingPixels | undefined,
): void {
  if (hdu.tiles === undefined) readPlainBand(hdu, region, target, missing);
  else readTileBand(hdu.tiles, region, target, missing);
}

function sizeOf({ x0, x1, y0, y1 }: Region): { width: number; height: number } {
  return { width: x1 - x0, height: y1 - y0 };
}

function bandHeight(hdu: ImageHdu, width: number): number {
  // Beyond two axes tiles do not follow the stack of rows: one band.
  if (hdu.tiles !== undefined && hdu.shape.length > 2) return hdu.height;
  const tileRows = hdu.tiles?.tile[1] ?? 1;
  return Math.max(1, Math.floor(BAND_PIXELS / (width * tileRows))) * tileRows;
}

function checkSize({ source, index, headerOffset }: ImageHdu, bytes: number): void {
  if (bytes <= source.maxDecodedBytes) return;
  throw new FitsError('the image is larger than the limit', {
    file: source.file,
    hdu: index,
    byteOffset: headerOffset,
    expected: `at most ${source.maxDecodedBytes} bytes`,
    found: `${bytes}`,
    remedy: 'read a region of it, or raise maxDecodedBytes',
  });
}

function checkSums(hdu: ImageHdu): void {
  const error = wrongSum(hdu);
  if (error !== undefined) throw error;
}

function checkTarget(hdu: ImageHdu, data: RawPixels, type: unknown, length: number): void {
  if (data.length === length && data.constructor === type) return;
  throw new FitsError('the array given for the pixels does not fit', {
    file: hdu.source.file,
    hdu: hdu.index,
    expected: `${(type as { name: string }).name} of ${length}`,
    found: `${data.constructor.name} of ${data.length}`,
  });
}

function blankOut(data: Float32Array | Float64Array, part: Region, region: Region): void {
  const width = region.x1 - region.x0;
  for (let y = part.y0; y < part.y1; y++) {
    const row = (y - region.y0) * width - region.x0;
    data.fill(Number.NaN, row + part.x0, row + part.x1);
  }
}
