/** Reads a stored frame's pixels. What cannot be read is a reason for rejection, not a failure of the run. */
import { readFile } from 'node:fs/promises';
import { describeError } from '../core/errors.ts';
import { firstImage, readFits, readImageFloat32 } from '../fits/index.ts';
import type { Image } from '../numeric/index.ts';

/** The value of missing pixels in float images of level-1 frames, which the standard has no word for. */
const FLOAT_BLANK_DN = -32768;

/** The pixels in DN, NaN where there is none; or why not. */
export async function decodeFrame(path: string): Promise<{ image: Image } | { failure: string }> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    return { failure: `cannot read the file: ${(error as Error).message}` };
  }
  try {
    const hdu = firstImage(readFits(bytes, { file: path }));
    const { width, height, data } = readImageFloat32(hdu);
    for (let i = 0; i < data.length; i++) if (data[i] === FLOAT_BLANK_DN) data[i] = Number.NaN;
    return { image: { width, height, data } };
  } catch (error) {
    return { failure: describeError(error) };
  }
}
