/** One frame from pixels as read to the 16-bit levels of the dataset: every pass over its pixels, for any thread. */
import type { Image, Kernels, StoredImage } from '../numeric/index.ts';
import { fillHoles, fillWith } from './holes.ts';
import { type DiskPlace, type Measurements, measureRaw, measureRegistered } from './measure/index.ts';
import { isRegistered, type Pointing, registeredScale, registration } from './register.ts';
import { quantise, type Transform } from './transforms/index.ts';

/** The smallest level: what the first block of a progressive generator makes. */
export const SMALLEST_SIZE = 4;

export interface PrepareTask {
  /** Exposure and degradation: what the linear values are multiplied by. */
  factor: number;
  /** Undefined: the header does not say, the frame is taken as registered. */
  pointing: Pointing | undefined;
  /** Apparent radius that all frames are scaled to, arc seconds; null: as observed. */
  fixedRadiusArcsec: number | null;
  /** Pixels beyond the limb have no value: 0 stands for them. */
  blankBeyondLimb: boolean;
  /** Pixels a side of the largest level. */
  size: number;
}

export interface PreparedFrame {
  /** Descending sizes, uint16, row 0 = south. */
  levels: Uint16Array[];
  measurements: Measurements;
  /** What was done to the pixels, in order, for the frame's provenance. */
  steps: string[];
}

/** For a strip of rows, and for the ends of rows of tiny levels. */
const SPARE_PIXELS = 40 * 4096;

/**
 * Pixels of memory for one frame. Beside it lie first its 16-bit integers, then half a frame of results: the smaller
 * levels are a third of it. Where the full size is kept, so is the whole resampled copy.
 */
export function roomForFrame(width: number, height: number, size: number): number {
  return width * height * (size < width ? 1.5 : 2) + SPARE_PIXELS;
}

/**
 * Fill -> register -> scale and clip -> 2x2 means in linear values -> transform -> 16 bits. Scaling comes behind the
 * resample because both are linear. The averages are made of unquantised linear values, so each level is within one step
 * of the mean of the one above. The caller has told the kernels to begin.
 */
export function prepareFrame(
  stored: StoredImage,
  transform: Transform,
  task: PrepareTask,
  kernels: Kernels,
): PreparedFrame {
  const steps: string[] = [];
  const { width, height } = stored;
  const { pointing } = task;
  const loaded = kernels.load(stored, CEILING_DN);
  let { image } = loaded;
  const raw = measureRaw(loaded, pointing && diskOf(pointing), task.blankBeyondLimb);
  if (loaded.missing > 0) {
    image.data.set((task.blankBeyondLimb ? fillWith(image, 0) : fillHoles(image)).data);
    steps.push(`filled ${loaded.missing} pixels without a value`);
  }
  const scale = targetScale(width, task);
  const [low, high] = transform.domain;
  const scaling = { factor: task.factor, low, high };
  if (pointing && !isRegistered(pointing, width, scale)) {
    const taken = image;
    const map = registration(pointing, width, scale);
    if (task.size < width) {
      image = kernels.warpHalved(image, map, width, height, 0, scaling);
    } else {
      image = kernels.warpCubic(image, map, width, height, 0);
      kernels.scaleClip(image, task.factor, low, high);
    }
    kernels.reuse(taken);
    steps.push(describeRegistration(pointing, scale));
  } else {
    kernels.scaleClip(image, task.factor, low, high);
  }

  const all = pyramidOf(image, kernels);
  const levels = all.filter((level) => level.width <= task.size);
  const radius = pointing?.radiusArcsec && (pointing.radiusArcsec / scale) * (image.width / width);
  return {
    levels: levels.map((level) => encode(level, transform, kernels)),
    measurements: { ...raw, ...measureRegistered(all, radius, task.blankBeyondLimb) },
    steps,
  };
}

/** 14 bits with the pedestal taken off; level 1.5 clips at 16383.5. */
const CEILING_DN = 16383;

/** Arc seconds a pixel of the registered frame. */
function targetScale(size: number, { fixedRadiusArcsec, pointing }: PrepareTask): number {
  const scale = registeredScale(size);
  if (fixedRadiusArcsec === null || pointing?.radiusArcsec === undefined) return scale;
  return (scale * pointing.radiusArcsec) / fixedRadiusArcsec;
}

function describeRegistration({ rotationDegrees, arcsecPerPixel }: Pointing, scale: number): string {
  return `registered: turned by ${rotationDegrees} deg, ${arcsecPerPixel}" to ${Number(scale.toPrecision(7))}" a pixel, centred, one cubic resample`;
}

function pyramidOf(image: Image, kernels: Kernels): Image[] {
  const levels = [image];
  for (let level = image; level.width > SMALLEST_SIZE; ) {
    level = kernels.halve(level);
    levels.push(level);
  }
  return levels;
}

function encode(level: Image, transform: Transform, kernels: Kernels): Uint16Array {
  if (transform.name === 'log1p') return kernels.log1pQuantise(level, transform.constants['ceiling']!);
  return quantise(transform.forward(level.data));
}

function diskOf({ centreX, centreY, radiusArcsec, arcsecPerPixel }: Pointing): DiskPlace | undefined {
  return radiusArcsec === undefined
    ? undefined
    : { centreX, centreY, radiusPixels: radiusArcsec / arcsecPerPixel };
}
