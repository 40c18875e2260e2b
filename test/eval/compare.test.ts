import { describe, expect, it } from 'vitest';
import { quietEffects } from '../../src/core/effects.ts';
import { compareSets } from '../../src/eval/compare.ts';
import { type ImageSet, setFromMemory, subset, toBytes } from '../../src/eval/image-set.ts';
import { drawPairs } from '../../src/eval/metrics/ms-ssim.ts';
import { swdOfSets } from '../../src/eval/metrics/swd.ts';
import { timesFloor } from '../../src/eval/scores.ts';
import { createRandom } from '../../src/numeric/random.ts';
import { drawnSuns } from '../support/drawn-suns.ts';

const settings = { ssimPairs: 120 };
const SIZE = 32;

const compare = (fake: ImageSet, overrides: { otherReals?: ImageSet | undefined; count?: number } = {}) =>
  compareSets(
    {
      real: drawnSuns('test', 40, SIZE),
      otherReals: drawnSuns('train', 60, SIZE),
      fake,
      metrics: ['swd', 'ms-ssim'],
      count: 32,
      seed: 1,
      settings,
      ...overrides,
    },
    quietEffects(),
  );

describe('comparing two sets', () => {
  it('puts both floors beside every distance, at the same count', async () => {
    const { results, counts, warnings } = await compare(drawnSuns('other', 50, SIZE));
    expect(counts).toEqual({ real: 32, fake: 32 });
    expect(warnings).toEqual([]);
    const [swd, ssim] = results;
    expect(swd.scores.map(({ key }) => key)).toEqual(['swd.32', 'swd.16', 'swd.mean']);
    for (const score of swd.scores) {
      expect(score.floors.map(({ pair, count: n }) => [pair, n])).toEqual([
        ['train-test', 32],
        ['halves', 32],
      ]);
    }
    // The same distribution: as near as the reals are to themselves.
    expect(timesFloor(swd.scores[2])).toBeLessThan(1.6);
    expect(swd.warnings[0]).toContain('32 pictures');
    expect(ssim.scores[0].reference).toBeGreaterThan(0);
    expect(ssim.scores[0].value).toBeCloseTo(ssim.scores[0].reference!, 1);
  });

  it('tells noise, blur and collapse from the reals', async () => {
    const good = await compare(drawnSuns('other', 40, SIZE));
    const noisy = await compare(
      changed(drawnSuns('other', 40, SIZE), (v, random) => v + 0.1 * random.normal()),
    );
    const collapsed = await compare(subset(drawnSuns('other', 1, SIZE), Array(40).fill(0)));
    const swd = ({ results }: typeof good) => results[0].scores.at(-1)!.value;
    const ssim = ({ results }: typeof good) => results[1].scores[0];
    expect(swd(noisy)).toBeGreaterThan(2 * swd(good));
    expect(swd(collapsed)).toBeGreaterThan(2 * swd(good));
    expect(ssim(collapsed).value).toBeCloseTo(1, 6);
    expect(ssim(collapsed).value - ssim(collapsed).reference!).toBeGreaterThan(
      5 * ssim(good).floors[0].value,
    );
  });

  it('gives the same numbers for the same seed', async () => {
    const fake = drawnSuns('other', 40, SIZE);
    const values = async () =>
      (await compare(fake)).results.flatMap(({ scores }) => scores.map(({ value }) => value));
    expect(await values()).toEqual(await values());
  });

  it('draws the judged pictures at random from all there are, on both sides', async () => {
    // Bright in the first half: judged in order, either side would be all bright.
    const halfBright = (label: string): ImageSet => {
      const data = new Float32Array(80 * SIZE * SIZE).map((_, i) => (i < 40 * SIZE * SIZE ? 0.9 : 0.1));
      return setFromMemory(label, { width: SIZE, height: SIZE, channels: 1, data });
    };
    const seen = new Set<number>();
    const watched = (set: ImageSet): ImageSet => ({
      ...set,
      async read(indices) {
        for (const index of indices) seen.add(index);
        return set.read(indices);
      },
    });
    const { results } = await compareSets(
      {
        real: halfBright('a'),
        fake: watched(halfBright('b')),
        metrics: ['solar'],
        count: 20,
        seed: 1,
        settings,
        linear: (values) => values,
      },
      quietEffects(),
    );
    expect(seen.size).toBe(20);
    expect([...seen].filter((index) => index >= 40).length).toBeGreaterThan(4);
    const flux = results[0].scores.find(({ key }) => key === 'solar.flux')!;
    expect(flux.value).toBeLessThan(0.6);
  });

  it('holds no score against a floor of fewer pictures, and says so', async () => {
    const { results, warnings } = await compare(drawnSuns('other', 40, SIZE), {
      otherReals: drawnSuns('train', 10, SIZE),
    });
    const [score] = results[0].scores;
    expect(score.floors.map(({ count, comparable }) => [count, comparable])).toEqual([
      [10, false],
      [25, false],
    ]);
    expect(timesFloor(score)).toBeUndefined();
    expect(warnings.join()).toContain('has 10 pictures a side instead of 32');
    expect(warnings.join()).toContain('--count 25');
  });

  it('says when pictures are few, and that a floor cannot be had', async () => {
    const { warnings, results } = await compareSets(
      {
        real: drawnSuns('test', 3, SIZE),
        fake: drawnSuns('other', 9, SIZE),
        metrics: ['swd'],
        count: 100,
        seed: 1,
        settings,
      },
      quietEffects(),
    );
    expect(results[0].count).toEqual({ real: 3, fake: 3 });
    expect(warnings.join()).toContain('test has 3');
    expect(warnings.join()).toContain('too few reals');
  });

  it('refuses sets of different shape and pictures that a metric cannot take', async () => {
    await expect(compare(drawnSuns('other', 40, 16))).rejects.toThrow('32x32');
    const colour = { ...drawnSuns('other', 40, SIZE), channels: 3 };
    await expect(compare(colour)).rejects.toMatchObject({ remedy: expect.stringContaining('channels') });
    const tiny = (label: string) => drawnSuns(label, 8, 8);
    await expect(
      compareSets(
        { real: tiny('test'), fake: tiny('other'), metrics: ['swd'], count: 8, seed: 1, settings },
        quietEffects(),
      ),
    ).rejects.toThrow('swd: needs 16 pixels');
  });

  it('refuses pictures that are no numbers, however many, and says which side and what to do', async () => {
    // More patches than are sorted: the grid that takes over does not see a NaN.
    const count = 130;
    const suns = drawnSuns('other', count, 16);
    const broken = {
      ...suns,
      label: 'diverged',
      read: async (indices: readonly number[]) =>
        (await suns.read(indices)).map((value, i) => (indices[Math.floor(i / 256)] < 3 ? Number.NaN : value)),
    };
    const [a, b] = [drawnSuns('a', count, 16), drawnSuns('b', count, 16)];
    const judge = (real: ImageSet, fake: ImageSet) =>
      compareSets({ real, fake, metrics: ['swd'], count, seed: 1, settings }, quietEffects());
    await expect(judge(a, broken)).rejects.toMatchObject({
      kind: 'data',
      message: expect.stringContaining('3 of 130 pictures'),
      where: 'diverged',
      remedy: expect.stringContaining('--checkpoint'),
    });
    await expect(judge(broken, b)).rejects.toThrow('3 of 130 pictures');
    expect(await swdOfSets(a, broken, 1)).toEqual([Number.NaN]);
  });

  it('calls no ratio to a floor good that is no number', () => {
    const floor = { pair: 'halves', label: '', count: 8 };
    const times = (value: number, least: number) =>
      timesFloor({
        key: '',
        label: '',
        unit: '',
        sense: 'lower',
        value,
        floors: [{ ...floor, value: least }],
      });
    expect([
      times(4, 2),
      times(Number.NaN, 2),
      times(4, Number.NaN),
      times(4, Number.POSITIVE_INFINITY),
    ]).toEqual([2, undefined, undefined, undefined]);
  });

  it('stops between sets when asked to', async () => {
    const stop = new AbortController();
    stop.abort();
    const run = compareSets(
      {
        real: drawnSuns('t', 8, 16),
        fake: drawnSuns('o', 8, 16),
        metrics: ['swd'],
        count: 8,
        seed: 1,
        settings,
      },
      quietEffects({ signal: stop.signal }),
    );
    await expect(run).rejects.toMatchObject({ kind: 'interrupted' });
  });
});

