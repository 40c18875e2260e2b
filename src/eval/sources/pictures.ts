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

/** All pictures must have the shape of the first; a set of several sizes has no meaning for these metrics. */
export async function setOfPictures(label: string, files: readonly PictureFile[]): Promise<PictureSet> {
  const first = await decodePicture(files[0]);
  const shape = { width: first.width, height: first.height, channels: first.channels };
  return {
    label,
    count: files.length,
    white: first.white,
    ...shape,
    async read(indices) {
      const size = shape.channels * shape.width * shape.height;
      const result = new Float32Array(indices.length * size);
      for (const [i, index] of indices.entries()) {
        const picture = await decodePicture(files[index], shape.channels);
        if (picture.width !== shape.width || picture.height !== shape.height) {
          throw new SunganError(
            'data',
            `is ${picture.width}x${picture.height}, but the first picture is ${shape.width}x${shape.height}`,
            {
              where: files[index].name,
              remedy: 'put pictures of one size into a folder',
            },
          );
        }
        result.set(picture.data, i * size);
      }
      return result;
    },
  };
}

interface Picture {
  white: number;
  width: number;
  height: number;
  channels: number;
  /** [channels, height, width] */
  data: Float32Array;
}

/** `channels` asks for gray (1) or colour (3); without it the file decides. An alpha channel is dropped. */
async function decodePicture(file: PictureFile, channels?: number): Promise<Picture> {
  try {
    const image = sharp(await file.read());
    const metadata = await image.metadata();
    const wanted = channels ?? ((metadata.channels ?? 1) >= 3 ? 3 : 1);
    const deep = metadata.depth === 'ushort';
    const space = wanted === 1 ? (deep ? 'grey16' : 'b-w') : deep ? 'rgb16' : 'srgb';
    const { data, info } = await image
      .removeAlpha()
      .toColourspace(space)
      .raw({ depth: deep ? 'ushort' : 'uchar' })
      .toBuffer({ resolveWithObject: true });
    const values = deep ? new Uint16Array(data.buffer, data.byteOffset, data.length / 2) : data;
    return toPlanes(values, info, deep ? 65535 : 255, wanted);
  } catch (cause) {
    throw new SunganError('format', `cannot be read as a picture: ${(cause as Error).message}`, {
      where: file.name,
      cause,
    });
  }
}

function toPlanes(
  values: Uint8Array | Uint16Array,
  info: { width: number; height: number; channels: number },
  white: number,
  channels: number,
): Picture {
  const { width, height } = info;
  const data = new Float32Array(channels * width * height);
  for (let channel = 0; channel < channels; channel++) {
    for (let y = 0; y < height; y++) {
      const target = (channel * height + (height - 1 - y)) * width;
      for (let x = 0; x < width; x++) {
        data[target + x] =
          values[(y * width + x) * info.channels + Math.min(channel, info.channels - 1)] / white;
      }
    }
  }
  return { white, width, height, channels, data };
}
