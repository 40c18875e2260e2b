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

export function msSsim(a: SquarePicture, b: SquarePicture): number {
  const scales = similarityPerScale(a, b);
  const last = scales.length - 1;
  return scales.reduce((product, scale, index) => {
    const factor = Math.max(0, index === last ? scale.ssim : scale.contrast);
    return product * factor ** SCALE_WEIGHTS[index];
  }, 1);
}

/** SSIM and contrast-structure at each of the five scales, before clipping. */
export function similarityPerScale(a: SquarePicture, b: SquarePicture): ScaleSimilarity[] {
  let [first, second] = [a, b];
  return SCALE_WEIGHTS.map((_, index) => {
    if (index > 0) [first, second] = [halve(first), halve(second)];
    return similarity(first, second);
  });
}

function similarity(a: SquarePicture, b: SquarePicture): ScaleSimilarity {
  const { size, channels } = a;
  const window = gaussianWindow(Math.min(WINDOW_SIZE, size));
  const area = size * size;
  const products = new Float64Array(area);
  let ssim = 0;
  let contrast = 0;
  let pixels = 0;
  for (let channel = 0; channel < channels; channel++) {
    const x = a.data.subarray(channel * area, (channel + 1) * area);
    const y = b.data.subarray(channel * area, (channel + 1) * area);
    const blurProduct = (p: typeof x, q: typeof x) => {
      for (let i = 0; i < area; i++) products[i] = p[i] * q[i];
      return blurValid(products, size, window);
    };
    const meanX = blurValid(x, size, window);
    const meanY = blurValid(y, size, window);
    const squareX = blurProduct(x, x);
    const squareY = blurProduct(y, y);
    const cross = blurProduct(x, y);
    pixels += meanX.length;
    for (let i = 0; i < meanX.length; i++) {
      const mx = meanX[i];
      const my = meanY[i];
      const covariance = 2 * (cross[i] - mx * my) + C2;
      const variance = squareX[i] - mx * mx + squareY[i] - my * my + C2;
      contrast += covariance / variance;
      ssim += ((2 * mx * my + C1) * covariance) / ((mx * mx + my * my + C1) * variance);
    }
  }
  return { ssim: ssim / pixels, contrast: contrast / pixels };
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

function blurValid(data: Float32Array | Float64Array, size: number, window: Float64Array): Float64Array {
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
  const result = new Float64Array(valid * valid);
  for (let y = 0; y < valid; y++) {
    for (let x = 0; x < valid; x++) {
      let sum = 0;
      for (let tap = 0; tap < taps; tap++) sum += window[tap] * rows[(y + tap) * valid + x];
      result[y * valid + x] = sum;
    }
  }
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