describe('solar quantities of two sets', () => {
  const linear = (values: Float32Array) => values.map((y) => 16384 ** y - 1);
  const judge = async (fake: ImageSet) => {
    const { results } = await compareSets(
      {
        real: drawnSuns('test', 40, SIZE),
        otherReals: drawnSuns('train', 40, SIZE),
        fake,
        metrics: ['solar'],
        count: 40,
        seed: 1,
        settings,
        linear,
      },
      quietEffects(),
    );
    return results[0];
  };
  const scoreOf = (result: Awaited<ReturnType<typeof judge>>, key: string) =>
    result.scores.find((score) => score.key === `solar.${key}`)!;

  it('are near their floors for the same distribution, with a rank that is not small', async () => {
    const result = await judge(drawnSuns('other', 40, SIZE));
    const ranks = result.scores.map(({ rank }) => rank!).filter(Number.isFinite);
    expect(ranks.reduce((sum, rank) => sum + rank, 0) / ranks.length).toBeGreaterThan(0.2);
    expect(result.curves?.map(({ key }) => key)).toEqual([
      'solar.spectrum',
      'solar.intensity',
      'solar.profile',
    ]);
    expect(scoreOf(result, 'limb-radius').note).toContain('reals 0.8');
  });

  it('see brightness, which SWD cannot, and a wrong limb', async () => {
    const dim = await judge(changed(drawnSuns('other', 40, SIZE), (value) => 0.9 * value));
    expect(timesFloor(scoreOf(dim, 'flux'))).toBeGreaterThan(3);
    expect(scoreOf(dim, 'flux').rank).toBe(1 / 500);
    expect(scoreOf(dim, 'intensity').rank).toBe(1 / 200);
    const small = await judge(drawnSuns('other', 40, SIZE, 0.36));
    expect(timesFloor(scoreOf(small, 'limb-radius'))).toBeGreaterThan(3);
    expect(scoreOf(small, 'profile').rank).toBe(1 / 200);
  });

  it('count the pictures that have no limb, and say so where none has one', async () => {
    const flat = (share: number) => {
      const suns = drawnSuns('other', 40, SIZE);
      const read = async (indices: readonly number[]) =>
        (await suns.read(indices)).map((value, i) =>
          indices[Math.floor(i / SIZE ** 2)] < 40 * share ? 0.4 : value,
        );
      return judge({ ...suns, read });
    };
    const [none, some, all] = [await flat(0), await flat(0.5), await flat(1)];
    expect(scoreOf(none, 'limb-radius.missing')).toBeUndefined();
    expect(scoreOf(some, 'limb-radius.missing')).toMatchObject({ value: 0.5, reference: 0, rank: 1 / 500 });
    expect(scoreOf(some, 'limb-radius').value).toBeGreaterThanOrEqual(0);
    expect(scoreOf(all, 'limb-radius')).toBeUndefined();
    expect(scoreOf(all, 'limb-radius.missing')).toMatchObject({ value: 1, rank: 1 / 500, sense: 'match' });
  });

  it('need DN', async () => {
    const set = drawnSuns('x', 4, SIZE);
    const run = compareSets(
      { real: set, fake: set, metrics: ['solar'], count: 4, seed: 1, settings },
      quietEffects(),
    );
    await expect(run).rejects.toThrow('solar: needs DN');
  });
});

