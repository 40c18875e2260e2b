import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { afterAll, describe, expect, it } from 'vitest';
import { quietEffects } from '../../src/core/effects.ts';
import type { Dataset } from '../../src/curate/index.ts';
import { labelFrames, terciles } from '../../src/train/data/labels.ts';
import { exportGenerator, generate, generateOptions, openGenerator, train } from '../../src/train/index.ts';
import { flawOfClasses, type LabelFacts, labelsOfSeeds, oneHot } from '../../src/train/labels.ts';
import { diskImages, labelled, temporaryWorkspace, tinyOptions } from './support.ts';

const { workspace, remove } = temporaryWorkspace();
const folder = mkdtempSync(join(tmpdir(), 'sungan-labels-'));
afterAll(() => {
  remove();
  rmSync(folder, { recursive: true });
});
const effects = quietEffects();

/** Six frames, brighter and brighter, of two years. */
const dataset = {
  levels: [8, 4],
  channels: ['193', '211'],
  frames: [2012, 2012, 2012, 2013, 2013, 2013].map((year, i) => ({ time: `${year}-0${i + 1}-01T00:00:00Z` })),
  transform: { inverse: (values: Float32Array) => values.map((value) => value * 100) },
  readFloat: async (side: number, indices: readonly number[]) =>
    Float32Array.from(
      indices.flatMap((i) => [...Array(side * side).fill(i / 10), ...Array(side * side).fill(1)]),
    ),
} as unknown as Dataset;

describe('labels of a dataset', () => {
  it('year and month come from the time of each frame', async () => {
    expect(await labelFrames(dataset, [0, 1, 4], 'year')).toMatchObject({
      names: ['2012', '2013'],
      counts: [2, 1],
      of: Uint16Array.of(0, 0, 1),
    });
    expect((await labelFrames(dataset, [0, 4], 'month')).names).toEqual(['01', '05']);
  });

  it('year and month are refused where frames tell no time, as imported pictures without a date', async () => {
    const frames = dataset.frames.map((frame, i) => (i === 3 ? { time: '1970-01-01T00:00:00Z' } : frame));
    const undated = { ...dataset, frames } as Dataset;
    await expect(labelFrames(undated, [1, 2, 3], 'month')).rejects.toMatchObject({
      kind: 'usage',
      message: '1 of 3 training frames tell no time',
      remedy: expect.stringContaining('--label activity'),
    });
    expect((await labelFrames(undated, [0, 1], 'month')).names).toEqual(['01', '02']);
    expect((await labelFrames(undated, [3, 4], 'activity')).of).toHaveLength(2);
  });

  it('that tell nothing apart are warned of', () => {
    const flaw = (...counts: number[]) =>
      flawOfClasses({ kind: 'activity', names: ['low', 'high', 'top'], counts, source: '' });
    expect(flaw(1, 2, 3)).toBeUndefined();
    expect(flaw(0, 0, 3)).toContain('all training images have one activity');
    expect(flaw(1, 0, 3)).toBe('no training image has the activity high');
  });

  it('activity is the tercile of the mean linear value, of the first channel', async () => {
    const labels = await labelFrames(dataset, [5, 4, 3, 2, 1, 0], 'activity');
    expect([...labels.of]).toEqual([2, 2, 1, 1, 0, 0]);
    expect(labels).toMatchObject({ names: ['low', 'middle', 'high'], counts: [2, 2, 2] });
    expect(labels.source).toContain('channel 193: below 20.00, up to 40.00, above');
    expect(terciles(Float64Array.of(1, 1, 1), '193').counts).toEqual([0, 0, 3]);
  });

  it('seeds get classes as often as the data has them', () => {
    const facts: LabelFacts = { kind: 'month', names: ['01', '02', '03'], counts: [10, 0, 30], source: '' };
    const drawn = labelsOfSeeds(
      facts,
      Array.from({ length: 2000 }, (_, seed) => seed),
    );
    expect(drawn.filter((label) => label === 2).length / 2000).toBeCloseTo(0.75, 1);
    expect(drawn).not.toContain(1);
    expect([...oneHot([1, 0], 2, 3)]).toEqual([0, 1, 1, 0, 0, 0]);
  });
});

describe('a conditional network', async () => {
  const images = labelled(diskImages(24, 8));
  const { directory } = await train(tinyOptions({ label: 'year', kimg: 0.024 }), {
    workspace,
    effects,
    images,
  });

  it('makes images of the class that is asked for', async () => {
    const generator = await openGenerator(directory);
    const of = (label?: string) => generator.generate([5], { label });
    const [first, second, drawn] = [await of('2012'), await of('2013'), await of()];
    expect(first).not.toEqual(second);
    const own = generator.labels!.names[labelsOfSeeds(generator.labels!, [5])[0]!];
    expect(drawn).toEqual(own === '2012' ? first : second);
    const styles = await generator.styles([5], { label: '2013' });
    const again = await generator.synthesise(styles, [5]);
    expect(Math.max(...again.map((value, i) => Math.abs(value - second[i]!)))).toBeLessThan(1e-5);
    await expect(of('2014')).rejects.toMatchObject({ kind: 'usage', remedy: 'year: 2012, 2013' });
    await generator.close();
  });

  it('is told apart in its pictures and in its ONNX model', async () => {
    const options = generateOptions.parse({ run: '1', seeds: [5], label: '2013', out: folder });
    expect((await generate(options, { workspace, effects })).files).toHaveLength(1);
    const path = join(folder, 'generator.onnx');
    await exportGenerator(directory, path);
    const session = await ort.InferenceSession.create(path);
    expect(session.inputNames).toContain('labels');
    await session.release();
  });

  it('goes on exactly when resumed', async () => {
    const { directory: whole } = await train(tinyOptions({ label: 'year', kimg: 0.048 }), {
      workspace,
      effects,
      images,
    });
    const resumed = tinyOptions({ resume: directory, label: 'year', kimg: 0.048 });
    await train(resumed, { workspace, effects, images });
    const pixels = async (run: string) => {
      const generator = await openGenerator(run);
      const made = await generator.generate([1]);
      await generator.close();
      return made;
    };
    expect(await pixels(directory)).toEqual(await pixels(whole));
  });

  it('does not go on with data of other classes', async () => {
    const later = { ...images, hash: 'later', labels: { ...images.labels!, names: ['2012', '2014'] } };
    const resumed = tinyOptions({ resume: directory, kimg: 1, newData: true });
    await expect(train(resumed, { workspace, effects, images: later })).rejects.toMatchObject({
      kind: 'data',
      remedy: expect.stringContaining('--from'),
    });
  });

  it('is refused where images tell no labels, and for networks without a conditional form', async () => {
    const attempt = (options: object, given = images) =>
      train(tinyOptions({ label: 'year', ...options }), { workspace, effects, images: given });
    await expect(attempt({}, diskImages(8, 8))).rejects.toMatchObject({ where: '--label' });
    await expect(attempt({ architecture: 'pggan' })).rejects.toMatchObject({ where: '--label' });
  });
});
