import { describe, expect, it } from 'vitest';
import { createRandom, fnv1a, hash32, restoreRandom } from '../../src/numeric/random.ts';

const moments = (values: number[]) => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length };
};
const draw = (count: number, next: () => number) => Array.from({ length: count }, next);

describe('createRandom', () => {
  it('repeats with the seed and differs without it', () => {
    expect(draw(5, createRandom(7).uniform)).toEqual(draw(5, createRandom(7).uniform));
    expect(draw(5, createRandom(7).uniform)).not.toEqual(draw(5, createRandom(8).uniform));
    expect(draw(5, createRandom('seven').uniform)).not.toEqual(draw(5, createRandom(7).uniform));
  });

  it('goes on exactly from a saved state, in the middle of a normal pair too', () => {
    const random = createRandom(3);
    random.normal();
    const copy = restoreRandom(JSON.parse(JSON.stringify(random.state())));
    expect(draw(9, copy.normal)).toEqual(draw(9, random.normal));
  });

  it('has the moments of its distributions', () => {
    const random = createRandom(11);
    const uniform = moments(draw(100_000, random.uniform));
    expect(uniform.mean).toBeCloseTo(0.5, 2);
    expect(uniform.variance).toBeCloseTo(1 / 12, 2);
    const normal = moments(draw(100_000, random.normal));
    expect(normal.mean).toBeCloseTo(0, 1);
    expect(normal.variance).toBeCloseTo(1, 1);
    for (const mean of [0.3, 4, 100]) {
      const counts = moments(draw(50_000, () => random.poisson(mean)));
      expect(Math.abs(counts.mean / mean - 1)).toBeLessThan(0.02);
      expect(Math.abs(counts.variance / mean - 1)).toBeLessThan(0.05);
    }
  });

  it('forks streams that depend on the label only', () => {
    const random = createRandom(5);
    const before = draw(3, random.fork('sun').uniform);
    expect(draw(3, random.fork('sun').uniform)).toEqual(before);
    expect(draw(3, random.fork('moon').uniform)).not.toEqual(before);
  });

  it('shuffles into a permutation', () => {
    const items = createRandom(1).shuffle(Uint32Array.from({ length: 100 }, (_, i) => i));
    expect([...items].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect(items[0] === 0 && items[1] === 1 && items[2] === 2).toBe(false);
  });
});

describe('hashes', () => {
  it('agree with published values', () => {
    // FNV-1a test vectors of the authors' page.
    expect(fnv1a('')).toBe(0x811c9dc5);
    expect(fnv1a('foobar')).toBe(0xbf9cf968);
  });
  it('hash32 depends on both words', () => {
    expect(new Set([hash32(1, 2), hash32(2, 1), hash32(1, 3), hash32(2, 2)]).size).toBe(4);
  });
});
