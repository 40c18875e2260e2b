/** Pictures of others: folders and ZIP files, gray and coloured, 8 and 16 bits. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { quietEffects } from '../../src/core/effects.ts';
import { SunganError } from '../../src/core/errors.ts';
import { withPngText } from '../../src/core/png-text.ts';
import type { Workspace } from '../../src/core/workspace.ts';
import { undoColourTable } from '../../src/curate/import/colour-tables.ts';
import { decodePicture } from '../../src/curate/import/decode-picture.ts';
import { timeInName } from '../../src/curate/import/times.ts';
import { openZip } from '../../src/curate/import/zip-reader.ts';
import {
  curate,
  curateOptions,
  exportDataset,
  exportOptions,
  importOptions,
  importPictures,
  openDataset,
} from '../../src/curate/index.ts';
import { createRandom, quantile } from '../../src/numeric/index.ts';
import { describeWithRealData } from '../support/real-data.ts';
import { addFrame, addRealFrame, temporaryWorkspace } from './support.ts';

let workspace: Workspace;
let remove: () => void;
beforeEach(() => {
  ({ workspace, remove } = temporaryWorkspace());
});
afterEach(() => remove());

const run = (options: Record<string, unknown>) =>
  importPictures(importOptions.parse(options), { workspace, effects: quietEffects() });

async function makeDataset(): Promise<string> {
  for (let day = 1; day <= 9; day++) addFrame(workspace, { slot: `2017-01-0${day}T00:00:00Z`, size: 32 });
  const { directory } = await curate(curateOptions.parse({}), { workspace, effects: quietEffects() });
  return directory;
}

const exported = (options: Record<string, unknown>) =>
  exportDataset(exportOptions.parse({ split: ['train', 'validation', 'test'], ...options }), {
    workspace,
    effects: quietEffects(),
  });

test('16-bit pictures that were exported come back as they were, with their times and splits', async () => {
  const original = await openDataset(await makeDataset());
  const out = join(workspace.root, 'pictures');
  await exported({ format: 'png', bits: 16, out });
  const summary = await run({ path: out, name: 'back' });
  expect(summary).toMatchObject({ imported: 7, skipped: [], count: 7 });
  const dataset = await openDataset(summary.directory);
  const kept = original.frames.filter(({ split }) => split !== 'guard');
  // In the order of their names: test, train, validation.
  const byTime = [...dataset.frames].sort((a, b) => (a.time < b.time ? -1 : 1));
  expect(byTime.map(({ split }) => split)).toEqual(kept.map(({ split }) => split));
  const index = byTime.map((frame) => frame.index);
  expect(await dataset.read(32, index)).toEqual(
    await original.read(
      32,
      kept.map((frame) => frame.index),
    ),
  );
  const [coarse, reference] = [
    await dataset.read(8, index),
    await original.read(
      8,
      kept.map((frame) => frame.index),
    ),
  ];
  coarse.forEach((value, i) => {
    expect(Math.abs(value - reference[i]!)).toBeLessThanOrEqual(1);
  });
});

test('a StyleGAN ZIP comes back within half a step of 8 bits, and a second import takes nothing twice', async () => {
  const original = await openDataset(await makeDataset());
  const { paths } = await exported({ format: 'stylegan', size: 32 });
  const summary = await run({ path: paths[0]!, name: 'zip' });
  expect(summary).toMatchObject({
    imported: 7,
    count: 7,
    splits: { train: 5, validation: 1, test: 1, guard: 0 },
  });
  const dataset = await openDataset(summary.directory);
  const [a, b] = [await dataset.readFloat(32, [0]), await original.readFloat(32, [0])];
  a.forEach((value, i) => {
    expect(Math.abs(value - b[i]!)).toBeLessThanOrEqual(0.51 / 255);
  });
  expect(await run({ path: paths[0]!, name: 'zip' })).toMatchObject({ imported: 0, count: 7 });
  await expect(run({ path: paths[0]!, name: 'zip', channel: '171' })).rejects.toThrow('channels');
});

test('what is no square picture is left out with the reason', async () => {
  const folder = join(workspace.root, 'mixed');
  mkdirSync(folder);
  const gray = (width: number, height: number) =>
    sharp(Buffer.alloc(width * height, 90), { raw: { width, height, channels: 1 } });
  await gray(16, 16).png().toFile(join(folder, 'a.png'));
  await gray(16, 20).png().toFile(join(folder, 'b.png'));
  writeFileSync(join(folder, 'c.png'), 'no picture');
  await gray(64, 64).jpeg().toFile(join(folder, 'd.jpg'));
  writeFileSync(join(folder, 'notes.txt'), 'no picture either');
  const summary = await run({ path: folder, mask: ['0:0:4:4'] });
  expect(summary.skipped.map(({ file }) => file)).toEqual(['b.png', 'c.png']);
  expect(summary.skipped[0]!.reason).toContain('16 x 20');
  const dataset = await openDataset(summary.directory);
  const pixels = await dataset.readFloat(16, [0]);
  // The box lies in the upper left corner: the last rows of the array.
  expect(pixels[15 * 16]).toBe(0);
  expect(pixels[0]).toBeCloseTo(90 / 255, 2);
  expect(readFileSync(join(summary.directory, 'card.md'), 'utf8')).toContain('masked boxes: 0:0:4:4');
  await expect(run({ path: join(workspace.root, 'nowhere') })).rejects.toThrow('no such file');
  await expect(run({})).rejects.toThrow('name a folder');
});

describe('colour tables', () => {
  test('colours of the 193 table come back to what was coloured', () => {
    const indices = Array.from({ length: 256 }, (_, i) => i);
    const rgb = Uint8Array.from(
      indices.flatMap((i) => [Math.sqrt(255 * i), i, (i * i) / 255].map(Math.round)),
    );
    const values = undoColourTable(rgb, '193');
    indices.forEach((i) => {
      expect(Math.abs(values[i]! * 255 - i)).toBeLessThanOrEqual(1);
    });
    expect(() => undoColourTable(rgb, '195')).toThrow("no colour table '195'");
  });
});

test.each([
  ['x/20170110_235529_1024_0193.jpg', '2017-01-10T23:55:29.000Z'],
  ['aia.lev1.193a_2014-07-15t22_00_06.84z.image_lev1.jpg', '2014-07-15T22:00:06.000Z'],
  ['AIA20170103_2300_0193.png', '2017-01-03T23:00:00.000Z'],
  ['2012-02-03.png', '2012-02-03T00:00:00.000Z'],
  ['img00000001.png', undefined],
  ['img99999999.png', undefined],
  ['20170110_0193.png', '2017-01-10T00:00:00.000Z'],
  ['20170110_0030_94.png', '2017-01-10T00:30:00.000Z'],
  ['12017011000.png', undefined],
])('the time in %s', (name, time) => {
  expect(timeInName(name)?.toISOString()).toBe(time);
});

test('sets of large pictures are committed in small batches', async () => {
  const folder = join(workspace.root, 'large');
  mkdirSync(folder);
  // One is enough to make the set one of large pictures: the small ones are left out.
  for (let i = 0; i < 9; i++) {
    const side = i === 0 ? 2048 : 16;
    await sharp({ create: { width: side, height: side, channels: 3, background: '#ffffff' } })
      .toColourspace('b-w')
      .png()
      .toFile(join(folder, `${i}.png`));
  }
  const batches: number[] = [];
  const effects = quietEffects({
    progress: () => ({ advance: (count = 1) => void batches.push(count), done() {} }),
  });
  await importPictures(importOptions.parse({ path: folder }), { workspace, effects });
  expect(batches).toEqual([8, 1]);
});

describe('what a picture is', () => {
  let folder: string;
  beforeEach(() => {
    folder = join(workspace.root, 'pictures');
    mkdirSync(folder);
  });
  const SIZE = 16;
  const ramp = (channels: 1 | 2 | 3, value: (pixel: number, channel: number) => number) =>
    sharp(
      Uint8Array.from({ length: SIZE * SIZE * channels }, (_, i) =>
        value(Math.floor(i / channels), i % channels),
      ),
      { raw: { width: SIZE, height: SIZE, channels } },
    );
  const first = async (options: Record<string, unknown> = {}) => {
    const { directory } = await run({ path: folder, ...options });
    return (await (await openDataset(directory)).readFloat(SIZE, [0])).map((value) =>
      Math.round(value * 255),
    );
  };

  test('the camera of a JPEG may have been turned', async () => {
    await ramp(1, (pixel) => pixel)
      .withMetadata({ orientation: 3 })
      .png()
      .toFile(join(folder, 'a.png'));
    // Turned by 180 degrees, the array begins below left: what was above right.
    expect((await first())[0]).toBe(SIZE - 1);
  });

  test('what is transparent is black', async () => {
    await ramp(2, (pixel, channel) => (channel === 0 ? 200 : pixel < 128 ? 0 : 255))
      .toColourspace('b-w')
      .png()
      .toFile(join(folder, 'a.png'));
    const pixels = await first();
    expect(pixels[0]).toBe(200);
    expect(pixels.at(-1)).toBe(0);
  });

  test('colours without their table are no gray, nor is gray a table', async () => {
    const [red, gray] = [
      ramp(3, (pixel, channel) => (channel === 0 ? 255 : pixel)),
      ramp(3, (pixel) => pixel),
    ];
    await gray.png().toFile(join(folder, 'a.png'));
    await red.png().toFile(join(folder, 'b.png'));
    const { imported, skipped } = await run({ path: folder });
    expect(imported).toBe(1);
    expect(skipped[0]).toMatchObject({ file: 'b.png', reason: expect.stringContaining('--colour-table') });
    const coloured = run({ path: folder, name: 'coloured', colourTable: '171' });
    await expect(coloured).rejects.toThrow('a.png: the colours are not those of the table 171');
  });

  test('values without a fixed white are refused', async () => {
    writeFileSync(join(folder, 'a.tiff'), floatTiff(SIZE));
    await expect(run({ path: folder })).rejects.toThrow(
      "a.tiff: values of the kind 'float' have no fixed white",
    );
  });

  test('pictures without a date have names of their own and no time in the papers', async () => {
    for (const name of ['a', 'b', 'c'])
      await ramp(1, (pixel) => (pixel * name.charCodeAt(0)) % 256)
        .png()
        .toFile(join(folder, `${name}.png`));
    const { directory, count } = await run({ path: folder });
    expect(count).toBe(3);
    const card = readFileSync(join(directory, 'card.md'), 'utf8');
    expect(card).toContain('by the order of their names');
    expect(card).not.toContain('1970');
    const { paths } = await exported({ name: 'imported', format: 'png' });
    expect(paths.map((path) => path.slice(-16))).toEqual([0, 1, 2].map((i) => `frame-00000${i}.png`));
  });

  test('a picture of the name of another is not taken for it', async () => {
    await ramp(1, (pixel) => pixel)
      .png()
      .toFile(join(folder, 'a.png'));
    await run({ path: folder });
    expect(await run({ path: folder })).toMatchObject({ imported: 0, count: 1 });
    await ramp(1, (pixel) => 255 - pixel)
      .png()
      .toFile(join(folder, 'a.png'));
    await expect(run({ path: folder })).rejects.toMatchObject({ where: 'a.png' });
  });

  test('what the simulator or a generator made stays so, and is not mixed with observations', async () => {
    const png = await ramp(1, (pixel) => pixel)
      .png()
      .toBuffer();
    writeFileSync(join(folder, 'a.png'), withPngText(png, { Title: 'GENERATED' }));
    writeFileSync(join(folder, 'b.png'), png);
    const { directory, skipped } = await run({ path: folder });
    expect(skipped[0]).toMatchObject({ file: 'b.png', reason: expect.stringContaining('observed') });
    expect((await openDataset(directory)).simulated).toBe(true);
    expect(readFileSync(join(directory, 'card.md'), 'utf8')).toContain('They are no observations');
  });
});

/** A TIFF file of 32-bit floats, little-endian, one strip. */
function floatTiff(size: number): Buffer {
  const pixels = Buffer.from(Float32Array.from({ length: size * size }, (_, i) => i * 10).buffer);
  const entries: [tag: number, type: number, value: number][] = [
    [256, 3, size],
    [257, 3, size],
    [258, 3, 32],
    [259, 3, 1],
    [262, 3, 1],
    [273, 4, 8],
    [277, 3, 1],
    [278, 3, size],
    [279, 4, pixels.length],
    [339, 3, 3],
  ];
  const directory = Buffer.alloc(2 + 12 * entries.length + 4);
  directory.writeUInt16LE(entries.length, 0);
  entries.forEach(([tag, type, value], i) => {
    directory.writeUInt16LE(tag, 2 + 12 * i);
    directory.writeUInt16LE(type, 4 + 12 * i);
    directory.writeUInt32LE(1, 6 + 12 * i);
    directory.writeUInt32LE(value, 10 + 12 * i);
  });
  const head = Buffer.from('II*\0\0\0\0\0', 'latin1');
  head.writeUInt32LE(8 + pixels.length, 4);
  return Buffer.concat([head, pixels, directory]);
}

