/** The table of physical quantities that are measured on every picture in DN. A new quantity is a row here. */
import { powerSpectrum2d, radialPower } from '../../../numeric/fft.ts';
import { quantileOfSorted } from '../../../numeric/stats.ts';
import { type Disk, limbRadius, medianProfile, radialProfile, scaleHeight } from './disk.ts';
import { findRegions } from './regions.ts';
import { symmetryOf } from './symmetry.ts';

export interface Quantity {
  readonly key: string;
  readonly label: string;
  readonly unit: string;
}

export const QUANTITIES = [
  { key: 'flux', label: 'mean intensity', unit: 'DN' },
  { key: 'median', label: 'median of the disk', unit: 'DN' },
  { key: 'p99', label: '99th percentile', unit: 'DN' },
  { key: 'peak', label: '99.9th percentile', unit: 'DN' },
  { key: 'limb-radius', label: 'limb radius', unit: 'share of half width' },
  { key: 'scale-height', label: 'off-limb scale height', unit: 'solar radii' },
  { key: 'ar-area', label: 'active-region area', unit: 'share of disk' },
  { key: 'ar-count', label: 'active regions', unit: 'number' },
  { key: 'ar-latitude', label: 'active-region |latitude|', unit: 'degrees' },
  { key: 'ch-area', label: 'coronal-hole area', unit: 'share of disk' },
  { key: 'ch-count', label: 'coronal holes', unit: 'number' },
  { key: 'ch-latitude', label: 'coronal-hole |latitude|', unit: 'degrees' },
  { key: 'east-west', label: 'east-west symmetry', unit: 'correlation' },
  { key: 'north-south', label: 'north-south symmetry', unit: 'correlation' },
  { key: 'rotation-brightness', label: 'east minus west brightness', unit: 'ln DN' },
  { key: 'rotation-contrast', label: 'east minus west contrast', unit: 'ln DN' },
] as const satisfies readonly Quantity[];

export type QuantityKey = (typeof QUANTITIES)[number]['key'];

export interface SolarMeasurement {
  /** NaN where a quantity does not exist, such as the latitude of regions where there are none. */
  readonly values: Record<QuantityKey, number>;
  /** Mean intensity in rings of one pixel, DN. */
  readonly profile: Float64Array;
  /** Radial power spectrum of ln(1 + DN) under a Hann window, cycles per picture. */
  readonly spectrum: Float64Array;
  /** Share of pixels below each of `INTENSITY_STEPS`. */
  readonly distribution: Float64Array;
}

/** Where AIA's camera ends, DN, and the equal steps of the logarithm from 1 up to there. */
const CAMERA_END = 16383;
const CAMERA_STEPS = 63;
/** What so many steps are in dex. */
export const stepsToDex = (steps: number) => (steps * Math.log10(CAMERA_END)) / CAMERA_STEPS;

/** Edges in DN at which the cumulative distribution is taken: to 16383, and on to the 80,000 of HMI's continuum. */
export const INTENSITY_STEPS: readonly number[] = Array.from(
  { length: CAMERA_STEPS + 12 },
  (_, i) => CAMERA_END ** (i / CAMERA_STEPS),
);

/** `picture` is in DN, row 0 south; its size is a power of two. */
export function measureSun(picture: Float32Array, disk: Disk): SolarMeasurement {
  const { size } = disk;
  const profile = radialProfile(picture, size);
  const sorted = Float64Array.from(picture).sort();
  const onDisk = Float64Array.from(disk.inner, (pixel) => picture[pixel]).sort();
  const { active, holes } = findRegions(picture, disk);
  const symmetry = symmetryOf(picture, disk);
  const quiet = medianProfile(picture, size);
  const radius = limbRadius(quiet);
  return {
    values: {
      flux: picture.reduce((sum, value) => sum + value, 0) / picture.length,
      median: quantileOfSorted(onDisk, 0.5),
      p99: quantileOfSorted(sorted, 0.99),
      peak: quantileOfSorted(sorted, 0.999),
      'limb-radius': radius === undefined ? Number.NaN : (2 * radius) / size,
      'scale-height': scaleHeight(quiet, disk.radius) ?? Number.NaN,
      'ar-area': active.area,
      'ar-count': active.count,
      'ar-latitude': active.latitude ?? Number.NaN,
      'ch-area': holes.area,
      'ch-count': holes.count,
      'ch-latitude': holes.latitude ?? Number.NaN,
      'east-west': symmetry.eastWest,
      'north-south': symmetry.northSouth,
      'rotation-brightness': symmetry.brightnessBias,
      'rotation-contrast': symmetry.contrastBias,
    },
    profile,
    spectrum: spectrumOf(picture, size),
    distribution: Float64Array.from(INTENSITY_STEPS, (edge) => shareBelow(sorted, edge)),
  };
}

function spectrumOf(picture: Float32Array, size: number): Float64Array {
  const window = Float64Array.from(
    { length: size },
    (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 0.5)) / size),
  );
  const logarithm = Float64Array.from(picture, (value) => Math.log1p(Math.max(0, value)));
  const mean = logarithm.reduce((sum, value) => sum + value, 0) / logarithm.length;
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++)
      logarithm[y * size + x] = (logarithm[y * size + x] - mean) * window[x] * window[y];
  }
  return radialPower(powerSpectrum2d(logarithm, size), size).map((power) => power / size ** 4);
}

function shareBelow(sorted: Float64Array, edge: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < edge) low = middle + 1;
    else high = middle;
  }
  return low / sorted.length;
}
