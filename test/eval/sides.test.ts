import { describe, expect, it } from 'vitest';
import { parseOptions } from '../../src/core/options.ts';
import { createTransform } from '../../src/curate/transforms/index.ts';
import { evalOptions } from '../../src/eval/index.ts';
import { linearOf, pictureSets } from '../../src/eval/sides.ts';
import type { Source } from '../../src/eval/sources/index.ts';
import { drawnSuns } from '../support/drawn-suns.ts';

const SIZE = 16;

const source = (label: string, images: Source['images'], generated = false): Source => ({
  label,
  path: label,
  generated,
  simulated: false,
  hash: null,
  kimg: null,
  resolutions: [SIZE],
  channels: 1,
  transforms: undefined,
  warnings: [],
  images,
  async close() {},
});

describe('the pictures of two sides', () => {
  const real = source('reals', () => drawnSuns('reals', 6, SIZE));
  const setsFor = (fake: Source, count: number) =>
    pictureSets({ real, fake, out: undefined }, parseOptions(evalOptions, { count }, 'test'));

  it('a generator makes as many as there are reals, and more for who takes more', async () => {
    const generator = source('generator', ({ count }) => drawnSuns('made', count, SIZE), true);
    const { fake, moreFakes } = setsFor(generator, 10);
    expect([fake.count, moreFakes?.count]).toEqual([6, 10]);
    expect(await moreFakes?.read([5, 0])).toEqual(await fake.read([5, 0]));
    expect(setsFor(generator, 6).moreFakes).toBeUndefined();
    expect(setsFor(generator, 4).fake.count).toBe(4);
  });

  it('of a folder there are no more than there are', () => {
    const folder = source('folder', () => drawnSuns('folder', 9, SIZE));
    const { fake, moreFakes } = setsFor(folder, 10);
    expect([fake.count, moreFakes]).toEqual([9, undefined]);
  });
});

it('the conversion to DN knows the channels of the side that has a data set', () => {
  const plain = source('folder', () => drawnSuns('folder', 2, SIZE));
  const of = (name: string, transform: 'log1p' | 'signed-log') => ({
    ...plain,
    channelNames: [name],
    transforms: [createTransform(transform, name)],
  });
  const channelsOf = (real: Source, fake: Source) => linearOf({ real, fake, out: undefined })?.channels;
  expect(channelsOf(of('304', 'log1p'), plain)).toEqual([{ name: '304', isSigned: false }]);
  expect(channelsOf(plain, of('hmi-m', 'signed-log'))).toEqual([{ name: 'hmi-m', isSigned: true }]);
  expect(channelsOf(plain, plain)).toBeUndefined();
  // The product counts, and the transform only where no name is known.
  expect(channelsOf(of('193', 'signed-log'), plain)).toEqual([{ name: '193', isSigned: false }]);
  const unnamed = { ...of('193', 'signed-log'), channelNames: undefined };
  expect(channelsOf(unnamed, plain)).toEqual([{ name: undefined, isSigned: true }]);
});
