/** One frame from pixels as read to the 16-bit levels of the dataset; pure, so that any thread can do it. */
import { boxReduceTo, buildPyramid, createImage, type Image } from '../numeric/index.ts';
import { fillHoles, fillWith } from './holes.ts';
import { type DiskPlace, type Measurements, measureRaw, measureRegistered } from './measure/index.ts';
import { type Pointing, register, registeredScale } from './register.ts';
import { quantise, type Transform } from './transforms/index.ts';

/** The smallest level: what the first block of a progressive generator makes. */
export const SMALLEST_SIZE = 4;

export interface PrepareTask {
  exposureSeconds: number;
  /** null: the values are no counts, they stay as they are. */
  nominalExposureSeconds: number | null;
  /** Undefined: the header does not say, the frame is taken as registered. */
  pointing: Pointing | undefined;
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

/**
 * exposure -> fill -> register -> clip -> 2x2 means in linear values -> transform -> 16 bits. The averages are made of
 * unquantised linear values, so each level is within one step of the mean of the one above.
 */
export function prepareFrame(raw: Image, transform: Transform, task: PrepareTask): PreparedFrame {
  const steps: string[] = [];
  const { pointing } = task;
  const shares = measureRaw(raw, pointing && diskOf(pointing), task.blankBeyondLimb);
  let normalised = raw;
  if (task.nominalExposureSeconds !== null) {
    normalised = scale(raw, task.nominalExposureSeconds / task.exposureSeconds);
    steps.push(`exposure ${task.exposureSeconds} s to ${task.nominalExposureSeconds} s`);
  }

  const filled = task.blankBeyondLimb ? fillWith(normalised, 0) : fillHoles(normalised);
  if (filled !== normalised) steps.push('filled pixels without a value');

  const { image, resampled } = task.pointing
    ? register(filled, task.pointing)
    : { image: filled, resampled: false };
  if (resampled) steps.push('registered by one cubic resample');

  const clipped = clip(image, transform.domain);
  const radius = pointing?.radiusArcsec && pointing.radiusArcsec / registeredScale(image.width);
  const levels = buildPyramid(boxReduceTo(clipped, task.size), SMALLEST_SIZE);
  return {
    levels: levels.map((level) => quantise(transform.forward(level.data))),
    measurements: { ...shares, ...measureRegistered(image, radius) },
    steps,
  };
}

function diskOf({ centreX, centreY, radiusArcsec, arcsecPerPixel }: Pointing): DiskPlace | undefined {
  return radiusArcsec === undefined
    ? undefined
    : { centreX, centreY, radiusPixels: radiusArcsec / arcsecPerPixel };
}

function scale({ width, height, data }: Image, factor: number): Image {
  return createImage(
    width,
    height,
    data.map((value) => value * factor),
  );
}

function clip({ width, height, data }: Image, [low, high]: readonly [number, number]): Image {
  return createImage(
    width,
    height,
    data.map((value) => (value < low ? low : value > high ? high : value)),
  );
}
