import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, expect, it } from 'vitest';
import { quietEffects } from '../../src/core/effects.ts';
import { compareSets } from '../../src/eval/compare.ts';
import { type ImageSet, setFromMemory, subset } from '../../src/eval/image-set.ts';
import type { MetricName } from '../../src/eval/metrics.ts';
import { createRandom } from '../../src/numeric/random.ts';
import { describeWithRealData } from '../support/real-data.ts';

const SIZE = 32;
const COUNT = 40;
/** Browse pictures of the same days of two months apart: what a good generator would be to the reals. */
let reals: ImageSet;
let others: ImageSet;

async function load(files: readonly string[]): Promise<ImageSet> {
  const data = new Float32Array(files.length * SIZE * SIZE);
  for (const [i, file] of files.entries()) {
    const pixels = await sharp(file).toColourspace('b-w').resize(SIZE, SIZE).raw().toBuffer();
    for (let k = 0; k < SIZE * SIZE; k++)
      data[i * SIZE * SIZE + k] = pixels[k * (pixels.length / SIZE ** 2)] / 255;
  }
  return setFromMemory('AIA 193 browse pictures', { width: SIZE, height: SIZE, channels: 1, data });
}

async function scores(fake: ImageSet, metrics: MetricName[]): Promise<Map<string, number>> {
  const { results } = await compareSets(
    {
      real: reals,
      fake,
      metrics,
      count: COUNT,
      seed: 1,
      settings: { ssimPairs: 200 },
      linear: (values) => values.map((y) => 255 * y),
    },
    quietEffects(),
  );
  return new Map(results.flatMap(({ scores: all }) => all.map(({ key, value }) => [key, value] as const)));
}

const changed = (change: (pictures: Float32Array) => Float32Array): ImageSet => ({
  ...others,
  read: async (indices) => change(await others.read(indices)),
});

function noise(strength: number): ImageSet {
  const random = createRandom('noise');
  return changed((pictures) => pictures.map((value) => value + strength * random.normal()));
}

function blur(radius: number): ImageSet {
  return changed((pictures) => {
    const result = new Float32Array(pictures.length);
    for (let i = 0; i < pictures.length; i++) {
      const [x, y, start] = [i % SIZE, Math.floor(i / SIZE) % SIZE, i - (i % (SIZE * SIZE))];
      let [sum, count] = [0, 0];
      for (let v = Math.max(0, y - radius); v <= Math.min(SIZE - 1, y + radius); v++) {
        for (let u = Math.max(0, x - radius); u <= Math.min(SIZE - 1, x + radius); u++) {
          sum += pictures[start + v * SIZE + u];
          count++;
        }
      }
      result[i] = sum / count;
    }
    return result;
  });
}

const modes = (count: number): ImageSet =>
  subset(
    others,
    Array.from({ length: COUNT }, (_, i) => i % count),
  );

const shift = (factor: number): ImageSet => changed((pictures) => pictures.map((value) => factor * value));

describeWithRealData('numbers over strengths of a fault, on real frames', (data) => {
  beforeAll(async () => {
    const folder = join(data, 'aia-browse-193-2017');
    const files = readdirSync(folder)
      .filter((file) => file.endsWith('.jpg'))
      .sort()
      .map((file) => join(folder, file));
    // Every other picture: both sides see the same months.
    reals = await load(files.filter((_, i) => i % 2 === 0).slice(0, COUNT));
    others = await load(files.filter((_, i) => i % 2 === 1).slice(0, COUNT));
  });

  it.each([
    ['noise', 'swd.mean', ['swd'], [() => noise(0), () => noise(0.02), () => noise(0.05), () => noise(0.15)]],
    [
      'noise',
      'solar.spectrum',
      ['solar'],
      [() => noise(0), () => noise(0.02), () => noise(0.05), () => noise(0.15)],
    ],
    ['blur', 'swd.mean', ['swd'], [() => blur(0), () => blur(1), () => blur(2), () => blur(4)]],
    ['blur', 'solar.spectrum', ['solar'], [() => blur(0), () => blur(1), () => blur(2)]],
    [
      'dropped modes',
      'ms-ssim',
      ['ms-ssim'],
      [() => modes(COUNT), () => modes(8), () => modes(3), () => modes(1)],
    ],
    ['dropped modes', 'swd.mean', ['swd'], [() => modes(COUNT), () => modes(4), () => modes(1)]],
    [
      'a shift of brightness',
      'solar.flux',
      ['solar'],
      [() => shift(1), () => shift(0.95), () => shift(0.85), () => shift(0.6)],
    ],
    [
      'a shift of brightness',
      'solar.intensity',
      ['solar'],
      [() => shift(1), () => shift(0.95), () => shift(0.85), () => shift(0.6)],
    ],
  ] as [string, string, MetricName[], (() => ImageSet)[]][])(
    '%s: %s grows',
    async (_, key, metrics, strengths) => {
      const values: number[] = [];
      for (const make of strengths) values.push((await scores(make(), metrics)).get(key)!);
      for (let i = 1; i < values.length; i++)
        expect(values[i], values.join(' -> ')).toBeGreaterThan(values[i - 1]);
    },
  );

  it('SWD normalises each set by itself and does not see the brightness', async () => {
    const [same, dim] = [await scores(shift(1), ['swd']), await scores(shift(0.6), ['swd'])];
    expect(dim.get('swd.mean')! / same.get('swd.mean')!).toBeLessThan(1.3);
  });
});
