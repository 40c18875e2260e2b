/** Exports, read back by programs that are not ours where this machine has one, else by the formats' own checksums. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { quietEffects } from '../../src/core/effects.ts';
import type { Workspace } from '../../src/core/workspace.ts';
import { masked } from '../../src/curate/export/tfrecord.ts';
import {
  curate,
  curateOptions,
  type Dataset,
  exportDataset,
  exportOptions,
  openDataset,
} from '../../src/curate/index.ts';
import { crc32c } from '../../src/curate/zarr/crc32c.ts';
import { firstImage, readFits, readImageFloat32 } from '../../src/fits/index.ts';
import { addFrame, temporaryWorkspace } from './support.ts';

let workspace: Workspace;
let remove: () => void;
let dataset: Dataset;
beforeAll(async () => {
  ({ workspace, remove } = temporaryWorkspace());
  for (let day = 1; day <= 9; day++) {
    const header = { QUALITY: day === 2 ? 0x2000 : 0 };
    addFrame(workspace, { slot: `2017-01-0${day}T00:00:00Z`, size: 32, header });
  }
  const { directory } = await curate(curateOptions.parse({}), { workspace, effects: quietEffects() });
  dataset = await openDataset(directory);
});
afterAll(() => remove());

const run = (options: Record<string, unknown>) =>
  exportDataset(exportOptions.parse(options), { workspace, effects: quietEffects() });

/** What python3 prints, or undefined with the reason on the console where it cannot run the code's imports. */
function python(code: string, ...args: string[]): unknown {
  const result = spawnSync('python3', ['-c', code, ...args], { encoding: 'utf8' });
  if (result.status === 0) return JSON.parse(result.stdout);
  console.warn(
    `not read by a second program: ${result.error?.message ?? result.stderr.trim().split('\n').at(-1)}`,
  );
  if (!/ModuleNotFoundError|ENOENT/.test(`${result.error?.message}${result.stderr}`))
    throw new Error(result.stderr);
  return undefined;
}

/** The picture that the export must hold: 8 bits, rows from the north. */
async function expected(index: number, size: number): Promise<number[]> {
  const values = await dataset.read(size, [index]);
  return Array.from({ length: size * size }, (_, i) => {
    const y = size - 1 - Math.floor(i / size);
    return Math.round(values[y * size + (i % size)]! / 257);
  });
}

describe('stylegan', () => {
  test('a ZIP of stored PNG files and dataset.json', async () => {
    const { paths, frames } = await run({ format: 'stylegan', size: 16 });
    expect(frames).toBe(dataset.indicesOf('train').length);
    const read = python(
      `import zipfile, json, sys
z = zipfile.ZipFile(sys.argv[1])
assert z.testzip() is None
print(json.dumps([[i.filename, i.compress_type, i.file_size] for i in z.infolist()] + [json.loads(z.read('dataset.json'))['labels']]))`,
      paths[0]!,
    ) as [string, number, number][] | undefined;
    if (!read) return;
    expect(read[0]!.slice(0, 2)).toEqual(['00000/img00000000.png', 0]);
    expect(read.at(-2)!.slice(0, 2)).toEqual(['dataset.json', 0]);
    expect(read.at(-1)).toBe(null);
  });

  test('the same dataset gives the same bytes', async () => {
    const out = (name: string) => join(workspace.root, name);
    await run({ format: 'stylegan', size: 16, out: out('a.zip') });
    await run({ format: 'stylegan', size: 16, out: out('b.zip') });
    expect(readFileSync(out('a.zip'))).toEqual(readFileSync(out('b.zip')));
  });
});

test('png: 8 and 16 bits, north up, one folder a split', async () => {
  const { paths } = await run({
    format: 'png',
    size: 16,
    split: ['train', 'test'],
    out: join(workspace.root, 'p8'),
  });
  expect(paths[0]).toMatch(/train.20170101T000001\.png$/);
  const { data, info } = await sharp(paths[0])
    .toColourspace('b-w')
    .raw()
    .toBuffer({ resolveWithObject: true });
  expect(info).toMatchObject({ width: 16, height: 16, channels: 1 });
  expect([...data]).toEqual(await expected(0, 16));

  const deep = await run({ format: 'png', size: 16, bits: 16, out: join(workspace.root, 'p16') });
  const raw = await sharp(deep.paths[0]).toColourspace('grey16').raw({ depth: 'ushort' }).toBuffer();
  const values = new Uint16Array(raw.buffer, raw.byteOffset, 256);
  const north = await dataset.read(16, [0]);
  expect(values[0]).toBe(north[15 * 16]);
  expect(values[255]).toBe(north[15]);
});

test('tfrecord: a file a level, records with their checksums, all frames once', async () => {
  const { paths } = await run({ format: 'tfrecord', size: 16 });
  expect(paths.map((path) => path.slice(-13))).toEqual(
    ['-r04.tfrecords', '-r03.tfrecords', '-r02.tfrecords'].map((name) => name.slice(-13)),
  );
  const bytes = readFileSync(paths[0]!);
  const seen: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = Number(bytes.readBigUInt64LE(at));
    expect(bytes.readUInt32LE(at + 8)).toBe(masked(crc32c(bytes.subarray(at, at + 8))));
    const record = bytes.subarray(at + 12, at + 12 + length);
    expect(bytes.readUInt32LE(at + 12 + length)).toBe(masked(crc32c(record)));
    const start = record.indexOf('data') + 4 + 3 + 3 + 3;
    seen.push(record.subarray(start, start + 256).toString('hex'));
    // shape: three packed varints 1, 16, 16.
    expect(record.subarray(-3)).toEqual(Buffer.of(1, 16, 16));
    at += 16 + length;
  }
  const train = dataset.indicesOf('train');
  const wanted = await Promise.all(
    train.map(async (index) => Buffer.from(await expected(index, 16)).toString('hex')),
  );
  expect(seen.sort()).toEqual(wanted.sort());
});