describe('pairs for MS-SSIM', () => {
  it('are different unordered pairs of different pictures', () => {
    for (const [count, wanted] of [
      [5, 100],
      [5, 6],
      [100, 50],
    ]) {
      const pairs = drawPairs(count, wanted, createRandom(1));
      expect(pairs).toHaveLength(Math.min(wanted, (count * (count - 1)) / 2));
      expect(new Set(pairs.map(([i, j]) => `${Math.min(i, j)}-${Math.max(i, j)}`)).size).toBe(pairs.length);
      expect(pairs.every(([i, j]) => i !== j && i < count && j < count)).toBe(true);
    }
  });
});

it('rounds to 8 bits as the originals do', () => {
  expect([...toBytes(Float32Array.of(-0.1, 0, 0.002, 0.5, 1, 1.5))]).toEqual([0, 0, 1, 128, 255, 255]);
});

function changed(
  set: ImageSet,
  change: (value: number, random: ReturnType<typeof createRandom>) => number,
): ImageSet {
  const random = createRandom('changed');
  return { ...set, read: async (indices) => (await set.read(indices)).map((value) => change(value, random)) };
}

it('reads from memory what was put in', async () => {
  const set = setFromMemory('m', { width: 1, height: 1, channels: 1, data: Float32Array.of(1, 2, 3) });
  expect([...(await set.read([2, 0]))]).toEqual([3, 1]);
});
