/**
 * What a frame is compared with others by. Made of the 16-bit levels as they are stored, so that a later run, which reads
 * them from the dataset, compares the same numbers.
 */
import { createImage, sampleLinear } from '../../numeric/index.ts';

export interface Fingerprint {
  /** Perceptual hash of 48 bits: which of two neighbouring cells of the disk is the brighter. Equal for copies. */
  hash: number;
  /** The level whose differences tell a copy from the same Sun a minute later. */
  small: Uint16Array;
  /** Rings around disk centre, for the roll; undefined where the dataset is too small for it. */
  polar: Float32Array | undefined;
}

/** Sides of the levels that are looked at. */
export interface FingerprintSizes {
  hash: number;
  small: number;
  polar: number | undefined;
}

const HASH_SIZE = 16;
const SMALL_SIZE = 32;
const POLAR_SIZES = [128, 64];

/** Undefined where a dataset has no level that the hash can be made of. */
export function fingerprintSizes(levels: readonly number[]): FingerprintSizes | undefined {
  if (!levels.includes(HASH_SIZE)) return undefined;
  return {
    hash: HASH_SIZE,
    small: levels.includes(SMALL_SIZE) ? SMALL_SIZE : HASH_SIZE,
    polar: POLAR_SIZES.find((size) => levels.includes(size)),
  };
}

export function fingerprintOf(sizes: FingerprintSizes, level: (size: number) => Uint16Array): Fingerprint {
  return {
    hash: hashOf(level(sizes.hash)),
    small: level(sizes.small),
    polar: sizes.polar === undefined ? undefined : ringsOf(level(sizes.polar), sizes.polar),
  };
}

/** Cells of the 16 x 16 level that lie on the disk: 8 rows, 7 columns. */
const FIRST_CELL = 4;
const HASH_ROWS = 8;
const HASH_COLUMNS = 6;

function hashOf(values: Uint16Array): number {
  let hash = 0;
  for (let row = FIRST_CELL; row < FIRST_CELL + HASH_ROWS; row++) {
    for (let column = FIRST_CELL; column < FIRST_CELL + HASH_COLUMNS; column++) {
      const at = row * HASH_SIZE + column;
      hash = hash * 2 + (values[at]! < values[at + 1]! ? 1 : 0);
    }
  }
  return hash;
}

/** Steps of 2 degrees. */
const ANGLES = 180;
const RINGS = 14;
/** Of the mean solar radius: from inside the activity belts to the loops above the limb. */
const INNERMOST = 0.4;
const OUTERMOST = 1.1;
/** Of the mean radius, in shares of a registered frame's width. */
const RADIUS_SHARE = 0.39;

/** In standard deviations of a ring: what stands out more, a flare above all, counts as so much. */
const CLIP = 1.5;

/** Rings of values, each without its mean and clipped, all together of length 1. */
function ringsOf(values: Uint16Array, size: number): Float32Array {
  const image = createImage(size, size, Float32Array.from(values));
  const middle = (size - 1) / 2;
  const rings = new Float32Array(RINGS * ANGLES);
  let power = 0;
  for (let ring = 0; ring < RINGS; ring++) {
    const radius = RADIUS_SHARE * size * (INNERMOST + ((OUTERMOST - INNERMOST) * ring) / (RINGS - 1));
    const part = rings.subarray(ring * ANGLES, (ring + 1) * ANGLES);
    let mean = 0;
    for (let k = 0; k < ANGLES; k++) {
      const angle = (2 * Math.PI * k) / ANGLES;
      part[k] = sampleLinear(image, middle + radius * Math.cos(angle), middle + radius * Math.sin(angle));
      mean += part[k]! / ANGLES;
    }
    let variance = 0;
    for (let k = 0; k < ANGLES; k++) variance += (part[k]! - mean) ** 2 / ANGLES;
    const limit = CLIP * Math.sqrt(variance);
    for (let k = 0; k < ANGLES; k++) {
      part[k] = Math.max(-limit, Math.min(limit, part[k]! - mean));
      power += part[k]! ** 2;
    }
  }
  const norm = Math.sqrt(power) || 1;
  return rings.map((value) => value / norm);
}

export interface Roll {
  /** By how much the second lies turned against the first, counterclockwise. */
  degrees: number;
  /** At that angle: 1 for equal pictures. */
  correlation: number;
  /** The best that is reached by less than a few degrees. */
  upright: number;
}

/** Steps either way that count as upright: the Sun's own rotation moves what is seen, too. */
const UPRIGHT_STEPS = 1;

export function rollBetween(first: Float32Array, second: Float32Array): Roll {
  const correlations = new Float64Array(ANGLES);
  for (let shift = 0; shift < ANGLES; shift++) {
    let sum = 0;
    for (let start = 0; start < first.length; start += ANGLES) {
      const seam = ANGLES - shift;
      for (let k = 0; k < seam; k++) sum += first[start + k]! * second[start + k + shift]!;
      for (let k = seam; k < ANGLES; k++) sum += first[start + k]! * second[start + k - seam]!;
    }
    correlations[shift] = sum;
  }
  const best = correlations.indexOf(Math.max(...correlations));
  const degrees = (360 / ANGLES) * (best > ANGLES / 2 ? best - ANGLES : best);
  const nearZero = [...correlations.slice(0, UPRIGHT_STEPS + 1), ...correlations.slice(-UPRIGHT_STEPS)];
  return { degrees, correlation: correlations[best]!, upright: Math.max(...nearZero) };
}

/** Standard deviation of the difference, in steps of 16 bits: another exposure time, a factor, is none behind a logarithm. */
export function differenceInSteps(first: Uint16Array, second: Uint16Array): number {
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < first.length; i++) {
    const difference = first[i]! - second[i]!;
    sum += difference;
    squares += difference ** 2;
  }
  const mean = sum / first.length;
  return Math.sqrt(Math.max(0, squares / first.length - mean ** 2));
}
