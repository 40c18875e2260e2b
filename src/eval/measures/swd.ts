/**
 * Sliced Wasserstein distance between two sets of pictures, as PG-GAN defines it (Karras et al. 2018, arXiv
 * 1710.10196, section 5): per level of a Laplacian pyramid, 7x7 neighbourhoods are drawn at random, each set is
 * normalised per channel by its own mean and standard deviation, and the distance is the mean over random directions
 * of the Wasserstein-1 distance of the projections. Because each set is normalised by itself, a wrong brightness or
 * contrast of a whole level does not show; the solar metrics are for that.
 */
import type { Random } from '../../numeric/random.ts';
import { columnTransport, createGridScratch, FEWEST_FOR_GRID } from './column-transport.ts';
import type { Planes } from './laplacian.ts';
import { createSortScratch, sortFloats } from './sort.ts';

export const PATCH_SIZE = 7;
export const PATCHES_PER_IMAGE = 128;
export const DIRECTION_REPEATS = 4;
export const DIRECTIONS_PER_REPEAT = 128;
/** The coarsest level that is compared. */
const SMALLEST_LEVEL = 16;
const AREA = PATCH_SIZE * PATCH_SIZE;
const RADIUS = PATCH_SIZE >> 1;

/** Centres of patches, one row an image: `x[image * patches + patch]`. */
export interface PatchCentres {
  readonly x: Uint16Array;
  readonly y: Uint16Array;
}

/** Sizes compared for pictures of `size`: size, size/2, ... down to 16. Empty below 16. */
export function swdLevels(size: number): number[] {
  const levels: number[] = [];
  for (let level = size; level >= SMALLEST_LEVEL && Number.isInteger(level); level /= 2) levels.push(level);
  return levels;
}

export function drawPatchCentres(
  random: Random,
  images: number,
  size: number,
  patches = PATCHES_PER_IMAGE,
): PatchCentres {
  const draw = () =>
    Uint16Array.from({ length: images * patches }, () => RADIUS + random.int(size - 2 * RADIUS));
  return { x: draw(), y: draw() };
}

/** Unit columns: `[dimension][directions]`, float32. */
export function drawDirections(
  random: Random,
  dimension: number,
  directions = DIRECTIONS_PER_REPEAT,
): Float32Array {
  const draws = Float64Array.from({ length: dimension * directions }, () => random.normal());
  const result = new Float32Array(dimension * directions);
  for (let column = 0; column < directions; column++) {
    let squares = 0;
    for (let row = 0; row < dimension; row++) squares += draws[row * directions + column] ** 2;
    const scale = 1 / Math.sqrt(squares);
    for (let row = 0; row < dimension; row++) {
      result[row * directions + column] = draws[row * directions + column] * scale;
    }
  }
  return result;
}

/**
 * Writes descriptors of a batch of images behind each other into `target`, from descriptor `firstDescriptor` on.
 * Components are [channel][dx][dy], x before y, as in the original.
 */
export function copyDescriptors(
  planes: Planes,
  channels: number,
  centres: PatchCentres,
  target: Float32Array,
  firstDescriptor: number,
): void {
  const { size, data } = planes;
  const images = planes.count / channels;
  const patches = centres.x.length / images;
  let write = firstDescriptor * channels * AREA;
  for (let image = 0; image < images; image++) {
    for (let patch = 0; patch < patches; patch++) {
      const x0 = centres.x[image * patches + patch] - RADIUS;
      const y0 = centres.y[image * patches + patch] - RADIUS;
      for (let channel = 0; channel < channels; channel++) {
        const corner = ((image * channels + channel) * size + y0) * size + x0;
        for (let dx = 0; dx < PATCH_SIZE; dx++) {
          for (let dy = 0; dy < PATCH_SIZE; dy++) target[write++] = data[corner + dy * size + dx];
        }
      }
    }
  }
}

