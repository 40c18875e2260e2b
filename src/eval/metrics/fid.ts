/**
 * FID: Frechet distance of Inception features (Heusel et al. 2017, arXiv 1706.08500); FID-infinity: its value at
 * endlessly many pictures by a straight line in 1/N (Chong & Forsyth 2020, arXiv 1911.07023); patch-FID: FID of
 * random crops, which sees fine scales that the whole picture hides (arXiv 2304.07169).
 */
import { throwIfStopped } from '../../core/effects.ts';
import { createRandom, type Random } from '../../numeric/random.ts';
import { type ImageSet, randomCrops } from '../image-set.ts';
import { intervalAround, LEVEL, resample } from '../measures/bootstrap.ts';
import { frechetDistance } from '../measures/frechet.ts';
import { principalComponents, principalScores } from '../measures/principal.ts';
import { type FeatureStatistics, statisticsOf } from '../measures/statistics.ts';
import {
  countVariant,
  countWords,
  floorsOf,
  type Metric,
  type MetricInput,
  type MetricOutcome,
} from '../metric.ts';
import type { Interval, Score } from '../scores.ts';

/** What the field takes; a difference between tools of the same network is smaller than the bias at a tenth of it. */
const USUAL_COUNT = 50_000;
const REPLICAS = 200;
/** Bootstrap replicas are taken in so many leading components: they carry nearly all of the distance. */
const LEADING = 48;
const INFINITY_SIZES = 15;
const PATCH_SIZES = [64, 128, 256];

export const fid: Metric = {
  title: 'FID',
  summary: 'Frechet distance of Inception features',
  needsFeatures: true,
  takesUnequal: true,
  unfit: ({ count }) => (count < 2 ? 'needs two pictures or more' : undefined),
  async compute(input) {
    const score = await fidScore(input, 'fid', 'FID', input);
    return { variant: variantOf(input), scores: [score], warnings: countWarnings(input) };
  },
};

export const patchFid: Metric = {
  title: 'patch-FID',
  summary: 'FID of random crops of 64, 128 and 256 pixels, at the same places on both sides',
  needsFeatures: true,
  takesUnequal: true,
  unfit: ({ width, height }) =>
    Math.min(width, height) < PATCH_SIZES[0]
      ? `needs ${PATCH_SIZES[0]} pixels or more, these have ${width}`
      : undefined,
  async compute(input) {
    const scores: Score[] = [];
    for (const size of PATCH_SIZES.filter((size) => size <= Math.min(input.real.width, input.real.height))) {
      throwIfStopped(input.effects.signal);
      const crop = (set: MetricInput['real']) => randomCrops(set, size, input.seed);
      const pairs = input.pairs.map((pair) => ({ ...pair, a: crop(pair.a), b: crop(pair.b) }));
      const sides = { real: crop(input.real), fake: crop(input.fake), pairs };
      scores.push(await fidScore(input, `patch-fid.${size}`, `patch-FID ${size}`, sides));
    }
    return { variant: `${variantOf(input)}, one crop a picture`, scores, warnings: countWarnings(input) };
  },
};

export const fidInfinity: Metric = {
  title: 'FID-infinity',
  summary: 'FID extrapolated to endlessly many generated pictures, from 15 sizes',
  needsFeatures: true,
  takesUnequal: true,
  unfit: ({ count }) =>
    count < 20 * INFINITY_SIZES
      ? `needs ${20 * INFINITY_SIZES} pictures or more, there are ${count}`
      : undefined,
  compute: extrapolate,
};

type Sides = Pick<MetricInput, 'real' | 'fake' | 'pairs'>;

async function fidScore(
  input: MetricInput,
  key: string,
  label: string,
  { real, fake, pairs }: Sides,
): Promise<Score> {
  const book = input.features!;
  const from = async (a: ImageSet, b: ImageSet, ofB: () => Promise<FeatureStatistics>) => {
    throwIfStopped(input.effects.signal);
    input.progress(`${a.label} / ${b.label}`);
    return (await frechetDistance(await book.statistics(a), await ofB(), book.product)).distance;
  };
  // Reals come again with the next checkpoint; what was generated does not.
  const value = await from(real, fake, async () =>
    statisticsOf(await book.of(fake), book.dimension, book.product),
  );
  const floors: number[] = [];
  for (const { a, b } of pairs) floors.push(await from(a, b, () => book.statistics(b)));
  const random = createRandom(`${key}/${input.seed}`);
  return {
    key,
    label,
    value,
    unit: '',
    sense: 'lower',
    interval: await fidInterval(value, await book.of(real), await book.of(fake), book.dimension, random),
    floors: floorsOf(pairs, floors),
  };
}

