/**
 * What black and white of a picture stand for. Quick-look pictures show a part of the transform's range: AIA's of 193
 * angstrom in 2017 the logarithm of 41 to 5050 DN (found by comparison with synoptic frames), where log1p itself reaches
 * from 0 to 16383.
 */
import { SunganError } from '../../core/errors.ts';
import { createImage, type Image } from '../../numeric/index.ts';
import type { Transform } from '../transforms/index.ts';

/** Linear values (DN at nominal exposure, gauss) of black and of white. */
export type GrayRange = readonly [black: number, white: number];

/** `black:white`; throws where the transform does not tell the two apart. */
export function parseGrayRange(text: string | undefined, transform: Transform): GrayRange | undefined {
  if (text === undefined) return undefined;
  const [black, white] = text.split(':').map(Number) as [number, number];
  const [low, high] = transform.domain;
  if (black < white && black >= low && white <= high) return [black, white];
  throw new SunganError('usage', `${text} is no range of ${transform.name}`, {
    where: '--range',
    remedy: `write black:white in linear values, from ${low} to ${high}, for example 41:5050`,
  });
}

/** Gray values 0..1 of a picture as values 0..1 of the transform. */
export function spreadGray(image: Image, range: GrayRange | undefined, transform: Transform): Image {
  if (!range) return image;
  const [black = 0, white = 1] = transform.forward(Float32Array.from(range));
  const values = image.data.map((gray) => black + gray * (white - black));
  return createImage(image.width, image.height, values);
}