test('an archive that was cut or flipped anywhere is refused in words', async () => {
  await makeDataset();
  const { paths } = await exported({ format: 'stylegan', size: 8 });
  const bytes = readFileSync(paths[0]!);
  const path = join(workspace.root, 'x.zip');
  const random = createRandom(1);
  for (let round = 0; round < 200; round++) {
    const spoilt = Buffer.from(bytes.subarray(0, round % 2 ? bytes.length : random.int(bytes.length)));
    for (let i = 0; i < 3 && spoilt.length > 0; i++)
      spoilt[spoilt.length - 1 - random.int(Math.min(400, spoilt.length))] = random.int(256);
    writeFileSync(path, spoilt);
    const work = async () => {
      const { members, close } = await openZip(path);
      try {
        for (const member of members) await member.read();
      } finally {
        await close();
      }
    };
    const error = await work().catch((cause) => cause);
    if (error !== undefined) expect(error).toBeInstanceOf(SunganError);
  }
});

test('damaged archives are refused', async () => {
  const path = join(workspace.root, 'x.zip');
  writeFileSync(path, 'PK and nothing else');
  await expect(openZip(path)).rejects.toThrow('no end of a central directory');
  await makeDataset();
  const { paths } = await exported({ format: 'stylegan', size: 8 });
  const bytes = readFileSync(paths[0]!);
  bytes[60]! ^= 0xff;
  writeFileSync(path, bytes);
  const { members, close } = await openZip(path);
  await expect(members[0]!.read()).rejects.toThrow('checksum');
  await close();
});

