/** KID, precision and recall, density and coverage, Inception score: all on the same features as FID. */
import { throwIfStopped } from '../../core/effects.ts';
import { createRandom } from '../../numeric/random.ts';
import type { ImageSet } from '../image-set.ts';
import { intervalOfMean, LEVEL } from '../measures/bootstrap.ts';
import { inceptionScore, SPLITS } from '../measures/inception-score.ts';
import { type KernelDistance, kernelDistance, SUBSET_SIZE, SUBSETS } from '../measures/kernel-distance.ts';
import { type SupportScores, supportScores } from '../measures/neighbours.ts';
import { countVariant, floorsOf, type Metric } from '../metric.ts';
import type { Interval, Score } from '../scores.ts';

const REPLICAS = 500;
const NEIGHBOURS = 3;
/** A split of fewer says hardly more than that every picture is itself. */
const FEWEST_A_SPLIT = 10;
/** Standard deviations that hold 95 % of a normal distribution. */
const NORMAL_TAIL = 1.96;

export const kid: Metric = {
  title: 'KID',
  summary: 'kernel distance of Inception features, unbiased, times 1000',
  needsFeatures: true,
  takesUnequal: true,
  unfit: ({ count }) => (count < 2 ? 'needs two pictures or more' : undefined),
  async compute({ real, fake, pairs, seed, effects, features, progress }) {
    const book = features!;
    const between = async (a: ImageSet, b: ImageSet) => {
      throwIfStopped(effects.signal);
      progress(`${a.label} / ${b.label}`);
      return kernelDistance(await book.of(a), await book.of(b), book.dimension, createRandom(`kid/${seed}`), {
        product: book.product,
      });
    };
    const own = await between(real, fake);
    const floors: number[] = [];
    for (const { a, b } of pairs) floors.push(1000 * (await between(a, b)).mean);
    const score: Score = {
      key: 'kid',
      label: 'KID',
      value: 1000 * own.mean,
      unit: 'x 10⁻³',
      sense: 'lower',
      ...(Number.isFinite(own.standardError) && { interval: kidInterval(own) }),
      floors: floorsOf(pairs, floors),
    };
    return {
      variant: `${book.variant}, cubic kernel, ${own.subsets === 1 ? 'one set' : `${own.subsets} subsets`} of ${own.subsetSize}${countVariant({ real, fake })}`,
      scores: [score],
      warnings:
        own.subsetSize < SUBSET_SIZE
          ? [
              `KID from ${own.subsetSize} pictures a side; the field takes ${SUBSETS} subsets of ${SUBSET_SIZE}`,
            ]
          : [],
    };
  },
};

function kidInterval({ mean, standardError }: KernelDistance): Interval {
  return {
    low: 1000 * (mean - NORMAL_TAIL * standardError),
    high: 1000 * (mean + NORMAL_TAIL * standardError),
    level: LEVEL,
    method: 'jackknife over pictures, normal',
  };
}

const SUPPORT: readonly { key: keyof SupportScores['parts']; label: string }[] = [
  { key: 'precision', label: 'precision' },
  { key: 'recall', label: 'recall' },
  { key: 'density', label: 'density' },
  { key: 'coverage', label: 'coverage' },
];

export const support: Metric = {
  title: 'Precision, recall, density, coverage',
  summary: 'support of both sets by their nearest neighbours in Inception features',
  needsFeatures: true,
  takesUnequal: true,
  unfit: ({ count }) => (count <= NEIGHBOURS ? `needs more than ${NEIGHBOURS} pictures` : undefined),
  async compute({ real, fake, pairs, seed, effects, features }) {
    const book = features!;
    const between = async (a: ImageSet, b: ImageSet) => {
      throwIfStopped(effects.signal);
      return supportScores(await book.of(a), await book.of(b), book.dimension, NEIGHBOURS, book.product);
    };
    const own = await between(real, fake);
    const floors: SupportScores[] = [];
    for (const { a, b } of pairs) floors.push(await between(a, b));
    const fewest = Math.min(real.count, fake.count);
    return {
      variant: `${book.variant}, k = ${NEIGHBOURS}${countVariant({ real, fake })}`,
      scores: SUPPORT.map(
        ({ key, label }): Score => ({
          key: `support.${key}`,
          label,
          value: own[key],
          unit: '',
          sense: 'higher',
          interval: {
            ...intervalOfMean(own.parts[key], createRandom(`${key}/${seed}`), REPLICAS),
            level: LEVEL,
            method: 'bootstrap of one side, neighbours kept',
          },
          floors: floorsOf(
            pairs,
            floors.map((scores) => scores[key]),
          ),
        }),
      ),
      warnings:
        fewest < 1000 ? [`nearest neighbours among ${fewest} pictures: compare with the floor only`] : [],
    };
  },
};

export const inception: Metric = {
  title: 'Inception score',
  summary: 'exp of the mean divergence of the classes; made for photographs, of little meaning on the Sun',
  needsFeatures: true,
  takesUnequal: true,
  unfit: ({ count }) =>
    count < FEWEST_A_SPLIT * SPLITS
      ? `needs ${FEWEST_A_SPLIT * SPLITS} pictures or more (${SPLITS} splits), there are ${count}`
      : undefined,
  async compute({ real, fake, seed, features }) {
    const book = features!;
    const of = async (set: ImageSet) =>
      inceptionScore(await book.of(set), book.classifier, book.dimension, createRandom(`is/${seed}`));
    const [own, reference] = [await of(fake), await of(real)];
    return {
      variant: `${book.variant}, 1008 classes without bias, ${own.splits} splits${countVariant({ real, fake })}`,
      scores: [
        {
          key: 'inception-score',
          label: 'Inception score',
          value: own.mean,
          unit: '',
          sense: 'match',
          reference: reference.mean,
          interval: {
            ...intervalOfMean(own.perSplit, createRandom(`is-interval/${seed}`), REPLICAS),
            level: LEVEL,
            method: `bootstrap over ${own.splits} splits`,
          },
          floors: [],
        },
      ],
      warnings: ['the Inception score knows no Sun: it is here for comparison with old papers only'],
    };
  },
};
