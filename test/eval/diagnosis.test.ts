import { describe, expect, it } from 'vitest';
import { quietEffects } from '../../src/core/effects.ts';
import { compareSets } from '../../src/eval/compare.ts';
import { diagnose, uncheckedFaults } from '../../src/eval/diagnosis.ts';
import { type ImageSet, subset } from '../../src/eval/image-set.ts';
import type { Score } from '../../src/eval/scores.ts';
import { createRandom } from '../../src/numeric/random.ts';
import { drawnSuns } from '../support/drawn-suns.ts';
import { fidResult, sampleSummary } from './report/sample-model.ts';

const SIZE = 32;
const training = drawnSuns('train', 80, SIZE);
const random = createRandom(2);

async function faultsOf(fake: ImageSet): Promise<string[]> {
  const { results, warnings } = await compareSets(
    {
      real: drawnSuns('test', 48, SIZE),
      otherReals: training,
      training,
      fake,
      metrics: ['ms-ssim', 'solar', 'memorisation'],
      count: 48,
      seed: 1,
      settings: { ssimPairs: 300 },
      linear: (values) => values.map((y) => 16384 ** y - 1),
    },
    quietEffects(),
  );
  return diagnose({ ...sampleSummary(), results, warnings }).map(({ fault }) => fault);
}

const changed = (set: ImageSet, change: (pictures: Float32Array) => Float32Array): ImageSet => ({
  ...set,
  read: async (indices) => change(await set.read(indices)),
});

/** 5x5 means. */
function blur(pictures: Float32Array): Float32Array {
  return pictures.map((_, i) => {
    const [x, y, n] = [i % SIZE, Math.floor(i / SIZE) % SIZE, Math.floor(i / (SIZE * SIZE))];
    let [sum, count] = [0, 0];
    for (let v = Math.max(0, y - 2); v <= Math.min(SIZE - 1, y + 2); v++) {
      for (let u = Math.max(0, x - 2); u <= Math.min(SIZE - 1, x + 2); u++) {
        sum += pictures[(n * SIZE + v) * SIZE + u];
        count++;
      }
    }
    return sum / count;
  });
}

describe('generators with a fault made on purpose', () => {
  it('a good one is accused of nothing', async () => {
    expect(await faultsOf(drawnSuns('other', 48, SIZE))).toEqual([]);
  });

  it('a collapsed one has little variety', async () => {
    expect(await faultsOf(subset(drawnSuns('other', 1, SIZE), Array(48).fill(0)))).toContain(
      'little variety',
    );
  });

  it('a blurred one is blurred', async () => {
    expect(await faultsOf(changed(drawnSuns('other', 48, SIZE), blur))).toContain('blurred');
  });

  it('a noisy one is noisy', async () => {
    const noisy = changed(drawnSuns('other', 48, SIZE), (p) => p.map((v) => v + 0.08 * random.normal()));
    expect(await faultsOf(noisy)).toContain('noisy');
  });

  it('a memorising one repeats training frames', async () => {
    const copies = changed(training, (p) => p.map((v) => v + 0.005 * random.normal()));
    expect(await faultsOf(copies)).toContain('repeats training frames');
  });

  const copying = (share: number, change: (picture: Float32Array) => Float32Array): ImageSet => {
    const other = drawnSuns('other', 48, SIZE);
    const isCopy = (index: number) => index < share * 48;
    const picture = async (index: number) =>
      isCopy(index) ? change(await training.read([index])) : other.read([index]);
    return {
      ...other,
      read: async (indices) => {
        const pictures = await Promise.all(indices.map(picture));
        return Float32Array.from(pictures.flatMap((one) => Array.from(one)));
      },
    };
  };
  const mirrored = (p: Float32Array) => p.map((_, i) => p[i - (i % SIZE) + SIZE - 1 - (i % SIZE)]);

  it.each([
    ['a quarter of its pictures', 0.25, (p: Float32Array) => p],
    ['a quarter of them mirrored', 0.25, mirrored],
  ])('one that copies %s repeats training frames', async (_, share, change) => {
    expect(await faultsOf(copying(share, change))).toEqual(['repeats training frames']);
  });

  it('a collapsed or a blurred one is not accused of copying', async () => {
    expect(await faultsOf(subset(drawnSuns('other', 1, SIZE), Array(48).fill(0)))).not.toContain(
      'repeats training frames',
    );
    expect(await faultsOf(changed(drawnSuns('other', 48, SIZE), blur))).not.toContain(
      'repeats training frames',
    );
  });

  it('a dim one has the wrong brightness', async () => {
    expect(await faultsOf(changed(drawnSuns('other', 48, SIZE), (p) => p.map((v) => 0.9 * v)))).toContain(
      'wrong brightness',
    );
  });
});

