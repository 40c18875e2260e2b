import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { quietEffects } from '../../src/core/effects.ts';
import { compareSets } from '../../src/eval/compare.ts';
import { createFeatureBook, type FeatureBook } from '../../src/eval/features.ts';
import { type ImageSet, randomCrops, rangeOf, subset } from '../../src/eval/image-set.ts';
import type { FeatureExtractor } from '../../src/eval/inception/extractor.ts';
import { prepareInput, VARIANT_NAMES } from '../../src/eval/inception/variants.ts';
import { frechetDistance } from '../../src/eval/measures/frechet.ts';
import { inceptionScore } from '../../src/eval/measures/inception-score.ts';
import { productByLoop } from '../../src/eval/measures/matrix.ts';
import { principalComponents, principalScores } from '../../src/eval/measures/principal.ts';
import { statisticsOf } from '../../src/eval/measures/statistics.ts';
import { fitLine } from '../../src/eval/metrics/fid.ts';
import type { MetricName } from '../../src/eval/metrics.ts';
import { createRandom } from '../../src/numeric/random.ts';
import { drawnSuns } from '../support/drawn-suns.ts';

const GRID = 4;
const SIZE = 16;
const folder = mkdtempSync(join(tmpdir(), 'sungan-features-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let extracted = 0;

/** Means and mean squares over a 4x4 grid: features enough to see what differs. */
const extractor: FeatureExtractor = {
  name: 'grid means',
  hash: 'grid',
  dimension: 2 * GRID * GRID,
  async features(images) {
    const length = 3 * 299 * 299;
    const result = new Float32Array((images.length / length) * this.dimension);
    for (let n = 0; n * length < images.length; n++, extracted++) {
      for (let i = 0; i < 299 * 299; i++) {
        const cell =
          Math.floor(((i % 299) * GRID) / 299) + GRID * Math.floor((Math.floor(i / 299) * GRID) / 299);
        const value = images[n * length + i];
        result[n * this.dimension + cell] += (value * GRID * GRID) / (299 * 299);
        result[n * this.dimension + GRID * GRID + cell] += (value * value * GRID * GRID) / (299 * 299);
      }
    }
    return result;
  },
  async close() {},
};

const classifier = Float32Array.from({ length: 5 * 2 * GRID * GRID }, (_, i) => Math.sin(i));
let kept: FeatureBook;
beforeEach(() => {
  extracted = 0;
  kept = createFeatureBook({
    extractor,
    classifier,
    product: productByLoop,
    variant: 'clean',
    cache: folder,
    effects: quietEffects(),
  });
});

/** The same kind of features straight from small pictures: the metrics do not care where features come from. */
const book: FeatureBook = {
  variant: 'grid means',
  dimension: 2 * GRID * GRID,
  classifier,
  product: productByLoop,
  async of(set) {
    const pictures = await set.read(rangeOf(set.count));
    const result = new Float32Array(set.count * this.dimension);
    pictures.forEach((value, i) => {
      const [x, y, n] = [i % SIZE, Math.floor(i / SIZE) % SIZE, Math.floor(i / (SIZE * SIZE))];
      const cell = n * this.dimension + Math.floor((x * GRID) / SIZE) + GRID * Math.floor((y * GRID) / SIZE);
      result[cell] += value / 16;
      result[cell + GRID * GRID] += (value * value) / 16;
    });
    return result;
  },
  statistics: async (set) => statisticsOf(await book.of(set), book.dimension),
};

async function judge(fake: ImageSet, metrics: MetricName[], count = 40) {
  const comparison = {
    real: drawnSuns('test', count, SIZE),
    otherReals: drawnSuns('train', count, SIZE),
    fake,
    metrics,
    count,
    seed: 1,
    settings: { ssimPairs: 10 },
    features: book,
  };
  const { results } = await compareSets(comparison, quietEffects());
  return new Map(results.flatMap(({ scores }) => scores.map((score) => [score.key, score])));
}

function changed(set: ImageSet, change: (value: number, i: number) => number): ImageSet {
  return { ...set, read: async (indices) => (await set.read(indices)).map(change) };
}

describe('FID and its kin', () => {
  it('are near their floors for the same distribution and inside a sensible interval', async () => {
    const scores = await judge(drawnSuns('other', 40, SIZE), ['fid', 'kid', 'support']);
    const fid = scores.get('fid')!;
    expect(fid.value).toBeLessThan(2 * Math.max(...fid.floors.map(({ value }) => value)));
    expect(fid.interval!.low).toBeLessThan(fid.value);
    expect(fid.interval!.high).toBeGreaterThan(fid.value);
    const kid = scores.get('kid')!;
    expect(Math.abs(kid.value)).toBeLessThan(5);
    expect(kid.interval!.high - kid.interval!.low).toBeGreaterThan(0);
    expect(kid.interval!.low).toBeLessThan(0);
    expect(scores.get('support.coverage')!.value).toBeGreaterThan(0.6);
  });

  it('grow with noise, brightness and dropped modes; precision and recall say which', async () => {
    const good = await judge(drawnSuns('other', 40, SIZE), ['fid', 'kid', 'support']);
    const dim = await judge(
      changed(drawnSuns('other', 40, SIZE), (v) => 0.8 * v),
      ['fid', 'kid', 'support'],
    );
    const worn = await judge(
      subset(
        drawnSuns('other', 4, SIZE),
        Array.from({ length: 40 }, (_, i) => i % 4),
      ),
      ['fid', 'kid', 'support'],
    );
    for (const bad of [dim, worn]) {
      expect(bad.get('fid')!.value).toBeGreaterThan(2 * good.get('fid')!.value);
      expect(bad.get('kid')!.value).toBeGreaterThan(good.get('kid')!.value);
    }
    expect(dim.get('support.precision')!.value).toBeLessThan(0.2);
    expect(worn.get('support.recall')!.value).toBeLessThan(0.5 * good.get('support.recall')!.value);
  });

  it('of a set and itself is zero', async () => {
    const scores = await judge(drawnSuns('test', 40, SIZE), ['fid']);
    expect(Math.abs(scores.get('fid')!.value)).toBeLessThan(1e-6);
  });

  it('patches are refused where pictures are smaller, and cut at the same places on both sides', async () => {
    await expect(judge(drawnSuns('other', 40, SIZE), ['patch-fid'])).rejects.toThrow('needs 64 pixels');
    const [a, b] = [drawnSuns('x', 3, 32), drawnSuns('x', 3, 32)];
    const crop = await randomCrops(a, 8, 5).read([2, 0]);
    expect(crop).toEqual(await randomCrops(b, 8, 5).read([2, 0]));
    expect(crop).not.toEqual(await randomCrops(b, 8, 6).read([2, 0]));
    const whole = await a.read([2]);
    expect([...whole]).toEqual(expect.arrayContaining([...crop.subarray(0, 64)]));
  });

  it('are refused for channels that the network does not know, the Inception score for few pictures', async () => {
    const two = (label: string) => ({ ...drawnSuns(label, 80, SIZE), count: 40, channels: 2 });
    const comparison = { count: 40, seed: 1, settings: { ssimPairs: 10 }, features: book };
    const run = compareSets(
      { ...comparison, real: two('test'), fake: two('other'), metrics: ['fid', 'kid'] },
      quietEffects(),
    );
    await expect(run).rejects.toThrow('fid: the Inception network takes 1 or 3 channels, these have 2');
    await expect(judge(drawnSuns('other', 40, SIZE), ['inception-score'])).rejects.toThrow(
      'needs 100 pictures',
    );
  });

  it('extrapolates to endlessly many pictures', async () => {
    const scores = await judge(drawnSuns('other', 320, SIZE), ['fid', 'fid-infinity'], 320);
    const infinite = scores.get('fid-infinity')!;
    expect(infinite.value).toBeLessThan(scores.get('fid')!.value);
    expect(infinite.interval!.low).toBeLessThan(infinite.value);
    expect(infinite.interval!.high).toBeGreaterThan(infinite.value);
    expect(fitLine([1, 2, 3].map((x) => ({ x, y: 5 - 2 * x })))).toEqual({ slope: -2, intercept: 5 });
  });
});

describe('more generated pictures than reals', () => {
  const sets = {
    real: drawnSuns('test', 40, SIZE),
    otherReals: drawnSuns('train', 30, SIZE),
    fake: drawnSuns('other', 40, SIZE),
    moreFakes: drawnSuns('other', 90, SIZE),
  };
  const comparison = { ...sets, count: 90, seed: 1, settings: { ssimPairs: 10 }, features: book };

  it('are taken where the metric is defined for them, and nowhere else', async () => {
    const metrics: MetricName[] = ['swd', 'fid', 'kid', 'support'];
    const { results, warnings, counts } = await compareSets({ ...comparison, metrics }, quietEffects());
    expect(counts).toEqual({ real: 40, fake: 40 });
    const [swd, ...others] = results;
    expect(swd.count).toEqual({ real: 40, fake: 40 });
    const alone = await compareSets({ ...comparison, metrics: ['swd'] }, quietEffects());
    expect(swd.scores).toEqual(alone.results[0].scores);
    for (const { count, variant } of others) {
      expect(count).toEqual({ real: 40, fake: 90 });
      expect(variant).toContain(', 90 generated against 40 reals');
    }
    expect(others[1].variant).toContain('100 subsets of 40');
    expect(warnings.join()).toContain('fid, kid, support: 90 pictures of other against 40');
    expect(others[0].warnings.join()).toContain('90 pictures against 40');
    // What stands for the generated pictures are the reals of the other split.
    expect(others[0].scores[0].floors).toMatchObject([
      { pair: 'train-test', count: 30, comparable: false },
      { pair: 'halves', count: 35, comparable: false },
    ]);
    expect(warnings.join()).toContain('is of 30 against 30 pictures instead of 90 against 40');
    const [fid] = others[0].scores;
    const statistics = await Promise.all([sets.real, sets.moreFakes].map(book.statistics));
    expect(fid.value).toBe((await frechetDistance(statistics[0], statistics[1])).distance);
  });

  it('are taken for the Inception score, beside that of the reals', async () => {
    const [real, fake, moreFakes] = [100, 100, 130].map((count) => drawnSuns('suns', count, SIZE));
    const { results } = await compareSets(
      { ...comparison, real, fake, moreFakes, count: 130, metrics: ['inception-score'] },
      quietEffects(),
    );
    expect(results[0].count).toEqual({ real: 100, fake: 130 });
    const { value, reference } = results[0].scores[0];
    const scoreOf = async (set: ImageSet) =>
      inceptionScore(await book.of(set), classifier, book.dimension, createRandom('is/1')).mean;
    expect([value, reference]).toEqual([await scoreOf(moreFakes), await scoreOf(real)]);
  });

  it('may be fewer too, as those of a folder, and floors as large as both sides are held against them', async () => {
    const { counts, results, warnings } = await compareSets(
      {
        ...comparison,
        fake: drawnSuns('folder', 20, SIZE),
        moreFakes: undefined,
        metrics: ['fid', 'support'],
      },
      quietEffects(),
    );
    // Nothing else was judged, so these are the counts of the whole.
    expect(counts).toEqual({ real: 40, fake: 20 });
    for (const { count, scores } of results) {
      expect(count).toEqual({ real: 40, fake: 20 });
      const [trainTest, halves] = scores[0].floors;
      expect(trainTest).toMatchObject({ count: 20 });
      expect(trainTest.comparable).toBeUndefined();
      // Half of all reals is less than the reals judged by.
      expect(halves).toMatchObject({ count: 20, comparable: false });
    }
    expect(warnings[0]).toBe('fid, support: 20 pictures of folder against 40 of test');
  });
});

describe('features', () => {
  it('are computed once a set, and kept on the disk where the set has an identity', async () => {
    const set = { ...drawnSuns('kept', 6, SIZE), identity: 'kept suns' };
    const first = await kept.of(set);
    await kept.of(set);
    expect(extracted).toBe(6);
    const other = createFeatureBook({
      extractor,
      classifier,
      product: productByLoop,
      variant: 'clean',
      cache: folder,
      effects: quietEffects(),
    });
    expect(await other.of({ ...set })).toEqual(first);
    expect(extracted).toBe(6);
    const variant = createFeatureBook({
      extractor,
      classifier,
      product: productByLoop,
      variant: 'tf1',
      cache: folder,
      effects: quietEffects(),
    });
    await variant.of(set);
    expect(extracted).toBe(12);
    expect(readdirSync(folder).filter((name) => name.endsWith('.f32'))).toHaveLength(2);
  });

  it('are computed anew where their file was changed', async () => {
    const set = { ...drawnSuns('kept', 6, SIZE), identity: 'suns of a bad disk' };
    const before = readdirSync(folder);
    const first = await kept.of(set);
    const [name] = readdirSync(folder).filter((file) => !before.includes(file));
    const flipped = Uint8Array.from(readFileSync(join(folder, name)));
    flipped[flipped.length - 2] ^= 1;
    writeFileSync(join(folder, name), flipped);
    expect(await kept.of({ ...set })).toEqual(first);
    expect(extracted).toBe(12);
  });

  it('have their statistics kept beside them, to the last digit, and made anew from a damaged file', async () => {
    const set = { ...drawnSuns('kept', 6, SIZE), identity: 'suns with statistics' };
    let products = 0;
    const counting = createFeatureBook({
      extractor,
      classifier,
      product: (...factors) => {
        products++;
        return productByLoop(...factors);
      },
      variant: 'clean',
      cache: folder,
      effects: quietEffects(),
    });
    const known = () => readdirSync(folder).filter((name) => name.endsWith('.f64'));
    const before = known();
    const first = await counting.statistics({ ...set });
    expect(first).toEqual(await statisticsOf(await kept.of(set), kept.dimension));
    const [name, ...others] = known().filter((file) => !before.includes(file));
    expect(others).toEqual([]);
    expect(await counting.statistics({ ...set })).toEqual(first);
    expect([products, extracted]).toEqual([1, 6]);

    const path = join(folder, name);
    const whole = readFileSync(path);
    const flipped = Uint8Array.from(whole);
    flipped[whole.length - 3] ^= 1;
    for (const damage of [
      () => truncateSync(path, whole.length - 8),
      () => writeFileSync(path, flipped),
      () => writeFileSync(path, ''),
    ]) {
      damage();
      products = 0;
      expect(await counting.statistics({ ...set })).toEqual(first);
      expect(products).toBe(1);
      expect(readFileSync(path).equals(whole)).toBe(true);
    }
    const chosen = subset(set, [0, 1, 2, 3, 4, 4]);
    expect((await counting.statistics(chosen)).mean).not.toEqual(first.mean);
  });

  it('the variants scale white and black as their tools do', () => {
    const target = new Float32Array(3 * 299 * 299);
    const range = VARIANT_NAMES.map((name) =>
      [0, 255].map((value) => {
        prepareInput(
          { channels: 1, width: 8, height: 8, data: new Float32Array(64).fill(value) },
          name,
          target,
        );
        return Math.round(1e4 * target[3 * 299 * 150]) / 1e4;
      }),
    );
    expect(Object.fromEntries(VARIANT_NAMES.map((name, i) => [name, range[i]]))).toEqual({
      stylegan: [-1, 0.9922],
      'pytorch-fid': [-1, 1],
      clean: [-1, 0.9922],
      tf1: [-1, 0.9922],
    });
  });

  it('see the picture with north up', () => {
    const target = new Float32Array(3 * 299 * 299);
    const northBright = Float32Array.from({ length: 64 }, (_, i) => (i >= 32 ? 255 : 0));
    prepareInput({ channels: 1, width: 8, height: 8, data: northBright }, 'clean', target);
    expect(target[299 * 10]).toBeGreaterThan(0.9);
    expect(target[299 * 290]).toBeLessThan(-0.9);
  });
});

describe('the Inception score', () => {
  it('is the number of classes when each picture is sure of another, and 1 when all are alike', () => {
    const eye = Float32Array.from({ length: 16 }, (_, i) => (i % 5 === 0 ? 40 : 0));
    const features = Float32Array.from({ length: 160 }, (_, i) => (Math.floor(i / 4) % 4 === i % 4 ? 1 : 0));
    const identity = createRandom(1);
    identity.shuffle = (items) => items;
    expect(inceptionScore(features, eye, 4, identity).mean).toBeCloseTo(4, 6);
    expect(inceptionScore(new Float32Array(160).fill(1), eye, 4, createRandom(1)).mean).toBeCloseTo(1, 6);
  });
});

it('principal components find the axes and variances that were put in', () => {
  const random = createRandom(6);
  const rows = 400;
  const data = new Float32Array(rows * 12);
  for (let i = 0; i < rows; i++) {
    const [a, b] = [3 * random.normal(), 1.5 * random.normal()];
    for (let k = 0; k < 12; k++)
      data[i * 12 + k] = 7 + (k < 6 ? a : 0) + (k % 2 ? b : -b) + 0.01 * random.normal();
  }
  const principal = principalComponents(data, 12, 2, random);
  expect(principal.components.subarray(0, 12)[2]).toBeCloseTo(1 / Math.sqrt(6), 1);
  expect(principal.variances[0] / 54).toBeGreaterThan(0.8);
  expect((principal.variances[0] + principal.variances[1]) / principal.totalVariance).toBeGreaterThan(0.999);
  const scores = principalScores(data, principal);
  let overlap = 0;
  for (let i = 0; i < rows; i++) overlap += scores[2 * i] * scores[2 * i + 1];
  expect(Math.abs(overlap / rows)).toBeLessThan(1e-2 * principal.variances[0]);
});