test('black and white stand for what --range says, in linear values', async () => {
  const folder = join(workspace.root, 'gray');
  mkdirSync(folder);
  const gray = Buffer.from([0, 255, 128, 0, 0, 255, 128, 0, 0, 0, 255, 255, 0, 0, 255, 255]);
  const picture = sharp(gray, { raw: { width: 4, height: 4, channels: 1 } });
  writeFileSync(join(folder, '20170101.png'), await picture.png().toBuffer());
  const { directory } = await run({ path: folder, name: 'ranged', size: 4, range: '120:6000' });
  const dataset = await openDataset(directory);
  const linear = dataset.transform.inverse(await dataset.readFloat(4, [0]));
  const row = (pixel: number) => linear[3 * 4 + pixel]! / [120, 6000, Math.sqrt(121 * 6001)][pixel]!;
  for (const pixel of [0, 1, 2]) expect(Math.abs(row(pixel) - 1)).toBeLessThan(0.01);
  expect(readFileSync(join(directory, 'card.md'), 'utf8')).toContain('black and white: 120 and 6000');
  await expect(run({ path: folder, name: 'ranged', size: 4 })).rejects.toThrow('ranged');
  for (const range of ['6000:120', '120:60000'])
    await expect(run({ path: folder, name: 'other', range })).rejects.toThrow('is no range of log1p');
});

