/** Judges one set of pictures against another: equal counts, the reals' own floors, every metric of the list. */
import { type Effects, throwIfStopped } from '../core/effects.ts';
import { SunganError } from '../core/errors.ts';
import { createRandom } from '../numeric/random.ts';
import type { FeatureBook } from './features.ts';
import { encodeGallery, type Gallery } from './gallery.ts';
import { assertSameShape, finiteOnly, hold, type ImageSet, rangeOf, sample, subset } from './image-set.ts';
import { fitsNetwork } from './inception/variants.ts';
import type { Linear, Metric, MetricSettings, RealPair } from './metric.ts';
import { METRICS, type MetricName } from './metrics.ts';
import type { MetricResult } from './scores.ts';

export interface Comparison {
  /** What the pictures are judged against: the test split. */
  real: ImageSet;
  fake: ImageSet;
  /** Reals that were not set aside for the test (the training split), for the first floor. */
  otherReals?: ImageSet | undefined;
  metrics: readonly MetricName[];
  /** Pictures a side; fewer where a side has fewer. */
  count: number;
  seed: number;
  settings: MetricSettings;
  linear?: Linear | undefined;
  features?: FeatureBook | undefined;
  /** All training frames, for memorisation. */
  training?: ImageSet | undefined;
}

export interface ComparisonResult {
  count: number;
  results: MetricResult[];
  warnings: string[];
  /** Some pictures of both sides. */
  pictures: Gallery;
}

/** A floor of one picture a side says nothing. */
const SMALLEST_HALF = 2;

export async function compareSets(comparison: Comparison, effects: Effects): Promise<ComparisonResult> {
  assertSameShape(comparison.real, comparison.fake);
  const count = Math.min(comparison.count, comparison.real.count, comparison.fake.count);
  const { fit, warnings: leftOut } = fitMetrics(comparison, count);
  const random = createRandom(`eval/${comparison.seed}`);
  const real = await hold(sample(comparison.real, count, random.fork('real')));
  const reading = effects.progress('eval: generated pictures', count, 'pictures');
  // A generator makes no more than it is asked for; of a folder or a data set the first would be of the first years.
  const fakes = sample(comparison.fake, count, random.fork('fake'));
  const fake = await hold(fakes, (done) => reading.advance(done));
  reading.done();
  const pairs = await realPairs(comparison, real, count);
  const training = comparison.training && finiteOnly(comparison.training);
  const features = fitsNetwork(real.channels) ? comparison.features : undefined;

  const results: MetricResult[] = [];
  const progress = effects.progress('eval', fit.length, 'metrics');
  for (const name of fit) {
    throwIfStopped(effects.signal);
    const startedAt = effects.clock.now().getTime();
    const { seed, settings, linear } = comparison;
    const note = (text: string) => progress.advance(0, `${name}: ${text}`);
    const outcome = await METRICS[name].compute({
      real,
      fake,
      pairs,
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
      count: { real: real.count, fake: fake.count },
      seed,
      seconds: (effects.clock.now().getTime() - startedAt) / 1000,
      ...outcome,
    });
  }
  progress.done();
  const warnings = [...leftOut, ...countWarnings(comparison, count, pairs)];
  return { count, results, warnings, pictures: await showSome(real, fake) };
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

/**
 * The floors: the other reals against the very set that the fakes are judged by, and random halves of all reals.
 * Every side has `count` pictures where there are enough, because every one of these distances falls with the count.
 */
async function realPairs(
  { real: all, otherReals, seed }: Comparison,
  real: ImageSet,
  count: number,
): Promise<RealPair[]> {
  const random = createRandom(`floors/${seed}`);
  const pairs: RealPair[] = [];
  if (otherReals && otherReals.count >= SMALLEST_HALF) {
    const size = Math.min(count, otherReals.count);
    const a = await hold(sample(otherReals, size, random.fork('other')));
    const b = size < count ? sample(real, size, random.fork('test')) : real;
    pairs.push({
      pair: 'train-test',
      label: `${otherReals.label}, against the reals judged by`,
      a,
      b,
      isSmaller: size < count,
    });
  }
  const pool = otherReals ? concatenate(all, otherReals) : all;
  const half = Math.min(count, Math.floor(pool.count / 2));
  if (half >= SMALLEST_HALF) {
    const order = random.fork('halves').shuffle(rangeOf(pool.count));
    const [a, b] = [order.slice(0, half), order.slice(half, 2 * half)];
    pairs.push({
      pair: 'halves',
      label: 'random halves of the reals',
      a: await hold(subset(pool, a, 'reals, one half')),
      b: await hold(subset(pool, b, 'reals, other half')),
      isSmaller: half < count,
    });
  }
  return pairs;
}

function concatenate(a: ImageSet, b: ImageSet): ImageSet {
  return {
    ...a,
    identity: a.identity && b.identity && `${a.identity}+${b.identity}`,
    count: a.count + b.count,
    async read(indices) {
      const parts = [a, b].map((set, part) => {
        const own = indices.flatMap((index, at) =>
          Number(index >= a.count) === part ? [{ index: index - part * a.count, at }] : [],
        );
        return { set, own };
      });
      const size = a.channels * a.width * a.height;
      const result = new Float32Array(indices.length * size);
      for (const { set, own } of parts) {
        if (own.length === 0) continue;
        const data = await set.read(own.map(({ index }) => index));
        own.forEach(({ at }, i) => {
          result.set(data.subarray(i * size, (i + 1) * size), at * size);
        });
      }
      return result;
    },
  };
}

function countWarnings(comparison: Comparison, count: number, pairs: readonly RealPair[]): string[] {
  const warnings: string[] = [];
  if (count < comparison.count) {
    const short = comparison.real.count <= comparison.fake.count ? comparison.real : comparison.fake;
    warnings.push(`${comparison.count} pictures a side were asked for; ${short.label} has ${count}`);
  }
  for (const { label, a } of pairs) {
    if (a.count < count)
      warnings.push(
        `floor "${label}" has ${a.count} pictures a side instead of ${count}: it is too high, and no score is held against it (--count ${a.count} makes them comparable)`,
      );
  }
  if (pairs.length === 0)
    warnings.push('too few reals for a real-against-real floor: the numbers cannot be judged');
  return warnings;
}
