/** Filling pixels without a value, so that neither the resample nor the averages meet a NaN. */
import { boxHalve, createImage, type Image } from '../numeric/index.ts';

/**
 * Each missing pixel becomes the mean of the smallest aligned square block around it that has values; 0 where the whole
 * frame has none. Returns the image itself when nothing is missing.
 */
export function fillHoles(image: Image): Image {
  if (!image.data.some((value) => Number.isNaN(value))) return image;
  const ladder = [image];
  for (let level = image; level.width > 1 && level.width % 2 === 0 && level.height % 2 === 0; ) {
    level = boxHalve(level);
    ladder.push(level);
  }
  const data = Float32Array.from(image.data);
  for (let i = 0; i < data.length; i++) {
    if (!Number.isNaN(data[i])) continue;
    const x = i % image.width;
    const y = Math.floor(i / image.width);
    data[i] = valueAround(ladder, x, y);
  }
  return createImage(image.width, image.height, data);
}

/** Each missing pixel becomes `value`. Returns the image itself when nothing is missing. */
export function fillWith(image: Image, value: number): Image {
  if (!image.data.some((pixel) => Number.isNaN(pixel))) return image;
  const data = image.data.map((pixel) => (Number.isNaN(pixel) ? value : pixel));
  return createImage(image.width, image.height, data);
}

function valueAround(ladder: readonly Image[], x: number, y: number): number {
  for (let k = 1; k < ladder.length; k++) {
    const { width, data } = ladder[k]!;
    const value = data[(y >> k) * width + (x >> k)]!;
    if (!Number.isNaN(value)) return value;
  }
  return 0;
}
