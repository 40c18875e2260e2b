/** PNG, JPEG and TIFF files as arrays in [0, 1]: 8 or 16 bits, gray or colour, row 0 at the bottom (solar south). */
import sharp from 'sharp';
import { SunganError } from '../../core/errors.ts';
import type { ImageSet } from '../image-set.ts';

export const PICTURE_NAME = /\.(png|jpe?g|tiff?|webp)$/i;

export interface PictureFile {
  /** For messages: path, or path inside an archive. */
  name: string;
  read(): Promise<Uint8Array>;
}

export interface PictureSet extends ImageSet {
  /** The number of the files that is read as 1: 255 or 65535, by the first of them. */
  readonly white: number;
}

/**
 * All pictures must have the shape and depth of the first; a set of several sizes has no meaning for these metrics.
 * `identity` is equal for equal files.
 */
export async function setOfPictures(
  label: string,
  files: readonly PictureFile[],
  identity: string,
): Promise<PictureSet> {
  const first = await decodePicture(files[0]);
  const { width, height, white } = first;
  const channels = isGray(first) ? 1 : 3;
  return {
    label,
    identity,
    count: files.length,
    white,
    width,
    height,
    channels,
    async read(indices) {
      const size = channels * width * height;
      const result = new Float32Array(indices.length * size);
      for (const [i, index] of indices.entries()) {
        const picture = await decodePicture(files[index]);
        const difference = differenceOf(picture, first, channels);
        if (difference) {
          throw new SunganError('data', difference, {
            where: files[index].name,
            remedy: 'put pictures of one size, depth and kind into a folder',
          });
        }
        writePlanes(picture, channels, result.subarray(i * size, (i + 1) * size));
      }
      return result;
    },
  };
}

interface Picture {
  width: number;
  height: number;
  /** 1 or 3, without alpha. */
  bands: number;
  /** The stored number that is read as 1: 255 or 65535. */
  white: number;
  /** [height, width, bands], the first row at the top. */
  values: Uint8Array | Uint16Array;
}

const WHITES: Readonly<Record<string, number>> = { uchar: 255, ushort: 65535 };

async function decodePicture(file: PictureFile): Promise<Picture> {
  const { depth, picture } = await readPicture(file).catch((cause) => {
    throw new SunganError('format', `cannot be read as a picture: ${(cause as Error).message}`, {
      where: file.name,
      cause,
    });
  });
  if (picture) return picture;
  throw new SunganError('data', `its numbers are of kind '${depth}'`, {
    where: file.name,
    remedy: 'pictures of 8 or 16 bits without a sign are read; curate floating-point data by `sungan import`',
  });
}

async function readPicture(file: PictureFile): Promise<{ depth: string; picture?: Picture }> {
  const image = sharp(await file.read());
  const { channels = 1, depth = 'unknown' } = await image.metadata();
  const white = WHITES[depth];
  // The library would cut such numbers off at 0 and 255 without a word.
  if (white === undefined) return { depth };
  const deep = white > 255;
  const space = channels < 3 ? (deep ? 'grey16' : 'b-w') : deep ? 'rgb16' : 'srgb';
  const { data, info } = await image
    .removeAlpha()
    .toColourspace(space)
    .raw({ depth: deep ? 'ushort' : 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const values = deep ? new Uint16Array(data.buffer, data.byteOffset, data.length / 2) : data;
  const { width, height, channels: bands } = info;
  return { depth, picture: { width, height, bands, white, values } };
}

/** Also when it is stored as colour: many tools write gray pictures so. */
function isGray({ bands, values }: Picture): boolean {
  if (bands === 1) return true;
  for (let i = 0; i < values.length; i += bands)
    if (values[i] !== values[i + 1] || values[i] !== values[i + 2]) return false;
  return true;
}

/** Why the picture does not belong to a set that begins with `first`; undefined when it does. */
function differenceOf(picture: Picture, first: Picture, channels: number): string | undefined {
  const size = ({ width, height }: Picture) => `${width}x${height}`;
  if (size(picture) !== size(first)) return `is ${size(picture)}, but the first picture is ${size(first)}`;
  if (picture.white !== first.white)
    return `its white is ${picture.white}, but that of the first picture ${first.white}`;
  return channels === 1 && !isGray(picture) ? 'is in colour, but the first picture is gray' : undefined;
}

/** [channels, height, width] in 0..1, row 0 at the bottom. */
function writePlanes(
  { width, height, bands, white, values }: Picture,
  channels: number,
  target: Float32Array,
) {
  for (let channel = 0; channel < channels; channel++) {
    const band = Math.min(channel, bands - 1);
    for (let y = 0; y < height; y++) {
      const row = (channel * height + (height - 1 - y)) * width;
      for (let x = 0; x < width; x++) target[row + x] = values[(y * width + x) * bands + band] / white;
    }
  }
}
