/**
 * Multi-scale structural similarity of two pictures (Wang, Simoncelli & Bovik 2003) with the constants and the
 * treatment of small pictures of the PG-GAN metric: five scales made by 2x2 means, Gaussian window of 11 pixels and
 * sigma 1.5, which shrinks with the picture (sigma in proportion) where the picture is smaller, valid region only,
 * negative scales clipped to zero. Values are 0..255. As a measure of diversity it is averaged over pairs of
 * different pictures: a value near 1 says that the generator repeats itself.
 */

/** One picture, channel after channel: `data[(channel * size + y) * size + x]`, values 0..255. */
export interface SquarePicture {
  readonly size: number;
  readonly channels: number;
  readonly data: Float32Array | Float64Array;
}

export interface ScaleSimilarity {
  /** Luminance times contrast and structure. */
  readonly ssim: number;
  /** Contrast and structure alone. */
  readonly contrast: number;
}

export const SCALE_WEIGHTS: readonly number[] = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333];
/** Five scales halve the size four times, so that at least one pixel is left. */
export const SMALLEST_PICTURE = 16;

const WINDOW_SIZE = 11;
const WINDOW_SIGMA = 1.5;
const C1 = (0.01 * 255) ** 2;
const C2 = (0.03 * 255) ** 2;

/** What a picture brings to every pair it is in: at five scales its values, their local means and mean squares. */
export type PictureScales = readonly PictureScale[];

interface PictureScale extends SquarePicture {
  readonly means: Float64Array;
  readonly squares: Float64Array;
}

/** Numbers of eight bytes that `PictureScales` of such a picture hold, about. */
export const scalesLength = (size: number, channels: number): number => 4 * channels * size * size;

export function pictureScales(picture: SquarePicture): PictureScales {
  let current = picture;
  return SCALE_WEIGHTS.map((_, index) => {
    if (index > 0) current = halve(current);
    return { ...current, means: blurPlanes(current), squares: blurPlanes(current, current) };
  });
}

export function msSsim(a: SquarePicture, b: SquarePicture): number {
  return msSsimOfScales(pictureScales(a), pictureScales(b));
}

export function msSsimOfScales(a: PictureScales, b: PictureScales): number {
  const scales = similarityOfScales(a, b);
  const last = scales.length - 1;
  return scales.reduce((product, scale, index) => {
    const factor = Math.max(0, index === last ? scale.ssim : scale.contrast);
    return product * factor ** SCALE_WEIGHTS[index];
  }, 1);
}

/** SSIM and contrast-structure at each of the five scales, before clipping. */
export function similarityPerScale(a: SquarePicture, b: SquarePicture): ScaleSimilarity[] {
  return similarityOfScales(pictureScales(a), pictureScales(b));
}

const similarityOfScales = (a: PictureScales, b: PictureScales) =>
  a.map((scale, index) => similarity(scale, b[index]));

function similarity(a: PictureScale, b: PictureScale): ScaleSimilarity {
  const crosses = blurPlanes(a, b);
  let ssim = 0;
  let contrast = 0;
  for (let i = 0; i < crosses.length; i++) {
    const mx = a.means[i];
    const my = b.means[i];
    const covariance = 2 * (crosses[i] - mx * my) + C2;
    const variance = a.squares[i] - mx * mx + b.squares[i] - my * my + C2;
    contrast += covariance / variance;
    ssim += ((2 * mx * my + C1) * covariance) / ((mx * mx + my * my + C1) * variance);
  }
  return { ssim: ssim / crosses.length, contrast: contrast / crosses.length };
}

/** Every channel of `a`, or of `a` times `b`, under the window: valid region, channel after channel. */
function blurPlanes(a: SquarePicture, b?: SquarePicture): Float64Array {
  const { size, channels, data } = a;
  const window = gaussianWindow(Math.min(WINDOW_SIZE, size));
  const valid = size - window.length + 1;
  const values = b ? multiplied(data, b.data) : data;
  const result = new Float64Array(channels * valid * valid);
  for (let channel = 0; channel < channels; channel++) {
    const plane = values.subarray(channel * size * size, (channel + 1) * size * size);
    blurValid(plane, size, window, result.subarray(channel * valid * valid));
  }
  return result;
}

/** Samples of the Gaussian, sum 1; even sizes are centred between pixels. The 2-D window is its outer product. */
function gaussianWindow(size: number): Float64Array {
  const sigma = (size * WINDOW_SIGMA) / WINDOW_SIZE;
  const centre = (size - 1) / 2;
  const window = Float64Array.from({ length: size }, (_, i) =>
    Math.exp(-((i - centre) ** 2) / (2 * sigma * sigma)),
  );
  const sum = window.reduce((total, value) => total + value, 0);
  return window.map((value) => value / sum);
}

function blurValid(
  data: Float32Array | Float64Array,
  size: number,
  window: Float64Array,
  result: Float64Array,
): void {
  const taps = window.length;
  const valid = size - taps + 1;
  const rows = new Float64Array(size * valid);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < valid; x++) {
      let sum = 0;
      for (let tap = 0; tap < taps; tap++) sum += window[tap] * data[y * size + x + tap];
      rows[y * valid + x] = sum;
    }
  }
  for (let y = 0; y < valid; y++) {
    for (let x = 0; x < valid; x++) {
      let sum = 0;
      for (let tap = 0; tap < taps; tap++) sum += window[tap] * rows[(y + tap) * valid + x];
      result[y * valid + x] = sum;
    }
  }
}

function multiplied(a: SquarePicture['data'], b: SquarePicture['data']): Float64Array {
  const result = new Float64Array(a.length);
  for (let i = 0; i < result.length; i++) result[i] = a[i] * b[i];
  return result;
}

function halve(picture: SquarePicture): SquarePicture {
  const { size, channels, data } = picture;
  const half = size >> 1;
  const result = new Float64Array(channels * half * half);
  for (let channel = 0; channel < channels; channel++) {
    for (let y = 0; y < half; y++) {
      for (let x = 0; x < half; x++) {
        const at = (channel * size + 2 * y) * size + 2 * x;
        result[(channel * half + y) * half + x] =
          (data[at] + data[at + 1] + data[at + size] + data[at + size + 1]) / 4;
      }
    }
  }
  return { size: half, channels, data: result };
}
