/** SWD as a row of the table: which sets are compared, with which draws, and what is said beside the number. */
import { throwIfStopped } from '../../core/effects.ts';
import { createRandom } from '../../numeric/random.ts';
import { forEachBatch, type ImageSet, toBytes } from '../image-set.ts';
import { laplacianPyramid } from '../measures/laplacian.ts';
import {
  copyDescriptors,
  DIRECTION_REPEATS,
  drawDirections,
  drawPatchCentres,
  normaliseDescriptors,
  PATCHES_PER_IMAGE,
  type SlicedWork,
  slicedDistance,
  swdLevels,
} from '../measures/swd.ts';
import { floorsOf, type Metric, type MetricInput, type MetricOutcome } from '../metric.ts';
import type { Score } from '../scores.ts';
import { createSlicedEngine } from '../sliced/index.ts';

const DESCRIPTOR_AREA = 49;
/** PG-GAN's own number is 16,384; below this the floor is so high that small differences drown. */
const FEW_IMAGES = 1024;

export const swd: Metric = {
  title: 'Sliced Wasserstein distance',
  summary: 'distance of 7x7 patches per level of a Laplacian pyramid, times 1000 (PG-GAN)',
  unfit({ width, height }) {
    if (width !== height) return `needs square pictures, these are ${width}x${height}`;
    const levels = swdLevels(width);
    if (levels.length === 0) return `needs 16 pixels or more, these have ${width}`;
    return width & (width - 1) ? `needs a power of two as size, these have ${width}` : undefined;
  },
  compute: computeSwd,
};

async function computeSwd(input: MetricInput): Promise<MetricOutcome> {
  const engine = await createSlicedEngine();
  try {
    return await compareWith(input, engine);
  } finally {
    await engine.close();
  }
}

async function compareWith(input: MetricInput, work: SlicedWork): Promise<MetricOutcome> {
  const { real, fake, pairs, seed } = input;
  const levels = swdLevels(real.width);
  // Every comparison is done the same way; floors only differ in what stands on the two sides.
  const distances: number[][] = [];
  for (const [a, b] of [[real, fake], ...pairs.map((pair) => [pair.a, pair.b])]) {
    throwIfStopped(input.effects.signal);
    distances.push(await swdOfSets(a, b, seed, work));
    input.progress(`${a.label} / ${b.label}`);
  }
  const [own, ...floors] = distances;
  const score = (key: string, label: string, pick: (row: number[]) => number): Score => ({
    key: `swd.${key}`,
    label: `SWD ${label}`,
    value: pick(own),
    unit: 'x 10⁻³',
    sense: 'lower',
    floors: floorsOf(pairs, floors.map(pick)),
  });
  const mean = (row: number[]) => row.reduce((sum, value) => sum + value, 0) / row.length;
  return {
    variant: `PG-GAN, ${real.channels === 1 ? 'gray native' : `${real.channels} channels`}, 8-bit, ${PATCHES_PER_IMAGE} patches an image, ${DIRECTION_REPEATS} x 128 directions`,
    scores: [
      ...levels.map((size, level) => score(String(size), `at ${size} x ${size}`, (row) => row[level])),
      score('mean', 'mean of levels', mean),
    ],
    warnings:
      real.count < FEW_IMAGES
        ? [
            `SWD of ${real.count} pictures a side: compare it with its floor only, not with numbers from ${FEW_IMAGES} pictures or more`,
          ]
        : [],
  };
}

/** Distance x 1000 per level, finest first. Both sides have the same count; draws depend on `seed` alone. */
export async function swdOfSets(
  a: ImageSet,
  b: ImageSet,
  seed: number,
  work?: SlicedWork,
): Promise<number[]> {
  const levels = swdLevels(a.width);
  const random = createRandom(`swd/${seed}`);
  const first = await describe(a, levels, random.fork('a'));
  const second = await describe(b, levels, random.fork('b'));
  const dimension = a.channels * DESCRIPTOR_AREA;
  const result: number[] = [];
  for (const [level, size] of levels.entries()) {
    let sum = 0;
    for (let repeat = 0; repeat < DIRECTION_REPEATS; repeat++) {
      const directions = drawDirections(random.fork(`${size}/${repeat}`), dimension);
      sum += await slicedDistance(first[level], second[level], directions, dimension, work);
    }
    result.push((1000 * sum) / DIRECTION_REPEATS);
  }
  return result;
}

/** Normalised descriptors per level. */
async function describe(
  set: ImageSet,
  levels: readonly number[],
  random: ReturnType<typeof createRandom>,
): Promise<Float32Array[]> {
  const width = set.channels * DESCRIPTOR_AREA;
  const descriptors = levels.map(() => new Float32Array(set.count * PATCHES_PER_IMAGE * width));
  await forEachBatch(set, (batch, first) => {
    const images = batch.length / (set.channels * set.width * set.height);
    const planes = { size: set.width, count: images * set.channels, data: toBytes(batch) };
    laplacianPyramid(planes, levels.length).forEach((plane, level) => {
      const centres = drawPatchCentres(random, images, plane.size);
      copyDescriptors(plane, set.channels, centres, descriptors[level], first * PATCHES_PER_IMAGE);
    });
  });
  for (const level of descriptors) normaliseDescriptors(level, set.channels);
  return descriptors;
}