/** Subtracts mean and divides by the population standard deviation of each channel over all descriptors, in place. */
export function normaliseDescriptors(descriptors: Float32Array, channels: number): void {
  const width = channels * AREA;
  const count = descriptors.length / width;
  for (let channel = 0; channel < channels; channel++) {
    let sum = 0;
    for (let row = 0; row < count; row++) {
      const start = row * width + channel * AREA;
      for (let i = start; i < start + AREA; i++) sum += descriptors[i];
    }
    const mean = sum / (count * AREA);
    let squares = 0;
    for (let row = 0; row < count; row++) {
      const start = row * width + channel * AREA;
      for (let i = start; i < start + AREA; i++) squares += (descriptors[i] - mean) ** 2;
    }
    const deviation = Math.sqrt(squares / (count * AREA));
    // A level without any variation (a flat picture) has nothing to normalise; dividing would make it NaN.
    const scale = deviation > 0 ? 1 / deviation : 1;
    for (let row = 0; row < count; row++) {
      const start = row * width + channel * AREA;
      for (let i = start; i < start + AREA; i++) descriptors[i] = (descriptors[i] - mean) * scale;
    }
  }
}

/** Projections [columns, descriptors] of descriptors [descriptors, dimension] onto directions [dimension, columns]. */
export type Project = (
  descriptors: Float32Array,
  directions: Float32Array,
  dimension: number,
) => Float32Array | Promise<Float32Array>;

/**
 * Sum over the columns ([column][descriptor], `count` descriptors each) of the mean absolute difference of the sorted
 * values. May sort in place.
 */
export type CompareColumns = (a: Float32Array, b: Float32Array, count: number) => number | Promise<number>;

/** What the distance is made of; each part has a plain form here and a faster one elsewhere. */
export interface SlicedWork {
  readonly project: Project;
  readonly compare: CompareColumns;
}

/**
 * Mean over the columns of `directions` ([dimension][columns]) of the mean absolute difference of sorted projections.
 * Both sets must have the same number of descriptors.
 */
export async function slicedDistance(
  a: Float32Array,
  b: Float32Array,
  directions: Float32Array,
  dimension: number,
  { project, compare }: SlicedWork = { project: projectByLoop, compare: compareByLoop },
): Promise<number> {
  const projectedA = await project(a, directions, dimension);
  const projectedB = await project(b, directions, dimension);
  return (await compare(projectedA, projectedB, a.length / dimension)) / (directions.length / dimension);
}

export function compareByLoop(a: Float32Array, b: Float32Array, count: number): number {
  const distance = count < FEWEST_FOR_GRID ? sortedDifference(count) : gridDifference(count);
  let total = 0;
  for (let begin = 0; begin < a.length; begin += count)
    total += distance(a.subarray(begin, begin + count), b.subarray(begin, begin + count));
  return total;
}

type ColumnDistance = (a: Float32Array, b: Float32Array) => number;

function gridDifference(count: number): ColumnDistance {
  const scratch = createGridScratch(count);
  return (a, b) => columnTransport(a, b, scratch);
}

/** As defined; sorts in place. */
export function sortedDifference(count: number): ColumnDistance {
  const scratch = createSortScratch(count);
  return (a, b) => {
    sortFloats(a, scratch);
    sortFloats(b, scratch);
    let sum = 0;
    for (let i = 0; i < count; i++) sum += Math.abs(a[i] - b[i]);
    return sum / count;
  };
}

/** Sums in float64: the reference that a faster projection is held against. */
export const projectByLoop: Project = (descriptors, directions, dimension) => {
  const count = descriptors.length / dimension;
  const columns = directions.length / dimension;
  const result = new Float32Array(columns * count);
  const direction = new Float32Array(dimension);
  for (let column = 0; column < columns; column++) {
    for (let i = 0; i < dimension; i++) direction[i] = directions[i * columns + column];
    for (let row = 0, at = 0; row < count; row++) {
      let sum = 0;
      for (let i = 0; i < dimension; i++) sum += descriptors[at++] * direction[i];
      result[column * count + row] = sum;
    }
  }
  return result;
};
