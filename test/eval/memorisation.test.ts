import { describe, expect, it } from 'vitest';
import { quietEffects } from '../../src/core/effects.ts';
import { compareSets } from '../../src/eval/compare.ts';
import type { ImageSet } from '../../src/eval/image-set.ts';
import { chanceOfSoManyBelow } from '../../src/eval/measures/exceedance.ts';
import { nearestRows } from '../../src/eval/measures/nearest.ts';
import { projectByLoop } from '../../src/eval/measures/swd.ts';
import { sizesUpTo } from '../../src/eval/metrics/floor-curve.ts';
import type { MetricName } from '../../src/eval/metrics.ts';
import { createRandom } from '../../src/numeric/random.ts';
import { quantile } from '../../src/numeric/stats.ts';
import { drawnSuns } from '../support/drawn-suns.ts';

const training = drawnSuns('train', 60, 32);

async function judge(fake: ImageSet, metrics: MetricName[]) {
  const { results } = await compareSets(
    {
      real: drawnSuns('test', 40, 32),
      otherReals: training,
      training,
      fake,
      metrics,
      count: 40,
      seed: 1,
      settings: { ssimPairs: 10 },
    },
    quietEffects(),
  );
  return results[0];
}

describe('memorisation', () => {
  const value = (result: Awaited<ReturnType<typeof judge>>, key: string) =>
    result.scores.find((score) => score.key === `memorisation.pixel.${key}`)!.value;

  it('does not accuse a generator that makes new pictures', async () => {
    const result = await judge(drawnSuns('other', 40, 32), ['memorisation']);
    expect(value(result, 'near')).toBeLessThan(0.2);
    expect(value(result, 'ratio')).toBeCloseTo(1, 0.5);
    expect(value(result, 'low')).toBeCloseTo(1, 0.5);
    expect(value(result, 'p')).toBeGreaterThan(0.01);
    expect(result.warnings).toEqual([]);
  });

  const mirrored: ImageSet = {
    ...training,
    async read(indices) {
      const pictures = await training.read(indices);
      for (let row = 0; row < pictures.length; row += 32) pictures.subarray(row, row + 32).reverse();
      return pictures;
    },
  };

  const turned: ImageSet = {
    ...training,
    async read(indices) {
      const pictures = await training.read(indices);
      for (let plane = 0; plane < pictures.length; plane += 1024)
        pictures.subarray(plane, plane + 1024).reverse();
      return pictures;
    },
  };
  const upsideDown: ImageSet = {
    ...training,
    async read(indices) {
      const pictures = await turned.read(indices);
      for (let row = 0; row < pictures.length; row += 32) pictures.subarray(row, row + 32).reverse();
      return pictures;
    },
  };

  it.each([
    [mirrored, 'mirrored east-west'],
    [upsideDown, 'mirrored north-south'],
    [turned, 'turned by 180 degrees'],
  ])('finds copies that are mirrored, and shows the frame as mirrored %#', async (copies, how) => {
    const result = await judge(copies, ['memorisation']);
    expect([value(result, 'near'), value(result, 'ratio')]).toEqual([1, 0]);
    const frames = result.gallery!.rows.map(({ pictures: [own, frame] }) => [
      own.uri === frame.uri,
      frame.label,
    ]);
    expect(new Set(frames.map(String))).toEqual(new Set([`true,nearest training frame, ${how}`]));
  });

  it('finds the copies of one that repeats a frame now and then, where the median tells nothing', async () => {
    const other = drawnSuns('other', 40, 32);
    const some: ImageSet = {
      ...other,
      async read(indices) {
        const [own, copies] = [await other.read(indices), await mirrored.read(indices)];
        return own.map((pixel, i) => (indices[Math.floor(i / 1024)] % 3 === 0 ? copies[i] : pixel));
      },
    };
    const result = await judge(some, ['memorisation']);
    expect(value(result, 'ratio')).toBeGreaterThan(0.75);
    expect(value(result, 'near')).toBeGreaterThanOrEqual(14 / 40);
    expect(value(result, 'low')).toBe(0);
    expect(value(result, 'p')).toBeLessThan(1e-3);
    expect(result.warnings.join()).toContain('may repeat its training frames');
  });

  it('finds one that repeats training frames with a little noise, and shows the pairs', async () => {
    const random = createRandom(3);
    const copies = {
      ...training,
      read: async (indices: readonly number[]) =>
        (await training.read(indices)).map((v) => v + 0.02 * random.normal()),
    };
    const result = await judge(copies, ['memorisation']);
    expect(value(result, 'near')).toBe(1);
    expect(value(result, 'ratio')).toBeLessThan(0.6);
    expect(result.warnings.join()).toContain('may repeat its training frames');
    const { rows } = result.gallery!;
    expect(rows).toHaveLength(6);
    expect(rows[0].pictures.map(({ label }) => label)).toEqual(['generated', 'nearest training frame']);
    expect(rows[0].pictures[0].uri).toMatch(/^data:image\/png;base64,/);
  });

  it('needs the training frames', async () => {
    const set = drawnSuns('x', 4, 32);
    const comparison = {
      real: set,
      fake: set,
      metrics: ['memorisation'] as MetricName[],
      count: 4,
      seed: 1,
      settings: { ssimPairs: 1 },
    };
    await expect(compareSets(comparison, quietEffects())).rejects.toThrow('needs the training frames');
  });
});

