/** Focus and jitter: how much fine structure the middle of the disk has beside its coarser structure, noise taken off. */
import { type Image, powerSpectrum2d } from '../../numeric/index.ts';

/** Cycles a pixel. At 9.6" a pixel: 19" to 38", and 64" to 160". */
const FINE = [0.25, 0.5] as const;
const COARSE = [0.06, 0.15] as const;
/** The corners of the spectrum: nearly all of it is noise, which is as strong in the other bands. */
const NOISE = [0.55, 0.71] as const;
/** Where the fine band holds nothing but noise. */
const NOTHING = 1e-6;

/**
 * log10 of mean power in the fine band, without that of the noise, over that in the coarse band, of the logarithm of the
 * middle half of the picture under a Hann window; of a field, which has signs, the logarithm of its strength with its
 * sign. On real frames of five channels -2.0 to -1.7; a blur of 10" costs a decade.
 */
export function measureSharpness(image: Image, isField: boolean): number | null {
  const size = 2 ** Math.floor(Math.log2(image.width / 2));
  const start = (image.width - size) / 2;
  const patch = new Float64Array(size * size);
  let mean = 0;
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const value = logarithm(image.data[(start + y) * image.width + start + x]!, isField);
      patch[y * size + x] = value;
      mean += value / (size * size);
    }
  }
  for (let i = 0; i < patch.length; i++) {
    patch[i] = (patch[i]! - mean) * hann(i % size, size) * hann(Math.floor(i / size), size);
  }
  const power = powerSpectrum2d(patch, size);
  const coarse = bandMean(power, size, COARSE);
  if (!(coarse > 0)) return null;
  const fine = bandMean(power, size, FINE) - bandMean(power, size, NOISE);
  return Math.log10(Math.max(NOTHING, fine / coarse));
}

/** Gauss below which a field counts as its own logarithm: that of the quiet network. */
const WEAK_GAUSS = 20;

function logarithm(value: number, isField: boolean): number {
  return isField ? Math.sign(value) * Math.log1p(Math.abs(value) / WEAK_GAUSS) : Math.log(Math.max(1, value));
}

const hann = (i: number, size: number) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / (size - 1));

function bandMean(power: Float64Array, size: number, [low, high]: readonly [number, number]): number {
  let sum = 0;
  let count = 0;
  for (let y = 0; y < size; y++) {
    const fy = Math.min(y, size - y) / size;
    for (let x = 0; x < size; x++) {
      const frequency = Math.hypot(fy, Math.min(x, size - x) / size);
      if (frequency <= low || frequency >= high) continue;
      sum += power[y * size + x]!;
      count++;
    }
  }
  return sum / count;
}
