/** Picture files as data: addresses. Large ones are made smaller, so that a page stays fit for mail. */
import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { SunganError } from '../../core/errors.ts';
import type { EmbeddedImage } from './model.ts';

/** Pixels a side beyond which a picture is shrunk: twice the width of the page's column. */
const LARGEST_SIDE = 2048;

/** Undefined when there is no such file; throws `format` where it is no picture. */
export async function embedImage(path: string, alternative: string): Promise<EmbeddedImage | undefined> {
  const file = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  try {
    return file && (await embedBytes(file, alternative));
  } catch (cause) {
    throw new SunganError('format', `not a picture: ${(cause as Error).message}`, {
      where: path,
      remedy: 'delete it: the report goes without',
      cause,
    });
  }
}

export async function embedBytes(file: Uint8Array, alternative: string): Promise<EmbeddedImage> {
  const { width, height } = await sharp(file).metadata();
  const large = Math.max(width, height) > LARGEST_SIDE;
  const picture = sharp(file).resize({
    width: LARGEST_SIDE,
    height: LARGEST_SIDE,
    fit: 'inside',
    withoutEnlargement: true,
  });
  // Small grids are shown pixel by pixel and must stay exact; a large sheet of frames is a photograph.
  const { data, info } = large
    ? await picture.jpeg({ quality: 85 }).toBuffer({ resolveWithObject: true })
    : await picture.png({ compressionLevel: 9 }).toBuffer({ resolveWithObject: true });
  return {
    uri: `data:image/${info.format};base64,${data.toString('base64')}`,
    width: info.width,
    height: info.height,
    alternative,
  };
}
