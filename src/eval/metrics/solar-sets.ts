/** Sets of pictures measured as suns, and how far two of them are apart. */
import { forEachBatch, type ImageSet, pixelsOf } from '../image-set.ts';
import { createDisk, type Disk, limbRadius, medianProfile } from '../measures/solar/disk.ts';
import {
  measureSun,
  QUANTITIES,
  type QuantityKey,
  type SolarMeasurement,
  stepsToDex,
} from '../measures/solar/quantities.ts';
import { wasserstein } from '../measures/transport.ts';
import type { Linear } from '../metric.ts';

/** Share of the half width, for pictures in which no limb is found: AIA's synoptic frames. */
const NOMINAL_RADIUS = 0.79;

export type Measured = readonly SolarMeasurement[];

/** The disk of the mean picture of `set`, which both sides of a comparison are measured with. */
export async function diskOf(
  set: ImageSet,
  linear: Linear,
  channel: number,
): Promise<{ disk: Disk; isNominal: boolean }> {
  const radius = await radiusOf(set, linear, channel);
  const disk = createDisk(set.width, radius ?? (NOMINAL_RADIUS * set.width) / 2);
  return { disk, isNominal: radius === undefined };
}

/** Limb radius in pixels of the mean picture. */
async function radiusOf(set: ImageSet, linear: Linear, channel: number): Promise<number | undefined> {
  const total = new Float32Array(set.width * set.height);
  await forEachPicture(set, linear, channel, (picture) => {
    for (let i = 0; i < total.length; i++) total[i] += picture[i];
  });
  return limbRadius(
    medianProfile(
      total.map((value) => value / set.count),
      set.width,
    ),
  );
}

export async function measureSet(
  set: ImageSet,
  disk: Disk,
  linear: Linear,
  channel: number,
): Promise<Measured> {
  const result: SolarMeasurement[] = [];
  await forEachPicture(set, linear, channel, (picture) => {
    result.push(measureSun(picture, disk));
  });
  return result;
}

async function forEachPicture(
  set: ImageSet,
  linear: Linear,
  channel: number,
  use: (picture: Float32Array) => void,
): Promise<void> {
  const size = pixelsOf(set);
  const area = set.width * set.height;
  await forEachBatch(set, (batch) => {
    for (let at = channel * area; at < batch.length; at += size)
      use(linear(batch.slice(at, at + area), channel));
  });
}

/** Distances of mean curves. */
export const CURVES = [
  {
    key: 'intensity',
    label: 'intensity distribution',
    unit: 'dex',
    pick: ({ distribution }: SolarMeasurement) => distribution,
    // Area between the cumulative distributions over log10 DN: how far a quantile is off in the mean.
    distance: (a: Float64Array, b: Float64Array) =>
      stepsToDex(a.reduce((sum, value, i) => sum + Math.abs(value - b[i]), 0)),
  },
  {
    key: 'spectrum',
    label: 'radial power spectrum',
    unit: 'dex rms',
    pick: ({ spectrum }: SolarMeasurement) => spectrum.subarray(1),
    distance: (a: Float64Array, b: Float64Array) =>
      Math.sqrt(
        a.reduce((sum, value, i) => sum + Math.log10((value + 1e-12) / (b[i] + 1e-12)) ** 2, 0) / a.length,
      ),
  },
  {
    key: 'profile',
    label: 'disk and limb profile',
    unit: 'relative',
    pick: ({ profile }: SolarMeasurement) => profile,
    distance: (a: Float64Array, b: Float64Array) =>
      a.reduce((sum, value, i) => sum + (2 * Math.abs(value - b[i])) / (value + b[i] + 1e-6), 0) / a.length,
  },
] as const;

export const SOLAR_KEYS = [...CURVES, ...QUANTITIES].map(({ key }) => key);

/** Distances of one set from another by the name of what is compared; NaN where one has no such thing. */
export function solarDistances(real: Measured, fake: Measured): Record<string, number> {
  const curves = CURVES.map(({ key, pick, distance }) => [
    key,
    distance(meanCurve(real.map(pick)), meanCurve(fake.map(pick))),
  ]);
  const quantities = QUANTITIES.map(({ key }) => {
    const [own, other] = [valuesOf(real, key), valuesOf(fake, key)];
    return [key, quantityDistance(own, other)(own, other)];
  });
  return Object.fromEntries([...curves, ...quantities]);
}

export function valuesOf(set: Measured, key: QuantityKey): number[] {
  return set.map(({ values }) => values[key]);
}

/** Wasserstein distance in standard deviations of `own`. */
export function quantityDistance(own: readonly number[], other: readonly number[]) {
  const scale = spread(own) || spread([...own, ...other]) || 1;
  return (a: readonly number[], b: readonly number[]) => wasserstein(a, b) / scale;
}

export function meanCurve(curves: readonly Float64Array[]): Float64Array {
  const mean = new Float64Array(curves[0].length);
  for (const curve of curves) for (let i = 0; i < mean.length; i++) mean[i] += curve[i] / curves.length;
  return mean;
}

export function spread(values: readonly number[]): number {
  const finite = values.filter(Number.isFinite);
  const mean = finite.reduce((sum, value) => sum + value, 0) / finite.length;
  return Math.sqrt(finite.reduce((sum, value) => sum + (value - mean) ** 2, 0) / finite.length);
}