describe('the chance of so many values below a limit', () => {
  it('is that of the binomial where the limit is well known', () => {
    // 5 % of very many: at least 3 of 20 by the binomial.
    const binomial = 1 - 0.95 ** 20 - 20 * 0.05 * 0.95 ** 19 - 190 * 0.05 ** 2 * 0.95 ** 18;
    expect(chanceOfSoManyBelow(3, 20, 50_000, 1_000_000)).toBeCloseTo(binomial, 3);
    expect(chanceOfSoManyBelow(0, 20, 2, 40)).toBe(1);
    expect(chanceOfSoManyBelow(4000, 4000, 200, 4000)).toBeLessThan(1e-300);
  });

  it('is as often below p as p says, for values of one distribution', () => {
    const random = createRandom(5);
    const draw = (count: number) => Float64Array.from({ length: count }, () => random.normal());
    const chances = Array.from({ length: 2000 }, () => {
      const [known, own] = [draw(40), draw(40)];
      const limit = quantile(known, 0.05);
      const below = (values: Float64Array) => values.filter((value) => value < limit).length;
      return chanceOfSoManyBelow(below(own), 40, below(known), 40);
    });
    const share = (limit: number) => chances.filter((chance) => chance < limit).length / chances.length;
    expect(share(0.05)).toBeLessThan(0.06);
    expect(share(0.01)).toBeLessThan(0.015);
    expect(share(0.3)).toBeGreaterThan(0.1);
  });
});

it('the nearest row is the nearest', async () => {
  const random = createRandom(1);
  const draw = (rows: number) => Float32Array.from({ length: rows * 9 }, () => random.normal());
  const [queries, candidates] = [draw(100), draw(30)];
  const { index, distance } = await nearestRows(queries, candidates, 9, projectByLoop);
  for (let i = 0; i < 100; i++) {
    const distances = Array.from({ length: 30 }, (_, j) => {
      let sum = 0;
      for (let k = 0; k < 9; k++) sum += (queries[i * 9 + k] - candidates[j * 9 + k]) ** 2;
      return Math.sqrt(sum / 9);
    });
    expect(distance[i]).toBeCloseTo(Math.min(...distances), 6);
    expect(distances[index[i]]).toBeCloseTo(Math.min(...distances), 6);
  }
});

describe('floors by number of pictures', () => {
  it('fall with the number, for reals and for a good generator alike', async () => {
    const { curves } = await judge(drawnSuns('other', 40, 32), ['floors']);
    const [reals, generated] = curves![0].series;
    expect(generated.x).toEqual([10, 20, 40]);
    expect(reals.y[0]).toBeGreaterThan(1.2 * reals.y.at(-1)!);
    expect(generated.y[0]).toBeGreaterThan(1.2 * generated.y.at(-1)!);
  });

  it('halves down to eight', () => {
    expect(sizesUpTo(100)).toEqual([12, 25, 50, 100]);
    expect(sizesUpTo(8)).toEqual([8]);
    expect(sizesUpTo(3)).toEqual([3]);
  });
});