test('webdataset: picture and facts of a frame side by side', async () => {
  const { paths } = await run({ format: 'webdataset', size: 16, bits: 16 });
  const names = spawnSync('tar', ['-tf', paths[0]!], { encoding: 'utf8' }).stdout.trim().split('\n');
  expect(names.slice(0, 2)).toEqual(['20170101T000001.png', '20170101T000001.json']);
  const json = spawnSync('tar', ['-xOf', paths[0]!, names[1]!], { encoding: 'utf8' }).stdout;
  expect(JSON.parse(json)).toMatchObject({ frameId: 1, split: 'train', dataset: 'aia-193' });
});

test('fits: linear values with a registered header', async () => {
  const { paths } = await run({ format: 'fits', split: ['test'] });
  const hdu = firstImage(readFits(readFileSync(paths[0]!)));
  const index = dataset.indicesOf('test')[0]!;
  const linear = dataset.transform.inverse(await dataset.readFloat(32, [index]));
  expect([...readImageFloat32(hdu).data]).toEqual([...linear]);
  expect(hdu.header.number('CRPIX1')).toBe(16.5);
  expect(hdu.header.number('CDELT1')).toBe(76.8);
});

test('catalog: every judged frame as a row of a Parquet table', async () => {
  const { paths, frames } = await run({ format: 'catalog' });
  expect(frames).toBe(9);
  const bytes = readFileSync(paths[0]!);
  expect(bytes.subarray(0, 4).toString()).toBe('PAR1');
  expect(bytes.subarray(-4).toString()).toBe('PAR1');
  const rows = python(
    `import sys, json, pyarrow.parquet as p
t = p.read_table(sys.argv[1])
print(json.dumps([t.num_rows, t.column('accepted').to_pylist(), t.column('reasons').to_pylist()[1], t.column('index').to_pylist(), t.column('score_exposure_nominal').to_pylist()[0]]))`,
    paths[0]!,
  ) as [number, boolean[], string, number[], number] | undefined;
  if (!rows) return;
  expect(rows[0]).toBe(9);
  expect(rows[1]).toEqual([true, false, ...Array(7).fill(true)]);
  expect(rows[2]).toContain('eclipse');
  expect(rows[3]).toEqual([0, -1, 1, 2, 3, 4, 5, 6, 7]);
  expect(rows[4]).toBeCloseTo(0.0001715, 6);
});

test('frames of one second have files of their own', async () => {
  const own = temporaryWorkspace();
  try {
    const T_OBS = '2017-01-01T00:00:02Z';
    addFrame(own.workspace, { slot: '2017-01-01T00:00:00Z', size: 32, header: { T_OBS } });
    addFrame(own.workspace, { slot: '2017-01-01T00:00:04Z', size: 32, header: { T_OBS } });
    const context = { workspace: own.workspace, effects: quietEffects() };
    await curate(curateOptions.parse({}), context);
    for (const format of ['png', 'fits']) {
      const { paths } = await exportDataset(exportOptions.parse({ format }), context);
      expect(new Set(paths).size).toBe(2);
      expect(paths[1]).toContain('20170101T000002-000001');
    }
  } finally {
    own.remove();
  }
});

test('simulated frames are told as such in every format', async () => {
  const own = temporaryWorkspace();
  try {
    addFrame(own.workspace, { slot: '2017-01-01T00:00:00Z', size: 32, header: { SIMULATD: true } });
    const context = { workspace: own.workspace, effects: quietEffects() };
    await curate(curateOptions.parse({ fixedRadius: 976 }), context);
    const bytesOf = async (format: string) => {
      const { paths } = await exportDataset(exportOptions.parse({ format }), context);
      return readFileSync(paths[0]!);
    };
    expect((await bytesOf('stylegan')).toString('latin1')).toContain('"simulated":true');
    expect((await bytesOf('tfrecord')).toString('latin1')).toContain('simulated');
    expect((await bytesOf('webdataset')).toString('latin1')).toContain('"simulated":true');
    expect((await bytesOf('png')).toString('latin1')).toContain('SIMULATED');
    expect((await bytesOf('catalog')).toString('latin1')).toContain('simulated');
    const { header } = firstImage(readFits(await bytesOf('fits')));
    expect(header.get('SIMULATD')).toBe(true);
    expect(header.number('RSUN_OBS')).toBe(976);
  } finally {
    own.remove();
  }
});

test('what does not fit is refused, and nothing is left behind', async () => {
  await expect(run({ name: 'nothing' })).rejects.toThrow('no dataset here');
  await expect(run({ format: 'png', bits: 12 })).rejects.toThrow('12 bits');
  const out = join(workspace.root, 'bad', 'x.zip');
  await expect(run({ format: 'stylegan', size: 24, out })).rejects.toThrow('no level of 24');
  expect(readdirSync(join(workspace.root, 'bad'))).toEqual([]);
  const folder = join(workspace.root, 'bad');
  await expect(run({ format: 'stylegan', size: 8, out: folder })).rejects.toMatchObject({
    kind: 'io',
    where: folder,
    remedy: expect.stringContaining('--out'),
  });
  expect(readdirSync(workspace.root).filter((name) => name.endsWith('.part'))).toEqual([]);
});
