import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { quietEffects } from '../../src/core/effects.ts';
import { createRandom } from '../../src/numeric/random.ts';
import {
  generate,
  generateOptions,
  imagesInMemory,
  openGenerator,
  openRun,
  planTraining,
  train,
} from '../../src/train/index.ts';
import { diskImages, temporaryWorkspace, tinyOptions } from './support.ts';

const { workspace, remove } = temporaryWorkspace();
afterAll(remove);
const effects = quietEffects();

describe('train, generate and the doors of a run', () => {
  it('plans without writing', async () => {
    const plan = await planTraining(tinyOptions(), { workspace, effects, images: diskImages(8, 8) });
    expect(plan).toMatchObject({
      dataset: { name: 'disks', count: 8 },
      recipe: { resolution: 8, loss: 'logistic' },
    });
    expect(plan.parameters.generator).toBeGreaterThan(1000);
    expect(plan.holdsMemory).toBe(true);
    const small = { workspace, effects, images: diskImages(8, 8) };
    expect((await planTraining(tinyOptions({ memory: 0.2 }), small)).holdsMemory).toBe(false);
  });

  it('learns mirror images beside the reals, where they are others', async () => {
    const learn = async (values: Float32Array, mirror: 'none' | 'both') => {
      const images = imagesInMemory({ ...diskImages(1, 8), values });
      const options = tinyOptions({ name: `mirror-${mirror}`, kimg: 0.012, mirror });
      const { directory } = await train(options, { workspace, effects, images });
      const { stats } = await openRun(directory);
      rmSync(directory, { recursive: true });
      return stats.map((line) => line['realScore']);
    };
    const ramp = Float32Array.from({ length: 64 }, (_, i) => i / 64);
    const disk = ramp.map((_, i) => 1 / (1 + Math.hypot((i % 8) - 3.5, Math.floor(i / 8) - 3.5)));
    expect(await learn(disk, 'both')).toEqual(await learn(disk, 'none'));
    expect(await learn(ramp, 'both')).not.toEqual(await learn(ramp, 'none'));
  });

  it('makes a run folder with statistics, samples and checkpoints', async () => {
    const summary = await train(tinyOptions({ name: 'disks' }), {
      workspace,
      effects,
      images: diskImages(8, 8),
    });
    expect(summary).toMatchObject({ finished: 'kimg', images: 48 });
    expect(summary.directory).toBe(join(workspace.runs, '0001-disks'));
    const run = await openRun(summary.directory);
    expect(run.stats).toHaveLength(4);
    for (const line of run.stats) expect(Object.values(line).every(Number.isFinite)).toBe(true);
    expect(Object.keys(run.stats[3]!)).toEqual(
      expect.arrayContaining([
        'kimg',
        'seconds',
        'imagesPerSecond',
        'discriminatorLoss',
        'generatorLoss',
        'r1',
        'pathLength',
        'realScore',
        'fakeScore',
      ]),
    );
    expect(run.options).toMatchObject({
      seed: 1,
      recipe: { batch: 4 },
      dataset: { hash: 'disks', simulated: true },
    });
    const picture = readFileSync(run.samples[3]!);
    expect(picture.includes('GENERATED') && picture.includes('Not an observation')).toBe(true);
    expect(await sharp(picture).metadata()).toMatchObject({ format: 'png', channels: 1 });
  });

  it('opens the generator: equal seeds give equal images in any company', async () => {
    const generator = await openGenerator(join(workspace.runs, '0001-disks'), { batch: 3 });
    const alone = await generator.generate([5]);
    const among = await generator.generate([1, 2, 3, 5]);
    expect(alone).toHaveLength(64);
    expect(Math.min(...alone)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...alone)).toBeLessThanOrEqual(1);
    expect(among.subarray(192).every((value, i) => Math.abs(value - alone[i]!) < 1e-6)).toBe(true);
    expect(await generator.generate([6])).not.toEqual(alone);
    const tame = await generator.generate([5, 6], { truncation: 0 });
    expect(tame).not.toEqual(await generator.generate([5, 6]));
    await generator.close();
  });

  it('writes 16-bit pictures that say they are generated, north up', async () => {
    const options = generateOptions.parse({ run: '1', seeds: [5, 9] });
    const { files, directory } = await generate(options, { workspace, effects });
    expect(files).toEqual(['seed00000005.png', 'seed00000009.png']);
    const file = readFileSync(join(directory, files[0]!));
    expect(file.includes('GENERATED')).toBe(true);
    const { data, info } = await sharp(file)
      .toColourspace('grey16')
      .raw({ depth: 'ushort' })
      .toBuffer({ resolveWithObject: true });
    expect(info).toMatchObject({ width: 8, height: 8, channels: 1 });
    const generator = await openGenerator(join(workspace.runs, '0001-disks'));
    const image = await generator.generate([5]);
    await generator.close();
    const pixels = new Uint16Array(data.buffer, data.byteOffset, 64);
    // The last row of the array is solar north: the first line of the picture.
    for (let x = 0; x < 8; x++) expect(Math.abs(pixels[x]! - image[56 + x]! * 65535)).toBeLessThan(1.5);
  });

  it('writes the generator as an ONNX model that another runtime runs, with any batch', async () => {
    const path = join(workspace.root, 'generator.onnx');
    await generate(generateOptions.parse({ run: '1', model: path }), { workspace, effects });
    const session = await ort.InferenceSession.create(path);
    const generator = await openGenerator(join(workspace.runs, '0001-disks'));
    for (const seeds of [[5], [1, 2, 5]]) {
      const expected = await generator.generate(seeds);
      const draw = (purpose: string, length: number) =>
        new ort.Tensor(
          'float32',
          Float32Array.from(
            seeds.flatMap((seed) => {
              const random = createRandom(seed).fork(purpose);
              return Array.from({ length }, () => random.normal());
            }),
          ),
          [seeds.length, length],
        );
      const noise = draw('noise', 16 + 2 * 64);
      const truncation = new ort.Tensor('float32', [1], []);
      const { images } = await session.run({ latents: draw('latent', 8), noise, truncation });
      expect(images!.dims).toEqual([seeds.length, 1, 8, 8]);
      const values = images!.data as Float32Array;
      expect(Math.max(...values.map((value, i) => Math.abs(value - expected[i]!)))).toBeLessThan(1e-5);
    }
    await generator.close();
    await session.release();
  });

  it('does not take a folder that a kill left without options for a run', async () => {
    mkdirSync(join(workspace.runs, '0900-killed'));
    const { checkpoint } = await generate(generateOptions.parse({ count: 1 }), { workspace, effects });
    expect(checkpoint).toContain('0001-disks');
    rmSync(join(workspace.runs, '0900-killed'), { recursive: true });
  });

  it('takes any number of channels, large sides and large batches in parts', async () => {
    const one = diskImages(6, 256);
    const positions = [0, 1, 2, 3, 4, 5];
    const plane = await one.read(positions);
    const images = imagesInMemory({
      ...one,
      channels: 3,
      transforms: [0, 1, 2].map(() => one.transforms[0]!),
      values: plane,
    });
    const options = {
      resolution: 256,
      channelBase: 512,
      batch: 2,
      atOnce: [1],
      kimg: 0.002,
      pathWeight: 0,
      samples: 1,
      name: 'large',
    };
    const { directory, lastTick } = await train(tinyOptions(options), { workspace, effects, images });
    expect(Number.isFinite(lastTick!['generatorLoss'])).toBe(true);
    const generator = await openGenerator(directory, { batch: 1 });
    expect(await generator.generate([1])).toHaveLength(3 * 256 ** 2);
    await generator.close();
  });

  it('refuses what cannot be', async () => {
    const attempt = (options: object) => train(tinyOptions(options), { workspace, effects });
    await expect(attempt({})).rejects.toMatchObject({ kind: 'usage', where: '--data' });
    await expect(attempt({ data: 'none' })).rejects.toMatchObject({ kind: 'data' });
    await expect(attempt({ data: 'any', preset: 'demmo' })).rejects.toThrow(/did you mean 'demo'/);
    await expect(attempt({ resume: '77' })).rejects.toMatchObject({ kind: 'usage' });
  });

  it('stops when numbers break down, and says what to try', async () => {
    const options = tinyOptions({ generatorRate: 1e30, discriminatorRate: 1e30, name: 'broken' });
    const run = train(options, { workspace, effects, images: diskImages(8, 8) });
    await expect(run).rejects.toMatchObject({
      kind: 'data',
      remedy: expect.stringContaining('--generator-rate'),
    });
  });
});
