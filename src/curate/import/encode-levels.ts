import { createImage, type Image } from '../../numeric/index.ts';
import { boxHalve } from '../../numeric/resample.ts';
import { quantise, type Transform } from '../transforms/index.ts';
import { encodeBlosc } from '../zarr/blosc.ts';

/** Chunks of every level of a picture in transform space: averaged in linear values, like frames. */
export function encodeLevels(image: Image, transform: Transform, levels: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  let level = createImage(image.width, image.height, transform.inverse(image.data));
  for (const size of levels) {
    while (level.width > size) level = boxHalve(level);
    chunks.push(encodeBlosc(quantise(transform.forward(level.data))));
  }
  return chunks;
}
