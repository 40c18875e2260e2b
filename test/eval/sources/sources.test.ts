import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { quietEffects } from '../../../src/core/effects.ts';
import { openWorkspace } from '../../../src/core/workspace.ts';
import { createTransform } from '../../../src/curate/transforms/index.ts';
import { model, node, tensor, valueInfo } from '../../../src/eval/onnx/model.ts';
import { packedField, stringField } from '../../../src/eval/onnx/protobuf.ts';
import { openSource, type Source } from '../../../src/eval/sources/index.ts';
import { exportGenerator } from '../../../src/train/index.ts';
import { drawnSuns } from '../../support/drawn-suns.ts';
import { TINY_SIZE, trainTinyRun, writePictures } from '../tiny-run.ts';
import { storedZip } from './stored-zip.ts';

const folder = mkdtempSync(join(tmpdir(), 'sungan-sources-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const context = { workspace: openWorkspace(folder), effects: quietEffects(), split: 'test' };
const request = { resolution: 8, count: 100, seed: 1 };

async function using<Result>(name: string, use: (source: Source) => Promise<Result>): Promise<Result> {
  const source = await openSource(name, context);
  try {
    return await use(source);
  } finally {
    await source.close();
  }
}

describe('a folder of pictures', () => {
  it('comes back as it was drawn, to half a step of 8 bits, in the order of names', async () => {
    const suns = drawnSuns('suns', 3, 8);
    const path = join(folder, 'gray8');
    await writePictures(path, suns);
    await using(path, async (source) => {
      const set = source.images(request);
      expect([set.count, set.width, set.height, set.channels, source.white]).toEqual([3, 8, 8, 1, 255]);
      const [own, drawn] = [await set.read([2, 0]), await suns.read([2, 0])];
      own.forEach((value, i) => {
        expect(Math.abs(value - drawn[i])).toBeLessThan(0.5 / 255 + 1e-6);
      });
    });
  });

  it('keeps 16 bits and colours, and turns the first row to the top of the picture', async () => {
    const path = join(folder, 'deep');
    mkdirSync(path);
    const values = Uint16Array.from({ length: 12 }, (_, i) => 5000 * i + 7);
    const raw = { width: 2, height: 2, channels: 3 as const };
    await sharp(values, { raw }).toColourspace('rgb16').png().toFile(join(path, 'a.png'));
    await using(path, async (source) => {
      const set = source.images({ ...request, resolution: 2 });
      expect([set.channels, source.white]).toEqual([3, 65535]);
      const red = [...(await set.read([0])).subarray(0, 4)].map((value) => Math.round(65535 * value));
      // North (the file's first row: pixels 0 and 1) is the last row here.
      expect(red).toEqual([values[6], values[9], values[0], values[3]]);
    });
  });

  it('refuses pictures of two sizes, an empty folder and a broken file by name', async () => {
    const path = join(folder, 'mixed');
    await writePictures(path, drawnSuns('a', 1, 8));
    await writePictures(join(path, 'z'), drawnSuns('b', 1, 16));
    await using(path, (source) =>
      expect(source.images(request).read([0, 1])).rejects.toThrow('is 16x16, but the first picture is 8x8'),
    );
    mkdirSync(join(folder, 'empty'));
    await expect(openSource(join(folder, 'empty'), context)).rejects.toThrow('no pictures in this folder');
    mkdirSync(join(folder, 'broken'));
    writeFileSync(join(folder, 'broken', 'x.png'), 'no picture');
    await expect(openSource(join(folder, 'broken'), context)).rejects.toMatchObject({
      kind: 'format',
      where: expect.stringContaining('x.png'),
    });
  });
});

describe('pictures of other kinds', () => {
  const raw = { width: 2, height: 2, channels: 3 as const };
  const write = async (name: string, pictures: Record<string, Sharp>) => {
    const path = join(folder, name);
    mkdirSync(path);
    for (const [file, picture] of Object.entries(pictures)) await picture.toFile(join(path, file));
    return path;
  };
  const gray = Uint8Array.from({ length: 12 }, (_, i) => 20 * Math.floor(i / 3));
  const colour = Uint8Array.from({ length: 12 }, (_, i) => 20 * i);
  const small = { ...request, resolution: 2 };

  it('are gray when their planes are equal, and no colour may follow then', async () => {
    const path = await write('gray-as-colour', {
      'a.png': sharp(gray, { raw }),
      'b.png': sharp(colour, { raw }),
    });
    await using(path, async (source) => {
      const set = source.images(small);
      expect(set.channels).toBe(1);
      expect([...(await set.read([0]))].map((value) => Math.round(255 * value))).toEqual([40, 60, 0, 20]);
      await expect(set.read([0, 1])).rejects.toMatchObject({
        message: 'is in colour, but the first picture is gray',
        where: expect.stringContaining('b.png'),
      });
    });
  });

  it('are refused by name when their numbers are floating, or of another depth than the first', async () => {
    const float = sharp(gray, { raw }).toColourspace('scrgb').tiff({ compression: 'none' });
    const path = await write('floats', { 'a.tif': float });
    await expect(openSource(path, context)).rejects.toMatchObject({
      kind: 'data',
      message: "its numbers are of kind 'float'",
      where: expect.stringContaining('a.tif'),
    });
    const deep = sharp(Uint16Array.from(colour), { raw }).toColourspace('rgb16');
    const mixed = await write('depths', { 'a.png': sharp(colour, { raw }), 'b.png': deep });
    await using(mixed, (source) =>
      expect(source.images(small).read([0, 1])).rejects.toMatchObject({
        message: 'its white is 65535, but that of the first picture 255',
        where: expect.stringContaining('b.png'),
      }),
    );
  });
});

it('a data set is found where an @ is part of its path, with a split behind it or without', async () => {
  const path = join(folder, 'me@home', 'sun');
  mkdirSync(path, { recursive: true });
  // Found and opened, which is what this damage shows.
  writeFileSync(join(path, 'manifest.json'), 'damaged');
  for (const spec of [path, `${path}@train`]) {
    await expect(openSource(spec, context)).rejects.toMatchObject({
      kind: 'format',
      where: expect.stringContaining(join(path, 'manifest.json')),
    });
  }
});

describe('a zip of pictures', () => {
  it.each([false, true])('reads what the folder reads (deflated: %s)', async (deflated) => {
    const suns = drawnSuns('zipped', 4, 8);
    const path = join(folder, `zip-${deflated}`);
    await writePictures(path, suns);
    const zip = `${path}.zip`;
    writeFileSync(zip, storedZip(path, { prefix: '00000/', deflated }));
    const read = (name: string) => using(name, (source) => source.images(request).read([0, 3]));
    expect(await read(zip)).toEqual(await read(path));
  });
});

describe('the identity of pictures', () => {
  const identityOf = (name: string) => using(name, async (source) => source.images(request).identity);

  it('of a folder changes with any of its files, and is kept otherwise', async () => {
    const path = join(folder, 'identity');
    await writePictures(path, drawnSuns('identity', 3, 8));
    const first = await identityOf(path);
    expect(first).toBeDefined();
    expect(await identityOf(path)).toBe(first);
    utimesSync(join(path, '0001.png'), 1, 1);
    const touched = await identityOf(path);
    expect(touched).not.toBe(first);
    await writePictures(path, drawnSuns('identity', 4, 8));
    expect(await identityOf(path)).not.toBe(touched);
  });

  it('of a zip is that of its contents, wherever it lies', async () => {
    const write = async (name: string, label: string) => {
      const path = join(folder, name);
      await writePictures(path, drawnSuns(label, 2, 8));
      writeFileSync(`${path}.zip`, storedZip(path));
      return `${path}.zip`;
    };
    const zips = [await write('zip-a', 'one'), await write('zip-b', 'one'), await write('zip-c', 'two')];
    const [a, b, c] = await Promise.all(zips.map(identityOf));
    expect(b).toBe(a);
    expect(c).not.toBe(a);
  });
});

describe('an ONNX generator', () => {
  const SIZE = 8;
  beforeAll(() => {
    for (const [name, batch, range] of [
      ['open', 'n', undefined],
      ['fixed', 3, '-1..1'],
    ] as const) {
      writeFileSync(join(folder, `${name}.onnx`), convolutional(batch, range));
    }
    const flat = model('flat', {
      nodes: [node('Tanh', ['latents'], 'numbers', {})],
      tensors: [],
      inputs: [valueInfo('latents', ['n', 4])],
      outputs: [valueInfo('numbers', ['n', 4])],
    });
    writeFileSync(join(folder, 'flat.onnx'), flat);
  });

  /** latents [n, 4, 1, 1] -> transposed convolution -> tanh. */
  function convolutional(batch: number | string, range?: string): Uint8Array {
    const weights = Float32Array.from({ length: 4 * SIZE * SIZE }, (_, i) => Math.sin(i));
    const bytes = model('toy', {
      nodes: [
        node('ConvTranspose', ['latents', 'w'], 'sum', {
          kernel_shape: [SIZE, SIZE],
          strides: [1, 1],
          pads: [0, 0, 0, 0],
        }),
        node('Tanh', ['sum'], 'images', {}),
      ],
      tensors: [tensor('w', [4, 1, SIZE, SIZE], weights)],
      inputs: [valueInfo('latents', [batch, 4, 1, 1])],
      outputs: [valueInfo('images', [batch, 1, SIZE, SIZE])],
    });
    return range
      ? Buffer.concat([
          bytes,
          packedField(14, Buffer.concat([stringField(1, 'range'), stringField(2, range)])),
        ])
      : bytes;
  }

  it('gives the same picture for a seed in any company, whatever its batch', async () => {
    const read = (name: string, indices: number[]) =>
      using(join(folder, `${name}.onnx`), async (source) => {
        expect(source.generated).toBe(true);
        expect(source.resolutions).toEqual([SIZE]);
        expect(source.warnings).toHaveLength(name === 'open' ? 2 : 1);
        expect(source.warnings.join()).toContain('does not say the transform');
        return source.images(request).read(indices);
      });
    const [all, fixed, alone] = [
      await read('open', [0, 1, 2, 3, 4]),
      await read('fixed', [0, 1, 2, 3, 4]),
      await read('fixed', [4]),
    ];
    expect(Math.min(...all)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...all)).toBeGreaterThan(0.8);
    all.forEach((value, i) => {
      expect(value).toBeCloseTo(fixed[i], 6);
    });
    expect([...alone]).toEqual([...fixed.subarray(4 * SIZE * SIZE)]);
  });

  it('gives a conditional one a class for each picture, as often as it was trained on', async () => {
    // The picture of class k is k / 4 everywhere.
    const bytes = model('classes', {
      nodes: [
        node('ConvTranspose', ['labels', 'w'], 'images', {
          kernel_shape: [SIZE, SIZE],
          strides: [1, 1],
          pads: [0, 0, 0, 0],
        }),
      ],
      tensors: [
        tensor(
          'w',
          [3, 1, SIZE, SIZE],
          Float32Array.from({ length: 3 * SIZE * SIZE }, (_, i) => Math.floor(i / SIZE ** 2) / 4),
        ),
      ],
      inputs: [valueInfo('labels', ['n', 3, 1, 1])],
      outputs: [valueInfo('images', ['n', 1, SIZE, SIZE])],
    });
    const entry = (key: string, value: string) =>
      packedField(14, Buffer.concat([stringField(1, key), stringField(2, value)]));
    const labels = { kind: 'year', names: ['2012', '2013', '2014'], counts: [10, 0, 30], source: '' };
    const own = [
      entry('software', 'sungan 1'),
      entry('dataset', JSON.stringify({ simulated: true, labels })),
    ];
    const shares = async (name: string, metadata: Uint8Array[]) => {
      const path = join(folder, `${name}.onnx`);
      writeFileSync(path, Buffer.concat([bytes, ...metadata]));
      return using(path, async (source) => {
        expect(source.simulated).toBe(metadata === own);
        const values = await source.images({ ...request, count: 400 }).read([...Array(400).keys()]);
        const classes = Array.from({ length: 400 }, (_, i) => 4 * values[i * SIZE * SIZE]);
        return [0, 1, 2].map((k) => classes.filter((found) => found === k).length / 400);
      });
    };
    const [low, middle, high] = await shares('own', own);
    expect(low).toBeCloseTo(0.25, 1);
    expect(middle).toBe(0);
    expect(high).toBeCloseTo(0.75, 1);
    for (const share of await shares('other', [entry('range', '0..1')])) expect(share).toBeCloseTo(1 / 3, 1);
  });

  it('keeps what is no number, so that it is found', async () => {
    const weights = new Float32Array(4 * SIZE * SIZE).fill(Number.POSITIVE_INFINITY);
    const bytes = model('diverged', {
      nodes: [
        node('ConvTranspose', ['latents', 'w'], 'images', {
          kernel_shape: [SIZE, SIZE],
          strides: [1, 1],
          pads: [0, 0, 0, 0],
        }),
      ],
      tensors: [tensor('w', [4, 1, SIZE, SIZE], weights)],
      inputs: [valueInfo('latents', ['n', 4, 1, 1])],
      outputs: [valueInfo('images', ['n', 1, SIZE, SIZE])],
    });
    writeFileSync(join(folder, 'diverged.onnx'), bytes);
    await using(join(folder, 'diverged.onnx'), async (source) => {
      const values = await source.images(request).read([0, 1]);
      expect(values.every(Number.isNaN)).toBe(true);
    });
  });

  it('anything else is refused with the reason', async () => {
    await expect(openSource(join(folder, 'flat.onnx'), context)).rejects.toThrow(
      'no output has four dimensions',
    );
    writeFileSync(join(folder, 'junk.onnx'), 'junk');
    await expect(openSource(join(folder, 'junk.onnx'), context)).rejects.toThrow(
      'ONNX Runtime cannot load it',
    );
  });
});

describe('a run whose data set is not here, and its exported generator', () => {
  it('know the transform that they were trained by', async () => {
    const run = await trainTinyRun(context.workspace);
    const exported = join(folder, 'exported.onnx');
    await exportGenerator(run, exported);
    const { record } = createTransform('log1p', '193');
    for (const name of [run, exported]) {
      await using(name, async ({ transforms, warnings }) => {
        expect(transforms!.map((transform) => transform.record)).toEqual([record]);
        expect([...transforms![0].inverse(Float32Array.of(1))][0]).toBeCloseTo(16383, 0);
        expect(warnings).toEqual([]);
      });
    }
  });

  it('may have any number of channels', async () => {
    const run = await trainTinyRun(context.workspace, 2);
    const exported = join(folder, 'two-channels.onnx');
    await exportGenerator(run, exported);
    const [own, foreign] = await Promise.all(
      [run, exported].map((name) =>
        using(name, async ({ images, channels, transforms }) => {
          expect([channels, transforms?.length]).toEqual([2, 2]);
          return images({ ...request, resolution: TINY_SIZE }).read([0, 7]);
        }),
      ),
    );
    expect(Math.max(...own.map((value, i) => Math.abs(value - foreign[i])))).toBeLessThan(1e-5);
  });
});
