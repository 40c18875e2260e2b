/** What the pixel rules look at: few numbers, taken on a small level in one pass, and stored with the verdict. */
import { boxReduceTo, type Image, quantileOfSorted, sortedFinite } from '../numeric/index.ts';

export interface Measurements {
  /** Share of pixels without a value, of the frame as it was read. */
  missingShare: number;
  /** Share of pixels at the camera's ceiling, of the frame as it was read. */
  saturatedShare: number;
  /** 99.9 % quantile of the small level, DN at nominal exposure. */
  brightest: number;
  /** Median over the disk of the small level, DN at nominal exposure. */
  diskMedian: number;
}

/** 14 bits with the pedestal taken off; level 1.5 clips at 16383.5. */
const CEILING_DN = 16383;
const SMALL_SIZE = 256;

/** Shares of the frame as read: NaN and saturated. Raw DN, before any normalisation. */
export function measureRaw(image: Image): Pick<Measurements, 'missingShare' | 'saturatedShare'> {
  let missing = 0;
  let saturated = 0;
  for (const value of image.data) {
    if (Number.isNaN(value)) missing++;
    else if (value >= CEILING_DN) saturated++;
  }
  return { missingShare: missing / image.data.length, saturatedShare: saturated / image.data.length };
}

/** Brightness of the registered frame: disk centre at the array's centre, `radiusPixels` at the image's own size. */
export function measureLevel(
  image: Image,
  radiusPixels: number | undefined,
): Pick<Measurements, 'brightest' | 'diskMedian'> {
  const small = boxReduceTo(image, Math.min(SMALL_SIZE, image.width));
  const brightest = quantileOfSorted(sortedFinite(small.data), 0.999);
  const radius = ((radiusPixels ?? 0.4 * image.width) * small.width) / image.width;
  const disk = pixelsInside(small, 0.95 * radius);
  return { brightest, diskMedian: quantileOfSorted(sortedFinite(disk), 0.5) };
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
