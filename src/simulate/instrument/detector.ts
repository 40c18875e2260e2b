/**
 * From light to counts: photon noise, read noise, saturation with blooming along the columns. Works on pixels that are
 * means of `averaged` detector pixels, as the synoptic files are, whose noise is that much smaller.
 */
import { createRandom } from '../../numeric/random.ts';
import type { Channel } from '../sun/index.ts';

/** 14-bit converter. */
export const SATURATION_DN = 16_383;
/** JSOC clips level 1.5 here; level 1 hardly goes below. */
export const FLOOR_DN = -8;
/** Charge above the full well spills up and down its column over at most this share of the height. */
const BLOOM_REACH = 0.07;

export interface Exposure {
  channel: Channel;
  exposureSeconds: number;
  width: number;
  height: number;
  /** Detector pixels in one pixel of the image. */
  averaged: number;
  seed: string;
}

/** Replaces DN at nominal exposure by measured DN, in place. Gaussian noise stands for Poisson's: DN is what is kept. */
export function expose(image: Float32Array, exposure: Exposure): Float32Array {
  const { channel, averaged } = exposure;
  const random = createRandom(exposure.seed);
  const scale = exposure.exposureSeconds / channel.exposureSeconds;
  for (let i = 0; i < image.length; i++) image[i]! *= scale;
  bloom(image, exposure.width, exposure.height);
  const readVariance = channel.readNoiseDn ** 2;
  for (let i = 0; i < image.length; i++) {
    const signal = Math.max(0, image[i]!);
    const noise = Math.sqrt((signal * channel.dnPerPhoton + readVariance) / averaged) * random.normal();
    image[i] = Math.min(SATURATION_DN, Math.max(FLOOR_DN, image[i]! + noise));
  }
  return image;
}

/** Moves what exceeds the full well to the nearest pixels of the column that have room, half up, half down. */
export function bloom(image: Float32Array, width: number, height: number): void {
  const reach = Math.ceil(BLOOM_REACH * height);
  for (let x = 0; x < width; x++) {
    for (let y = 0; y < height; y++) {
      const excess = image[y * width + x]! - SATURATION_DN;
      if (excess <= 0) continue;
      image[y * width + x] = SATURATION_DN;
      spill(image, width, height, x, y, 1, excess / 2, reach);
      spill(image, width, height, x, y, -1, excess / 2, reach);
    }
  }
}

function spill(
  image: Float32Array,
  width: number,
  height: number,
  x: number,
  y: number,
  step: 1 | -1,
  charge: number,
  reach: number,
): void {
  let left = charge;
  for (let k = 1; k <= reach && left > 0; k++) {
    const row = y + k * step;
    if (row < 0 || row >= height) return;
    const at = row * width + x;
    const room = SATURATION_DN - image[at]!;
    if (room <= 0) continue;
    const taken = Math.min(room, left);
    image[at]! += taken;
    left -= taken;
  }
}