async function fidInterval(
  value: number,
  real: Float32Array,
  fake: Float32Array,
  dimension: number,
  random: Random,
): Promise<Interval> {
  const joint = new Float32Array(real.length + fake.length);
  joint.set(real);
  joint.set(fake, real.length);
  const principal = principalComponents(joint, dimension, LEADING, random.fork('components'));
  const width = principal.variances.length;
  const [a, b] = [real, fake].map((features) => principalScores(features, principal));
  const draw = (scores: Float32Array) => {
    const chosen = resample(scores.length / width, random);
    const result = new Float32Array(scores.length);
    chosen.forEach((row, i) => {
      result.set(scores.subarray(row * width, (row + 1) * width), i * width);
    });
    return statisticsOf(result, width);
  };
  const replicas: number[] = [];
  for (let i = 0; i < REPLICAS; i++)
    replicas.push((await frechetDistance(await draw(a), await draw(b))).distance);
  return {
    ...intervalAround(value, replicas),
    level: LEVEL,
    method: `bootstrap of both sides, ${REPLICAS} replicas in ${width} leading components`,
  };
}

async function extrapolate(input: MetricInput): Promise<MetricOutcome> {
  const book = input.features!;
  const real = await book.statistics(input.real);
  const fake = await book.of(input.fake);
  const random = createRandom(`fid-infinity/${input.seed}`);
  const count = input.fake.count;
  const points: { x: number; y: number }[] = [];
  for (let i = 0; i < INFINITY_SIZES; i++) {
    throwIfStopped(input.effects.signal);
    const size = Math.round(count * (0.1 + (0.9 * i) / (INFINITY_SIZES - 1)));
    const rows = random.shuffle(Uint32Array.from({ length: count }, (_, k) => k)).subarray(0, size);
    const chosen = new Float32Array(size * book.dimension);
    rows.forEach((row, k) => {
      chosen.set(fake.subarray(row * book.dimension, (row + 1) * book.dimension), k * book.dimension);
    });
    const part = await statisticsOf(chosen, book.dimension, book.product);
    points.push({ x: 1 / size, y: (await frechetDistance(real, part, book.product)).distance });
    input.progress(`${size} pictures`);
  }
  const { intercept } = fitLine(points);
  const replicas = Array.from({ length: REPLICAS }, () =>
    fitLine(Array.from(resample(points.length, random), (i) => points[i])),
  );
  // A draw that takes one point only is no line.
  const intercepts = replicas.map((line) => line.intercept).filter(Number.isFinite);
  return {
    variant: `${variantOf(input)}, ${INFINITY_SIZES} sizes from ${Math.round(0.1 * count)} to ${count}`,
    scores: [
      {
        key: 'fid-infinity',
        label: 'FID at infinitely many',
        value: intercept,
        unit: '',
        sense: 'lower',
        interval: {
          ...intervalAround(intercept, intercepts),
          level: LEVEL,
          method: `bootstrap of the ${INFINITY_SIZES} points of the line`,
        },
        floors: [],
      },
    ],
    warnings: countWarnings(input),
    curves: [
      {
        key: 'fid-infinity',
        title: 'FID by the number of generated pictures',
        xLabel: 'generated pictures',
        yLabel: 'FID',
        xLog: true,
        yLog: false,
        series: [{ name: 'FID', x: points.map(({ x }) => 1 / x), y: points.map(({ y }) => y) }],
      },
    ],
  };
}

/** Least squares. */
export function fitLine(points: readonly { x: number; y: number }[]): { intercept: number; slope: number } {
  const mean = (pick: (point: { x: number; y: number }) => number) =>
    points.reduce((sum, point) => sum + pick(point), 0) / points.length;
  const [mx, my] = [mean(({ x }) => x), mean(({ y }) => y)];
  const slope =
    points.reduce((sum, { x, y }) => sum + (x - mx) * (y - my), 0) /
    points.reduce((sum, { x }) => sum + (x - mx) ** 2, 0);
  return { slope, intercept: my - slope * mx };
}

function variantOf(input: MetricInput): string {
  return `${input.features!.variant}${countVariant(input)}`;
}

function countWarnings(input: MetricInput): string[] {
  const { real, fake, features } = input;
  if (Math.min(real.count, fake.count) <= features!.dimension)
    return [
      `FID from ${countWords(input)}: the covariance of ${features!.dimension} features is singular; compare with the floor only`,
    ];
  // The usual protocol takes so many generated pictures, and all reals there are.
  if (fake.count < USUAL_COUNT)
    return [
      `FID is biased upwards for few pictures: ${countWords(input)} are not comparable with published numbers from 50,000`,
    ];
  return [];
}
