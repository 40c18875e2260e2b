/**
 * Judges one set of pictures against another: every metric of the list, beside the reals' own floors. Counts are equal on
 * both sides, but for metrics that published protocols compute from more generated pictures than there are reals.
 */
import { type Effects, throwIfStopped } from '../core/effects.ts';
import { SunganError } from '../core/errors.ts';
import { createRandom } from '../numeric/random.ts';
import type { FeatureBook } from './features.ts';
import { type Counts, realPairs } from './floor-pairs.ts';
import { encodeGallery, type Gallery } from './gallery.ts';
import { assertSameShape, finiteOnly, hold, type ImageSet, rangeOf, sample } from './image-set.ts';
import { fitsNetwork } from './inception/variants.ts';
import type { Linear, Metric, MetricSettings, RealPair } from './metric.ts';
import { METRICS, type MetricName } from './metrics.ts';
import type { MetricResult } from './scores.ts';

export interface Comparison {
  /** What the pictures are judged against: the test split. */
  real: ImageSet;
  fake: ImageSet;
  /** More pictures of the generator behind `fake` than there are reals, for metrics that take unequal counts. */
  moreFakes?: ImageSet | undefined;
  /** Reals that were not set aside for the test (the training split), for the first floor. */
  otherReals?: ImageSet | undefined;
  metrics: readonly MetricName[];
  /** Pictures a side at most. Where one side has fewer, so has the other, except in metrics that take unequal counts. */
  count: number;
  seed: number;
  settings: MetricSettings;
  linear?: Linear | undefined;
  features?: FeatureBook | undefined;
  /** All training frames, for memorisation. */
  training?: ImageSet | undefined;
}

export interface ComparisonResult {
  /** Pictures of each side; where some metrics have counts of their own, those of the others. */
  counts: Counts;
  results: MetricResult[];
  warnings: string[];
  /** Some pictures of both sides. */
  pictures: Gallery;
}

export async function compareSets(comparison: Comparison, effects: Effects): Promise<ComparisonResult> {
  assertSameShape(comparison.real, comparison.fake);
  const count = Math.min(comparison.count, comparison.real.count, comparison.fake.count);
  const { fit, warnings: leftOut } = fitMetrics(comparison, count);
  const wide = fit.filter(takesUnequal);
  const counts = usualCounts(comparison, fit);
  const all = wide.length > 0 ? allCounts(comparison) : counts;
  const isUnequal = all.real !== count || all.fake !== count;
  const equal =
    isUnequal && wide.length === fit.length ? undefined : await judgedSets(comparison, counts, effects);
  const unequal = isUnequal ? await judgedSets(comparison, all, effects) : undefined;
  const training = comparison.training && finiteOnly(comparison.training);
  const features = fitsNetwork(comparison.real.channels) ? comparison.features : undefined;

  const results: MetricResult[] = [];
  const progress = effects.progress('eval', fit.length, 'metrics');
  for (const name of fit) {
    throwIfStopped(effects.signal);
    const startedAt = effects.clock.now().getTime();
    const { seed, settings, linear } = comparison;
    const note = (text: string) => progress.advance(0, `${name}: ${text}`);
    const sets = ((takesUnequal(name) ? unequal : undefined) ?? equal)!;
    const outcome = await METRICS[name].compute({
      ...sets,
      seed,
      settings,
      linear,
      features,
      training,
      effects,
      progress: note,
    });
    progress.advance(1, name);
    results.push({
      metric: name,
      title: METRICS[name].title,
      count: countsOf(sets),
      seed,
      seconds: (effects.clock.now().getTime() - startedAt) / 1000,
      ...outcome,
    });
  }
  progress.done();
  const warnings = [
    ...leftOut,
    ...(equal ? [...countWarnings(comparison, count), ...floorWarnings(equal)] : []),
    ...(unequal ? unequalWarnings(unequal, wide) : []),
  ];
  const shown = (equal ?? unequal)!;
  return { counts, results, warnings, pictures: await showSome(shown.real, shown.fake) };
}

const takesUnequal = (name: MetricName): boolean => (METRICS[name] as Metric).takesUnequal === true;

type Supply = Pick<Comparison, 'real' | 'fake' | 'moreFakes' | 'count'>;

/** As many of each side, unless every metric takes all there are. */
export function usualCounts(supply: Supply, metrics: readonly MetricName[]): Counts {
  if (metrics.every(takesUnequal)) return allCounts(supply);
  const count = Math.min(supply.count, supply.real.count, supply.fake.count);
  return { real: count, fake: count };
}

/** All that there are on each side, up to what was asked for. */
function allCounts({ real, fake, moreFakes, count }: Supply): Counts {
  return { real: Math.min(count, real.count), fake: Math.min(count, (moreFakes ?? fake).count) };
}

interface JudgedSets {
  real: ImageSet;
  fake: ImageSet;
  pairs: RealPair[];
}

