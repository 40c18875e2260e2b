import { describe, expect, it } from 'vitest';
import { quietEffects } from '../../src/core/effects.ts';
import { createTransform } from '../../src/curate/transforms/index.ts';
import { compareSets } from '../../src/eval/compare.ts';
import { rangeOf, setFromMemory } from '../../src/eval/image-set.ts';
import { linearOfChannels } from '../../src/eval/metrics/solar-channels.ts';
import type { MetricName } from '../../src/eval/metrics.ts';
import { drawnSuns } from '../support/drawn-suns.ts';

const SIZE = 16;
const COUNT = 60;

/** Judges suns of these channels in the transforms that data sets of them have. */
async function judge(names: readonly string[], metrics: MetricName[], isNamed = true) {
  const transforms = names.map((name) => createTransform(name === 'hmi-m' ? 'signed-log' : 'log1p', name));
  const set = async (label: string) => {
    const suns = drawnSuns(label, COUNT * names.length, SIZE);
    const data = await suns.read(rangeOf(suns.count));
    return setFromMemory(label, { width: SIZE, height: SIZE, channels: names.length, data });
  };
  const linear = linearOfChannels(
    (values, channel) => transforms[channel].inverse(values),
    transforms,
    isNamed ? names : undefined,
  );
  const comparison = { real: await set('real'), fake: await set('fake'), count: COUNT, seed: 1, linear };
  return compareSets({ ...comparison, metrics, settings: { ssimPairs: 10 } }, quietEffects());
}

describe('solar quantities by channel', () => {
  it('are refused for magnetograms, and the other metrics go on', async () => {
    const { results, warnings } = await judge(['hmi-m'], ['solar', 'swd']);
    expect(results.map(({ metric }) => metric)).toEqual(['swd']);
    expect(warnings[0]).toContain('left out, solar: needs intensities: hmi-m holds signed values');
    await expect(judge(['hmi-m'], ['solar'], false)).rejects.toThrow('channel 1 holds signed values');
  });

  it('are those of the intensities where a magnetogram is among the channels', async () => {
    const { results } = await judge(['hmi-m', '193'], ['solar']);
    const [{ scores, warnings }] = results;
    expect(scores.length).toBeGreaterThan(10);
    expect(scores.every(({ key }) => key.endsWith('.2'))).toBe(true);
    expect(warnings).toContainEqual(expect.stringContaining('left out, needs intensities: hmi-m holds'));
    expect(warnings.join()).not.toContain('thresholds');
  });

  it.each([
    ['193', undefined],
    ['304', '304 Å are segmented by the thresholds of 193 Å (above 2.5 and below 0.35 medians'],
    ['hmi-ic', 'hmi-ic are segmented by the thresholds of 193 Å'],
  ])('of %s: %s', async (name, warning) => {
    const { results } = await judge([name], ['solar']);
    const texts = results[0].warnings.join();
    if (warning === undefined) expect(texts).toBe('');
    else expect(texts).toContain(warning);
    const unnamed = await judge([name], ['solar'], false);
    expect(unnamed.results[0].warnings.join()).not.toContain('thresholds');
    expect(unnamed.results[0].scores).toEqual(results[0].scores);
  });
});
