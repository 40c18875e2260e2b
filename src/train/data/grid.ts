/** Many images in one picture. */
import type { GrayPicture } from './png.ts';

/**
 * `images` [n, channels, side, side], 0..1. Every image is a row of its channels; rows of images fill a grid of
 * `columns` images, the first at the top left when north is up.
 */
export function imageGrid(
  images: Float32Array,
  channels: number,
  side: number,
  columns: number,
): GrayPicture {
  const count = images.length / (channels * side * side);
  const rows = Math.ceil(count / columns);
  const width = columns * channels * side;
  const height = rows * side;
  const values = new Float32Array(width * height);
  for (let plane = 0; plane < count * channels; plane++) {
    const image = Math.floor(plane / channels);
    const left = ((image % columns) * channels + (plane % channels)) * side;
    const bottom = (rows - 1 - Math.floor(image / columns)) * side;
    for (let row = 0; row < side; row++) {
      const begin = (plane * side + row) * side;
      values.set(images.subarray(begin, begin + side), (bottom + row) * width + left);
    }
  }
  return { width, height, values };
}
