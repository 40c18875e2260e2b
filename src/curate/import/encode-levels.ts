import { createImage, type Image } from '../../numeric/index.ts';
import { boxHalve } from '../../numeric/resample.ts';
import { createTransform, quantise, type TransformName } from '../transforms/index.ts';
import { encodeBlosc } from '../zarr/blosc.ts';

/** Chunks of every level of a picture in transform space: averaged in linear values, like frames. */
export function encodeLevels(
  image: Image,
  name: TransformName,
  channel: string,
  levels: readonly number[],
): Uint8Array[] {
  const transform = createTransform(name, channel);
  const chunks: Uint8Array[] = [];
  let level = createImage(image.width, image.height, transform.inverse(image.data));
  for (const size of levels) {
    while (level.width > size) level = boxHalve(level);
    chunks.push(encodeBlosc(quantise(transform.forward(level.data))));
  }
  return chunks;
}
