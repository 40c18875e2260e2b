/** One frame from pixels as read to the 16-bit levels of the dataset; pure, so that any thread can do it. */
import { boxReduceTo, buildPyramid, createImage, type Image } from '../numeric/index.ts';
import { fillHoles } from './holes.ts';
import { type Measurements, measureLevel, measureRaw } from './measure.ts';
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
  const shares = measureRaw(raw);
  let normalised = raw;
  if (task.nominalExposureSeconds !== null) {
    normalised = scale(raw, task.nominalExposureSeconds / task.exposureSeconds);
    steps.push(`exposure ${task.exposureSeconds} s to ${task.nominalExposureSeconds} s`);
  }

  const filled = fillHoles(normalised);
  if (filled !== normalised) steps.push(`filled ${(100 * shares.missingShare).toFixed(4)} % of the pixels`);

  const { image, resampled } = task.pointing
    ? register(filled, task.pointing)
    : { image: filled, resampled: false };
  if (resampled) steps.push('registered by one cubic resample');

  const top = boxReduceTo(clip(image, transform.domain), task.size);
  const radius = task.pointing?.radiusArcsec;
  const levels = buildPyramid(top, SMALLEST_SIZE);
  return {
    levels: levels.map((level) => quantise(transform.forward(level.data))),
    measurements: { ...shares, ...measureLevel(top, radius && radius / registeredScale(task.size)) },
    steps,
  };
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