const countsOf = ({ real, fake }: JudgedSets): Counts => ({ real: real.count, fake: fake.count });

/** Both sides with `counts` pictures, drawn by the seed, and their floors. */
async function judgedSets(comparison: Comparison, counts: Counts, effects: Effects): Promise<JudgedSets> {
  const random = createRandom(`eval/${comparison.seed}`);
  const real = await hold(sample(comparison.real, counts.real, random.fork('real')));
  const reading = effects.progress('eval: generated pictures', counts.fake, 'pictures');
  const { fake: usual, moreFakes } = comparison;
  const source = moreFakes && counts.fake > usual.count ? moreFakes : usual;
  // A generator makes no more than it is asked for; of a folder or a data set the first would be of the first years.
  const fakes = sample(source, counts.fake, random.fork('fake'));
  const fake = await hold(fakes, (done) => reading.advance(done));
  reading.done();
  return { real, fake, pairs: await realPairs(comparison, real, counts) };
}

/** Pictures of each side that go into the record, and their largest side in pixels. */
const SHOWN = 8;
const SHOWN_SIZE = 96;

async function showSome(real: ImageSet, fake: ImageSet): Promise<Gallery> {
  const area = real.width * real.height;
  const rowOf = async (set: ImageSet, label: string) => {
    const count = Math.min(SHOWN, set.count);
    // Spread over the set: neighbours in a data set are neighbours in time.
    const values = await set.read(rangeOf(count).map((i) => Math.floor((i * set.count) / count)));
    const pictures = rangeOf(count).map((i) => ({
      label,
      values: values.subarray(i * set.channels * area).subarray(0, area),
    }));
    return { caption: set.label, pictures };
  };
  const rows = [await rowOf(real, 'real'), await rowOf(fake, 'generated')];
  return encodeGallery('Some of the pictures judged', real, rows, SHOWN_SIZE);
}

/** Those of the list that such pictures allow, and why the others are left out; throws when none is left. */
function fitMetrics(
  { metrics, real, fake, linear, training }: Comparison,
  count: number,
): { fit: MetricName[]; warnings: string[] } {
  if (count < 1) {
    const empty = real.count === 0 ? real : fake;
    throw new SunganError('data', 'no pictures to judge', {
      where: empty.label,
      remedy: 'choose another --split, or curate more frames',
    });
  }
  const reasons = new Map(
    metrics.map((name) => [name, unfitReason(METRICS[name], { ...real, count }, linear, training)]),
  );
  const fit = metrics.filter((name) => reasons.get(name) === undefined);
  const warnings = metrics.flatMap((name) =>
    reasons.get(name) === undefined ? [] : [`${name}: ${reasons.get(name)}`],
  );
  if (fit.length > 0) return { fit, warnings: warnings.map((reason) => `left out, ${reason}`) };
  throw new SunganError('usage', warnings.join('; '), {
    where: real.label,
    remedy: 'choose other --metrics',
  });
}

function unfitReason(
  metric: Metric,
  set: ImageSet,
  linear: Linear | undefined,
  training: ImageSet | undefined,
): string | undefined {
  if (metric.needsFeatures && !fitsNetwork(set.channels))
    return `the Inception network takes 1 or 3 channels, these have ${set.channels}`;
  return metric.unfit(set, linear, training);
}

function countWarnings(comparison: Comparison, count: number): string[] {
  if (count >= comparison.count) return [];
  const short = comparison.real.count <= comparison.fake.count ? comparison.real : comparison.fake;
  return [`${comparison.count} pictures a side were asked for; ${short.label} has ${count}`];
}

function floorWarnings({ real, pairs }: JudgedSets): string[] {
  if (pairs.length === 0) return [NO_FLOOR];
  return pairs.flatMap(({ label, a }) =>
    a.count < real.count
      ? `floor "${label}" has ${a.count} pictures a side instead of ${real.count}: it is too high, and no score is held against it (--count ${a.count} makes them comparable)`
      : [],
  );
}

const NO_FLOOR = 'too few reals for a real-against-real floor: the numbers cannot be judged';

function unequalWarnings({ real, fake, pairs }: JudgedSets, metrics: readonly MetricName[]): string[] {
  const names = metrics.join(', ');
  const against = (a: ImageSet, b: ImageSet) => `${b.count} against ${a.count}`;
  return [
    `${names}: ${fake.count} pictures of ${fake.label} against ${real.count} of ${real.label}`,
    ...(pairs.length === 0 ? [`${names}: ${NO_FLOOR}`] : []),
    ...pairs.flatMap(({ label, a, b, isSmaller }) =>
      isSmaller
        ? `${names}: floor "${label}" is of ${against(a, b)} pictures instead of ${against(real, fake)}: it is too high, and no score is held against it (--count ${Math.min(a.count, b.count)} makes them comparable)`
        : [],
    ),
  ];
}
