/** Reads a stored frame's pixels. What cannot be read is a reason for rejection, not a failure of the run. */
import { readFile } from 'node:fs/promises';
import { describeError } from '../core/errors.ts';
import { firstImage, type ImageHdu, readFits, readImageFloat32, readRaw } from '../fits/index.ts';
import { type Image, plainKernels, type StoredImage } from '../numeric/index.ts';

export interface DecodedFrame {
  stored: StoredImage;
  /** What was done to the pixels already. */
  steps: string[];
}

/** The pixels as they are stored, or why there are none. */
export async function decodeFrame(
  path: string,
  respike = false,
): Promise<DecodedFrame | { failure: string }> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    return { failure: `cannot read the file: ${(error as Error).message}` };
  }
  try {
    const stored = storedImage(firstImage(readFits(bytes, { file: path })));
    const count = respike ? await putSpikesBack(stored, path) : undefined;
    return { stored, steps: count === undefined ? [] : [`respiked: ${count} pixels`] };
  } catch (error) {
    return { failure: describeError(error) };
  }
}

/** The pixels as values, NaN where there is none; undefined where they cannot be read. */
export async function decodeImage(path: string): Promise<Image | undefined> {
  const decoded = await decodeFrame(path);
  return 'failure' in decoded
    ? undefined
    : plainKernels().load(decoded.stored, Number.POSITIVE_INFINITY).image;
}

/**
 * JSOC keeps what despiking replaced in a segment of its own: the first row has flat pixel indices, the second the values
 * that were there. Undefined where the frame has no such file beside it.
 */
async function putSpikesBack({ data }: StoredImage, path: string): Promise<number | undefined> {
  const spikesPath = path.replace(/\bimage(_lev1)?(?=\.fits$)/, 'spikes');
  const bytes = spikesPath === path ? undefined : await readFile(spikesPath).catch(() => undefined);
  if (!bytes) return undefined;
  const { width, height, data: spikes } = readRaw(firstImage(readFits(bytes, { file: spikesPath })));
  if (height < 2) return undefined;
  for (let i = 0; i < width; i++) {
    const index = Number(spikes[i]);
    if (index >= 0 && index < data.length) data[index] = Number(spikes[width + i]);
  }
  return width;
}

function storedImage(hdu: ImageHdu): StoredImage {
  const { width, height, bscale, bzero } = hdu;
  const isScaled = Number.isFinite(bscale) && Number.isFinite(bzero) && bscale !== 0;
  if (isScaled && (hdu.bitpix === 16 || hdu.bitpix === 32)) {
    const { data } = readRaw(hdu);
    if (data instanceof Int16Array || data instanceof Int32Array) {
      const tableBlank = hdu.tiles?.blank;
      const blank = typeof tableBlank === 'number' ? tableBlank : hdu.blank;
      return { width, height, data, scale: bscale, zero: bzero, blank };
    }
  }
  // Level-1 frames as floats mark lost blocks by BLANK, which the standard does not know for floats.
  const { data } = readImageFloat32(hdu, { floatBlank: true });
  return { width, height, data, scale: 1, zero: 0, blank: undefined };
}
