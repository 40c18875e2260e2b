import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { quietEffects } from '../../src/core/effects.ts';
import { compareSets } from '../../src/eval/compare.ts';
import type { ImageSet } from '../../src/eval/image-set.ts';
import type { MetricName } from '../../src/eval/metrics.ts';
import { blurred, collapsed, dimmed, loadPictures, noisy } from '../support/faults.ts';
import { describeWithRealData } from '../support/real-data.ts';

const SIZE = 32;
const COUNT = 24;
/** Browse pictures of the same days of two months apart: what a good generator would be to the reals. */
let reals: ImageSet;
let others: ImageSet;

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

const noise = (deviation: number) => noisy(others, deviation);
const blur = (radius: number) => blurred(others, radius);
const modes = (count: number) => collapsed(others, count);
const shift = (factor: number) => dimmed(others, factor);

describeWithRealData('numbers over strengths of a fault, on real frames', (data) => {
  beforeAll(async () => {
    const folder = join(data, 'aia-browse-193-2017');
    const files = readdirSync(folder)
      .filter((file) => file.endsWith('.jpg'))
      .sort()
      .map((file) => join(folder, file));
    // Every other picture: both sides see the same months.
    const load = (half: number) =>
      loadPictures('AIA 193 browse pictures', files.filter((_, i) => i % 2 === half).slice(0, COUNT), {
        size: SIZE,
        channels: 1,
      });
    reals = await load(0);
    others = await load(1);
  });

  it.each([
    ['noise', 'swd.mean', ['swd'], [() => noise(0), () => noise(0.05), () => noise(0.15)]],
    [
      'noise',
      'solar.spectrum',
      ['solar'],
      [() => noise(0), () => noise(0.02), () => noise(0.05), () => noise(0.15)],
    ],
    ['blur', 'swd.mean', ['swd'], [() => blur(0), () => blur(1), () => blur(4)]],
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
