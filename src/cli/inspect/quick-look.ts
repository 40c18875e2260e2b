/** A gray picture for people: the range of the pixels chosen from their percentiles, solar north up. Not for science. */
import type { FitsHeader } from '../../fits/index.ts';

export interface GrayPicture {
  width: number;
  height: number;
  /** Row 0 is the top. */
  pixels: Uint8Array;
}

/** Pixels looked at for the percentiles. */
const SAMPLE = 200_000;
/** Of the way from black to white: a median darker than that is lifted to it, or only the brightest regions would show. */
const DARKEST_MEDIAN = 0.3;

/** Pixels without a value are black. A frame that lies on its head (HMI, CROTA2 about 180) is turned. */
export function quickLook(
  width: number,
  height: number,
  data: Float64Array,
  header: FitsHeader,
): GrayPicture {
  // JSOC writes BLANK into float images too, where it means nothing to readers but a missing block to people.
  const blank = header.number('BLANK');
  const hasValue = (value: number) => Number.isFinite(value) && value !== blank;
  const tone = chooseTone(data, hasValue);
  const rotation = header.number('CROTA2') ?? 0;
  const isUpsideDown = Math.cos((rotation * Math.PI) / 180) < -0.7;
  const pixels = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    // FITS row 0 is the bottom.
    const row = isUpsideDown ? y : height - 1 - y;
    for (let x = 0; x < width; x++) {
      const value = data[y * width + x]!;
      const gray = hasValue(value) ? Math.round(255 * tone(value)) : 0;
      pixels[row * width + (isUpsideDown ? width - 1 - x : x)] = gray;
    }
  }
  return { width, height, pixels };
}

/**
 * From value to [0, 1]: signed data symmetric about zero, others linear or, where that leaves the median dark, by as much
 * of a logarithm as lifts it. There is no step between the two: frames of a series look alike.
 */
function chooseTone(data: Float64Array, hasValue: (value: number) => boolean): (value: number) => number {
  const sample = sampleOf(data, hasValue);
  if (sample.length === 0) return () => 0;
  const at = (fraction: number) => sample[Math.min(sample.length - 1, Math.floor(fraction * sample.length))]!;
  const [low, middle, high] = [at(0.005), at(0.5), at(0.998)];
  if (low < 0 && -low > 0.2 * high) {
    const limit = Math.max(-low, high);
    return (value) => clamp01(0.5 + value / (2 * limit));
  }
  const floor = Math.min(low, high);
  const range = high - floor;
  if (!(range > 0)) return () => 0.5;
  const median = (middle - floor) / range;
  if (median >= DARKEST_MEDIAN) return (value) => clamp01((value - floor) / range);
  const knee = range * kneeOf(median);
  return (value) => clamp01(Math.log1p(Math.max(0, value - floor) / knee) / Math.log1p(range / knee));
}

/** The k for which log(1 + median / k) / log(1 + 1 / k) is `DARKEST_MEDIAN`; it falls with k, to `median` itself. */
function kneeOf(median: number): number {
  let [low, high] = [SMALLEST_KNEE, LARGEST_KNEE];
  for (let i = 0; i < 40; i++) {
    const middle = Math.sqrt(low * high);
    if (Math.log1p(median / middle) / Math.log1p(1 / middle) > DARKEST_MEDIAN) low = middle;
    else high = middle;
  }
  return low;
}

/** Below it noise of the sky would show, above it all is linear. */
const SMALLEST_KNEE = 1e-3;
const LARGEST_KNEE = 1e4;

function sampleOf(data: Float64Array, hasValue: (value: number) => boolean): Float64Array {
  const step = Math.max(1, Math.floor(data.length / SAMPLE));
  const sample = new Float64Array(Math.ceil(data.length / step));
  let count = 0;
  for (let i = 0; i < data.length; i += step) {
    const value = data[i]!;
    if (hasValue(value)) sample[count++] = value;
  }
  return sample.subarray(0, count).sort();
}

function clamp01(value: number): number {
  return Math.min(1, Math.max(0, value));
}