describe('scores as they are given', () => {
  const one = (key: string, value: number, more: Partial<Score> = {}): Score => ({
    key,
    label: key,
    value,
    unit: '',
    sense: 'match',
    floors: [],
    ...more,
  });
  const summaryOf = (...scores: Score[]) => ({
    ...sampleSummary(),
    results: [{ ...sampleSummary().results[0], metric: 'any', variant: 'any', scores }],
  });
  const copies = (near: number, p: number, low: number, ratio = 1) =>
    [
      one('memorisation.pixel.near', near, { reference: 0.05 }),
      one('memorisation.pixel.ratio', ratio, { reference: 1 }),
      one('memorisation.pixel.p', p, { sense: 'higher' }),
      one('memorisation.pixel.low', low, { reference: 1 }),
    ] as const;
  const faults = (...scores: Score[]) => diagnose(summaryOf(...scores)).map(({ fault }) => fault);
  const floors = (value: number) => [{ pair: 'halves', label: 'halves', value, count: 64 }];

  it('a fifth of copies is a finding, though the median is as usual', () => {
    expect(faults(...copies(0.25, 1e-9, 0.1))).toEqual(['repeats training frames']);
    expect(diagnose(summaryOf(...copies(0.25, 1e-9, 0.1)))[0].text).toContain('1 in a million');
  });

  it('a twelfth of copies is one too, though the nearest tenth is as usual', () => {
    expect(faults(...copies(0.13, 1e-5, 0.9))).toEqual(['repeats training frames']);
  });

  it('what chance explains is none', () => {
    expect(faults(...copies(0.12, 0.02, 0.9))).toEqual([]);
    expect(faults(...copies(0.08, 1e-4, 0.95))).toEqual([]);
    expect(faults(...copies(0.05, 0.5, 1))).toEqual([]);
  });

  it('copies in features alone count', () => {
    const inFeatures = copies(0.4, 1e-12, 0.2).map((score) => ({
      ...score,
      key: score.key.replace('pixel', 'feature'),
    }));
    expect(faults(...copies(0.05, 0.5, 1), ...inFeatures)).toEqual(['repeats training frames']);
  });

  it('pictures that are all alike are near to training without being copies', () => {
    const alike = one('ms-ssim', 0.95, { reference: 0.5 });
    expect(faults(alike, ...copies(0.6, 1e-9, 0.8))).toEqual(['little variety']);
    expect(faults(alike, ...copies(0.6, 1e-9, 0.2))).toContain('repeats training frames');
  });

  it('a limb that generated pictures lack is a wrong limb', () => {
    const missing = (value: number, rank: number) =>
      one('solar.limb-radius.missing', value, { reference: 0.02, floors: floors(0.03), rank });
    expect(faults(missing(1, 0.002))).toEqual(['wrong limb']);
    expect(faults(missing(0.04, 0.6))).toEqual([]);
  });

  it('the worst of several channels speaks', () => {
    const flux = (channel: number, value: number) =>
      one(`solar.flux.${channel}`, value, {
        sense: 'lower',
        floors: floors(0.1),
        note: `channel ${channel}`,
      });
    expect(diagnose(summaryOf(flux(1, 0.1), flux(2, 0.9)))[0].text).toContain('channel 2');
  });

  it('a red number without a rule of its own is named', () => {
    const score = one('solar.profile', 0.9, { sense: 'lower', floors: floors(0.1) });
    expect(diagnose(summaryOf(score))).toEqual([
      { fault: 'far from the reals', text: 'solar.profile 9 times its floor' },
    ]);
  });

  it('what is not a number is a finding, and clears nobody', () => {
    const nothing = one('swd.mean', Number.NaN, { sense: 'lower', floors: floors(5) });
    expect(faults(nothing)).toEqual(['no number']);
    expect(uncheckedFaults(summaryOf(nothing)).join()).toContain('wrong patches (swd is not a number)');
    // As a line of JSON gives it back.
    expect(faults(one('memorisation.pixel.p', null as never))).toEqual(['no number']);
  });

  it('FID is named with its resizer, KID stands in for it', () => {
    const result = { ...fidResult('clean', 90) };
    expect(diagnose({ ...sampleSummary(), results: [result] })[0].text).toContain('FID (clean) is 4 times');
    const kid = one('kid', 8, { sense: 'lower', floors: floors(1) });
    expect(faults(kid)).toEqual(['wrong features']);
  });

  it('says what was not checked, and why', () => {
    const words = uncheckedFaults(summaryOf(one('swd.mean', 5, { sense: 'lower' }))).join('; ');
    expect(words).toContain('little variety (needs ms-ssim)');
    expect(words).toContain('repeats training frames (needs memorisation)');
    expect(words).toContain('blurred, noisy, wrong brightness');
    expect(words).toContain('wrong patches (swd has no floor)');
    expect(words).toContain('wrong features (needs fid or kid)');
  });
});
