/** Area means by two, and the ladder of levels made of them. Linear values only: a mean of logarithms is no mean. */
import { SunganError } from '../core/errors.ts';
import { createImage, type Image } from './image.ts';

/**
 * The mean of every 2x2 block, summed in float64. NaN policy: a block's mean is that of its finite pixels, and NaN when
 * it has none, so that missing pixels neither spread nor darken. Sides must be even.
 */
export function boxHalve(image: Image): Image {
  const { width, height, data } = image;
  if (width % 2 !== 0 || height % 2 !== 0) {
    throw new SunganError('data', `cannot halve ${width} x ${height} pixels: sides must be even`);
  }
  const halfWidth = width / 2;
  const halfHeight = height / 2;
  const result = new Float32Array(halfWidth * halfHeight);
  let out = 0;
  for (let y = 0; y < halfHeight; y++) {
    let lower = 2 * y * width;
    let upper = lower + width;
    for (let x = 0; x < halfWidth; x++) {
      const mean = 0.25 * (data[lower]! + data[lower + 1]! + data[upper]! + data[upper + 1]!);
      result[out++] = Number.isFinite(mean)
        ? mean
        : meanOfFinite(data[lower]!, data[lower + 1]!, data[upper]!, data[upper + 1]!);
      lower += 2;
      upper += 2;
    }
  }
  return createImage(halfWidth, halfHeight, result);
}

function meanOfFinite(...values: [number, number, number, number]): number {
  let sum = 0;
  let count = 0;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    sum += value;
    count++;
  }
  return count > 0 ? sum / count : Number.NaN;
}

/** Levels from the image's own size down to `smallest`, each the 2x2 mean of the one before, in linear values. */
export function buildPyramid(image: Image, smallest = 4): Image[] {
  const levels = [image];
  for (let level = image; level.width > smallest && level.height > smallest; ) {
    level = boxHalve(level);
    levels.push(level);
  }
  return levels;
}

/** Halves until the width is `size`; the ratio must be a power of two. */
export function boxReduceTo(image: Image, size: number): Image {
  let level = image;
  while (level.width > size) level = boxHalve(level);
  if (level.width !== size) {
    throw new SunganError('data', `${image.width} pixels are not ${size} times a power of two`);
  }
  return level;
}