describeWithRealData('quick-look pictures', (data) => {
  test('the colours of all channels of a day are those of their tables', async () => {
    const folder = join(data, 'aia-browse-multi');
    for (const name of readdirSync(folder).filter((file) => file.endsWith('.jpg'))) {
      const colourTable = String(Number(name.slice(-8, -4)));
      const bytes = readFileSync(join(folder, name));
      const { image } = await decodePicture(bytes, { colourTable, masks: [] });
      expect(image.width).toBe(1024);
    }
  });

  test('the colours of 193 angstrom are undone and the caption is masked', async () => {
    const folder = join(data, 'aia-browse-193-2017');
    const picture = readdirSync(folder).find((name) => name.startsWith('20170110'))!;
    const own = join(workspace.root, 'browse');
    mkdirSync(own);
    writeFileSync(join(own, picture), readFileSync(join(folder, picture)));
    const options = { colourTable: '193', mask: ['0:984:520:40'], size: 256 };
    const { directory } = await run({ path: own, name: 'browse', ...options });
    const dataset = await openDataset(directory);
    expect(dataset.frames[0]!.time).toBe('2017-01-10T23:55:29Z');
    const pixels = await dataset.readFloat(256, [0]);
    expect(Math.max(...pixels.subarray(0, 256 * 8).filter((_, i) => i % 256 < 120))).toBe(0);
    expect(pixels[128 * 256 + 128]).toBeGreaterThan(0.2);
    expect(pixels[128 * 256 + 128]).toBeLessThan(0.6);
  });

  test('with --range 41:5050 those of 2017 have the DN of the synoptic frames of their hour', async () => {
    const pairs = [
      ['20170105_235629_1024_0193.jpg', 'aia20170105_2300_0193.fits'],
      ['20170110_235529_1024_0193.jpg', 'aia20170110_2300_0193.fits'],
      ['20170115_235529_1024_0193.jpg', 'aia20170115_2300_0193.fits'],
    ] as const;
    const own = join(workspace.root, 'browse');
    mkdirSync(own);
    for (const [picture, frame] of pairs) {
      writeFileSync(join(own, picture), readFileSync(join(data, 'aia-browse-193-2017', picture)));
      await addRealFrame(workspace, join(data, 'aia-synoptic-1024', frame));
    }
    const options = { colourTable: '193', mask: ['0:984:520:40'], size: 64, range: '41:5050' };
    const pictures = await openDataset((await run({ path: own, name: 'browse', ...options })).directory);
    const curated = await curate(curateOptions.parse({ wavelength: 193 }), {
      workspace,
      effects: quietEffects(),
    });
    const frames = await openDataset(curated.directory);
    for (const index of pairs.keys()) {
      const [shown, measured] = await Promise.all(
        [pictures, frames].map(async (dataset) =>
          dataset.transform.inverse(await dataset.readFloat(64, [index])),
        ),
      );
      for (const share of [0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99]) {
        const ratio = quantile(shown!, share) / quantile(measured!, share);
        expect(Math.abs(ratio - 1), `${pairs[index]} at ${share}`).toBeLessThan(0.04);
      }
    }
  });
});
