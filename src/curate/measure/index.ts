/** What the pixel rules look at: few numbers, taken on a small level in one pass, and stored with the verdict. */
import { type Image, median, quantile } from '../../numeric/index.ts';
import { measureBlocks } from './blocks.ts';
import { measureLimb } from './limb.ts';
import type { RawMeasurements } from './raw.ts';
import { measureSharpness } from './sharpness.ts';

export { type DiskPlace, measureRaw } from './raw.ts';

/** Lengths are in solar radii, values in the channel's linear unit (DN at nominal exposure). */
export interface Measurements extends RawMeasurements {
  /** 99.9 % quantile. */
  brightest: number;
  diskMedian: number;
  /** Share of the disk that is nearly black beside the rest; null, as all of the shape, where the frame is tiny. */
  shadowShare: number | null;
  /** Distance of the limb's centre from where the header says; null where no limb was found. */
  centreOffset: number | null;
  /** Share of directions in which the edge of the corona lies on one circle; null where no limb was found. */
  limbShare: number | null;
  /** Decades between the power of the finest and of the coarser structure on the disk; null for an empty disk. */
  sharpness: number | null;
}

/** Pixels a side of the level on which the disk is judged: 9.6" a pixel. */
const SMALL_SIZE = 256;
/** Below that the limb is a pixel or two wide and shapes cannot be judged. */
const SMALLEST_SIZE_FOR_SHAPE = 96;
/** Where the header gives no radius: that of the mean distance, in shares of the frame's width. */
const TYPICAL_RADIUS = 0.39;

/** Brightness and shape of a registered frame, from its pyramid; `radiusPixels` at the size of its largest level. */
export function measureRegistered(
  pyramid: readonly Image[],
  radiusPixels: number | undefined,
  isField: boolean,
): Omit<Measurements, keyof RawMeasurements> {
  const image = pyramid[0]!;
  const small = pyramid.find((level) => level.width <= SMALL_SIZE)!;
  const radius =
    radiusPixels === undefined ? TYPICAL_RADIUS * small.width : (radiusPixels * small.width) / image.width;
  const disk = pixelsInside(small, 0.95 * radius);
  return {
    brightest: quantile(small.data, 0.999),
    diskMedian: median(disk),
    ...measureShape(small, radius, isField),
  };
}

type Shape = Pick<Measurements, 'shadowShare' | 'centreOffset' | 'limbShare' | 'sharpness'>;

function measureShape(image: Image, radius: number, isField: boolean): Shape {
  if (image.width < SMALLEST_SIZE_FOR_SHAPE) {
    return { shadowShare: null, centreOffset: null, limbShare: null, sharpness: null };
  }
  return {
    shadowShare: measureBlocks(image, radius),
    ...measureLimb(image, radius),
    sharpness: measureSharpness(image, isField),
  };
}

function pixelsInside({ width, height, data }: Image, radius: number): Float32Array {
  const result = new Float32Array(data.length);
  let count = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const dx = x - (width - 1) / 2;
      const dy = y - (height - 1) / 2;
      if (dx * dx + dy * dy <= radius * radius) result[count++] = data[y * width + x]!;
    }
  }
  return result.subarray(0, count);
}
