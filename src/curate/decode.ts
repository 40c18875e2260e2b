/** Reads a stored frame's pixels. What cannot be read is a reason for rejection, not a failure of the run. */
import { readFile } from 'node:fs/promises';
import { describeError } from '../core/errors.ts';
import { type FileInMemory, FileMemory } from '../core/file-memory.ts';
import { firstImage, type ImageHdu, readFits, readImageFloat32, readRaw } from '../fits/index.ts';
import { type Image, type Kernels, plainKernels, type StoredImage } from '../numeric/index.ts';

/** A file that was read and whose header is understood; its pixels are still as they lie in it. */
export interface FrameFile {
  path: string;
  hdu: ImageHdu;
  /** The file of spikes beside it, where it is wanted and there. */
  spikes: ImageHdu | undefined;
  /** To be called when its pixels are not needed any more: the next file is read into the same memory. */
  release(): void;
}

export interface DecodedFrame {
  stored: StoredImage;
  /** What was done to the pixels already. */
  steps: string[];
}

/** How the failure begins when it is the disk's and not the file's: such a file may come back. */
export const CANNOT_READ = 'cannot read the file';

/** Of this thread: the file in work and the one that is read meanwhile. */
const memory = new FileMemory(2);

/** The file, or why it is none. */
export async function readFrame(path: string, respike = false): Promise<FrameFile | { failure: string }> {
  let file: FileInMemory;
  try {
    file = await memory.read(path);
  } catch (error) {
    return { failure: `${CANNOT_READ}: ${(error as Error).message}` };
  }
  const { bytes, release } = file;
  try {
    const hdu = firstImage(readFits(bytes, { file: path }));
    return { path, hdu, spikes: respike ? await readSpikes(path) : undefined, release };
  } catch (error) {
    release();
    return { failure: describeError(error) };
  }
}

/** The pixels as they are stored, in memory that the kernels name, or why there are none. At once: kernels serve one frame. */
export function decodeFrame({ hdu, spikes }: FrameFile, room?: Room): DecodedFrame | { failure: string } {
  try {
    const stored = storedImage(hdu, room);
    const count = spikes && putSpikesBack(stored, spikes);
    return { stored, steps: count === undefined ? [] : [`respiked: ${count} pixels`] };
  } catch (error) {
    return { failure: describeError(error) };
  }
}

type Room = Kernels['room'];

/** The pixels as values, NaN where there is none; undefined where they cannot be read. */
export async function decodeImage(path: string): Promise<Image | undefined> {
  const file = await readFrame(path);
  if ('failure' in file) return undefined;
  const decoded = decodeFrame(file);
  const image =
    'failure' in decoded ? undefined : plainKernels().load(decoded.stored, Number.POSITIVE_INFINITY).image;
  file.release();
  return image;
}

/** JSOC keeps what despiking replaced in a segment of its own; undefined where the frame has no such file beside it. */
async function readSpikes(path: string): Promise<ImageHdu | undefined> {
  const spikesPath = path.replace(/\bimage(_lev1)?(?=\.fits$)/, 'spikes');
  const bytes = spikesPath === path ? undefined : await readFile(spikesPath).catch(() => undefined);
  return bytes && firstImage(readFits(bytes, { file: spikesPath }));
}

/** The first row of the file of spikes has flat pixel indices, the second the values that were there. How many. */
function putSpikesBack({ data }: StoredImage, hdu: ImageHdu): number | undefined {
  const { width, height, data: spikes } = readRaw(hdu);
  if (height < 2) return undefined;
  for (let i = 0; i < width; i++) {
    const index = Number(spikes[i]);
    if (index >= 0 && index < data.length) data[index] = Number(spikes[width + i]);
  }
  return width;
}

function storedImage(hdu: ImageHdu, room: Room | undefined): StoredImage {
  const { width, height, bscale, bzero } = hdu;
  const isScaled = Number.isFinite(bscale) && Number.isFinite(bzero) && bscale !== 0;
  if (isScaled && (hdu.bitpix === 16 || hdu.bitpix === 32)) {
    const { data } = readRaw(hdu, { into: room?.(hdu.bitpix, width * height) });
    if (data instanceof Int16Array || data instanceof Int32Array) {
      const tableBlank = hdu.tiles?.blank;
      const blank = typeof tableBlank === 'number' ? tableBlank : hdu.blank;
      return { width, height, data, scale: bscale, zero: bzero, blank };
    }
  }
  // Level-1 frames as floats mark lost blocks by BLANK, which the standard does not know for floats.
  const { data } = readImageFloat32(hdu, { floatBlank: true });
  // An infinite value is none: in a sum it would take its neighbours with it.
  for (let i = 0; i < data.length; i++) if (!Number.isFinite(data[i])) data[i] = Number.NaN;
  return { width, height, data, scale: 1, zero: 0, blank: undefined };
}
