import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openCatalog, type Verdict } from '../../src/catalog/index.ts';
import { quietEffects } from '../../src/core/effects.ts';
import { sha256OfBytes } from '../../src/core/files.ts';
import { openWorkspace, type Workspace } from '../../src/core/workspace.ts';
import { contactSheets, curate, curateOptions, openDataset } from '../../src/curate/index.ts';
import { card, writeImage } from '../../src/fits/index.ts';
import { makeReadOnly } from '../support/read-only.ts';
import { addFrame, addPixels, drawSun, enter, frameHeader, temporaryWorkspace } from './support.ts';

let workspace: Workspace;
let remove: () => void;
beforeEach(() => {
  ({ workspace, remove } = temporaryWorkspace());
});
afterEach(() => remove());

const hour = (day: number, hours = 0) =>
  new Date(Date.UTC(2017, 0, day, hours)).toISOString().replace('.000Z', 'Z');

const run = (options: Record<string, unknown> = {}, dryRun = false) =>
  curate(curateOptions.parse(options), { workspace, effects: quietEffects(), dryRun });

function verdicts(dataset = 'aia-193'): (Verdict & { slot: string })[] {
  const catalog = openCatalog(workspace.catalog);
  try {
    return [...catalog.verdicts(dataset)].map((verdict) => ({
      ...verdict,
      slot: catalog.frame(verdict.frameId)!.slot,
    }));
  } finally {
    catalog.close();
  }
}

/** Every file under the folder with its content's hash and time of change. */
function snapshot(folder: string): Record<string, string> {
  const result: Record<string, string> = {};
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    result[path.slice(folder.length)] = `${sha256OfBytes(readFileSync(path))} ${statSync(path).mtimeMs}`;
  }
  return result;
}

const LN_RANGE = Math.log(16384);
/** One quantisation step of log1p at a linear value, in DN. */
const stepAt = (value: number) => ((1 + value) * LN_RANGE) / 65535;

describe('a dataset', () => {
  test('keeps DN within one step, and each level is the 2x2 mean of the one above', async () => {
    for (let day = 1; day <= 3; day++) addFrame(workspace, { slot: hour(day) });
    const summary = await run();
    expect(summary).toMatchObject({ accepted: 3, rejected: 0, count: 3, levels: [64, 32, 16, 8, 4] });

    const dataset = await openDataset(summary.directory);
    const linear = async (size: number) => dataset.transform.inverse(await dataset.readFloat(size, [1]));
    const raw = drawSun(64, Math.round(Date.parse(hour(2)) / 1000));
    const top = await linear(64);
    raw.forEach((value, i) => {
      const expected = Math.min(16383, Math.max(0, (Math.round(value * 16) / 16) * (2 / 1.999657)));
      expect(Math.abs(top[i]! - expected)).toBeLessThanOrEqual(stepAt(expected));
    });
    for (let size = 64; size > 4; size /= 2) {
      const fine = await linear(size);
      const coarse = await linear(size / 2);
      coarse.forEach((value, i) => {
        const corner = 2 * Math.floor(i / (size / 2)) * size + 2 * (i % (size / 2));
        const mean =
          (fine[corner]! + fine[corner + 1]! + fine[corner + size]! + fine[corner + size + 1]!) / 4;
        expect(Math.abs(value - mean)).toBeLessThanOrEqual(stepAt(mean));
      });
    }
  });

  test('tells of each frame when it was taken, which split it is in and what it was made with', async () => {
    for (let day = 1; day <= 12; day++) addFrame(workspace, { slot: hour(day) });
    const { directory } = await run();
    const dataset = await openDataset(directory);
    expect(dataset).toMatchObject({ name: 'aia-193', channels: ['193'], count: 12, simulated: false });
    expect(dataset.transform).toMatchObject({ name: 'log1p', constants: { ceiling: 16383 } });
    expect(dataset.frames[4]).toEqual({
      index: 4,
      frameId: 5,
      time: '2017-01-05T00:00:01.840Z',
      split: 'train',
      exposureSeconds: 1.999657,
    });
    expect(dataset.frames.map((frame) => frame.split)).toEqual([
      ...Array(6).fill('train'),
      'guard',
      ...Array(2).fill('validation'),
      'guard',
      ...Array(2).fill('test'),
    ]);
    expect(dataset.indicesOf('test')).toEqual([10, 11]);
    expect((await dataset.read(8, [0, 11, 3])).length).toBe(3 * 64);
    await expect(dataset.read(128, [0])).rejects.toThrow('no level of 128');
    await expect(dataset.read(8, [12])).rejects.toThrow('no frame 12');
  });

  test('simulated frames are marked and never mixed with real ones', async () => {
    addFrame(workspace, { slot: hour(1) });
    addFrame(workspace, { slot: hour(2), header: { SIMULATD: true } });
    const { directory, reasons } = await run();
    expect(reasons).toEqual({ simulated: 1 });
    expect((await openDataset(directory)).simulated).toBe(false);
  });

  test('a level is smaller than the frames when asked', async () => {
    addFrame(workspace, { slot: hour(1) });
    const summary = await run({ size: 16, name: 'small' });
    expect(summary.levels).toEqual([16, 8, 4]);
    await expect(run({ size: 48, name: 'odd' })).rejects.toThrow('48 is no size');
  });
});

describe('screening by header', () => {
  const FAULTS: [string, Record<string, unknown>, RegExp][] = [
    ['quality', { QUALITY: 0x2000 }, /QUALITY 0x00002000: eclipse/],
    ['quality', { QUALITY: -2147483648 }, /no image/],
    ['quality', { QUALITY: 0x40000000 }, /near-real-time/],
    ['exposure-nominal', { EXPTIME: 0.4, AIMGSHCE: 400 }, /EXPTIME 0.4 s, nominal 2 s/],
    ['exposure-nominal', { EXPTIME: 0 }, /not positive/],
    ['exposure-nominal', { EXPTIME: 'nan' }, /not positive/],
    ['exposure-commanded', { AIMGSHCE: 2900 }, /AIMGSHCE 2900/],
    ['completeness', { PERCENTD: 68.36 }, /68.36 %/],
    ['completeness', { PERCENTD: null, MISSVALS: 5308416 }, /5308416 values missing/],
    ['image-type', { IMG_TYPE: 'DARK' }, /IMG_TYPE DARK/],
    ['spacecraft', { ACS_ECLP: 'YES' }, /ACS_ECLP YES: eclipse/],
    ['spacecraft', { ACS_MODE: 'INERTIAL' }, /manoeuvre/],
    ['stabilisation', { AISTATE: 'OPEN' }, /AISTATE OPEN/],
    ['sequence', { AIFTSID: 54528 }, /0xd500/],
    ['focus', { AIFCPS: -20 }, /AIFCPS -20/],
    ['focus', { AIFCPS: 100 }, /AIFCPS 100/],
    ['filter', { AIFILTYP: 1 }, /AIFILTYP 1/],
    ['time', { T_OBS: '2017-01-05T06:00:00Z' }, /T_OBS 2017-01-05T06/],
    ['geometry', { CRPIX1: -20 }, /disk centre at pixel -20/],
  ];

  test.each(FAULTS)('%s: %o', async (rule, header, note) => {
    addFrame(workspace, { slot: hour(4) });
    addFrame(workspace, { slot: hour(5), header: header as never });
    const summary = await run();
    expect(summary).toMatchObject({ accepted: 1, rejected: 1 });
    const verdict = verdicts().find((found) => found.slot === hour(5))!;
    const score = verdict.scores.find((found) => found.rule === rule)!;
    expect(score.passed).toBe(false);
    expect(score.note).toMatch(note);
  });

  const HARMLESS: [string, Record<string, unknown>][] = [
    ['few values missing and late calibrations', { QUALITY: 0x10f }],
    [
      'no keywords but the exposure',
      { ACS_MODE: null, AIFTSID: null, AIFCPS: null, PERCENTD: null, QUALITY: null },
    ],
    ['the frame type of real nominal frames', { AIFTSID: 0xa002 }],
    ['a cutout counts what was cut as missing', { MISSVALS: 16592216 }],
  ];

  test.each(HARMLESS)('passes: %s', async (_, header) => {
    addFrame(workspace, { slot: hour(5), header: header as never });
    expect(await run()).toMatchObject({ accepted: 1, rejected: 0 });
  });

  test('--strict takes QUALITY 0 only, --nrt also quick-look frames', async () => {
    addFrame(workspace, { slot: hour(1), header: { QUALITY: 0x100 } });
    addFrame(workspace, { slot: hour(2), header: { QUALITY: 0x40000000 } });
    expect(await run({ name: 'usual' })).toMatchObject({ accepted: 1 });
    expect(await run({ name: 'strict', strict: true })).toMatchObject({ accepted: 0 });
    expect(await run({ name: 'nrt', nrt: true })).toMatchObject({ accepted: 2 });
  });

  test('of two slots with one exposure the nearer one stays', async () => {
    addFrame(workspace, { slot: hour(1), header: { FSN: 77, T_OBS: hour(2) } });
    addFrame(workspace, { slot: hour(2), header: { FSN: 77 } });
    const { reasons } = await run();
    expect(reasons).toEqual({ duplicate: 1, time: 1 });
    expect(verdicts().map((verdict) => verdict.accepted)).toEqual([false, true]);
  });

  test('every rule leaves score and limit, passed or not', async () => {
    addFrame(workspace, { slot: hour(1) });
    await run();
    const { scores } = verdicts()[0]!;
    const exposure = scores.find((score) => score.rule === 'exposure-nominal')!;
    expect(exposure).toMatchObject({ passed: true, threshold: 0.0345 });
    expect(exposure.score).toBeCloseTo(0.0001715, 6);
    expect(scores.length).toBeGreaterThan(15);
  });
});

describe('screening by pixels', () => {
  test('dark, empty and unreadable frames are rejected with the reason', async () => {
    addFrame(workspace, { slot: hour(1) });
    addPixels(workspace, { slot: hour(2) }, new Int32Array(64 * 64));
    const missing = Int32Array.from(drawSun(64, 1), (value, i) =>
      i < 640 ? -2147483648 : Math.round(value * 16),
    );
    addPixels(workspace, { slot: hour(3) }, missing);
    addFrame(workspace, { slot: hour(4) });
    const catalog = openCatalog(workspace.catalog);
    const truncated = join(workspace.root, catalog.frame(4)!.path!);
    catalog.close();
    writeFileSync(truncated, readFileSync(truncated).subarray(0, 9000));

    expect((await run()).reasons).toEqual({ dark: 1, 'constant-rows': 1, 'missing-pixels': 1, decode: 1 });
    const note = verdicts()[3]!.scores.find((score) => score.rule === 'decode')!.note!;
    expect(note).toContain('T000000Z.fits');
  });

  test('an infinite value is a missing pixel, and leaves the rest alone', async () => {
    const enterFloats = (name: string, spoil: (pixels: Float32Array) => void) => {
      const frame = { slot: hour(Number(name)), header: { CROTA2: 5 } };
      const pixels = drawSun(64, 1);
      spoil(pixels);
      const header = frameHeader(frame);
      const cards = Object.entries(header).map(([keyword, value]) => card(keyword, value));
      enter(workspace, frame, writeImage({ width: 64, height: 64, data: pixels, cards }), header, 64);
    };
    enterFloats('1', () => {});
    enterFloats('2', (pixels) => {
      pixels[32 * 64 + 20] = Number.POSITIVE_INFINITY;
    });
    const { directory } = await run({ limit: ['missing-pixels=0.01', 'copy=0'] });
    const dataset = await openDataset(directory);
    const [plain, spoilt] = [await dataset.readFloat(4, [0]), await dataset.readFloat(4, [1])];
    spoilt.forEach((value, i) => {
      expect(Math.abs(value - plain[i]!)).toBeLessThan(0.01);
    });
  });

  test('moved limits let nothing in that has no levels or no exposure', async () => {
    addFrame(workspace, { slot: hour(1) });
    addFrame(workspace, { slot: hour(2), size: 100 });
    addFrame(workspace, { slot: hour(3), header: { EXPTIME: 0 } });
    const options = { limit: ['shape=1000', 'exposure-commanded=9'], exposureTolerance: 9 };
    expect(await run(options)).toMatchObject({ accepted: 1, reasons: { decode: 2 } });
    const note = (i: number) => verdicts()[i]!.scores.find(({ rule }) => rule === 'decode')!.note;
    expect(note(1)).toBe('100 x 100 pixels do not halve to 64 x 64');
    expect(note(2)).toContain('no positive exposure');
  });

  test('without RSUN_OBS no disk comes to a fixed radius', async () => {
    addFrame(workspace, { slot: hour(1) });
    addFrame(workspace, { slot: hour(2), header: { RSUN_OBS: null } });
    expect(await run({ fixedRadius: 976 })).toMatchObject({ accepted: 1, reasons: { decode: 1 } });
  });
});

describe('a dataset grows', () => {
  test('a second run with nothing new touches no file', async () => {
    for (let day = 1; day <= 3; day++) addFrame(workspace, { slot: hour(day) });
    const { directory } = await run();
    const before = snapshot(directory);
    const again = await run();
    expect(again).toMatchObject({ considered: 0, judgedBefore: 3, count: 3, changed: false });
    expect(snapshot(directory)).toEqual(before);
  });

  test('a dataset whose folder was deleted is made again, byte for byte', async () => {
    for (let day = 1; day <= 3; day++) addFrame(workspace, { slot: hour(day) });
    const { directory, count } = await run();
    const before = (await openDataset(directory)).hash;
    rmSync(directory, { recursive: true });
    expect(await run()).toMatchObject({ count, changed: true });
    expect((await openDataset(directory)).hash).toBe(before);
  });

  test('a deleted dataset that is made again in parts comes to the whole', async () => {
    for (let day = 1; day <= 6; day++) addFrame(workspace, { slot: hour(day) });
    const { directory, count } = await run();
    const before = (await openDataset(directory)).manifest.files;
    rmSync(directory, { recursive: true });
    expect(await run({ to: '2017-01-04' })).toMatchObject({ count: 3 });
    expect(await run()).toMatchObject({ count });
    expect((await openDataset(directory)).manifest.files).toEqual(before);
    // One that was in the deleted one and is bad now stays out, and is told so once.
    rmSync(directory, { recursive: true });
    writeFileSync(join(workspace.raw, 'test', 'aia.lev1.5s.193.2017-01-05T000000Z.fits'), 'no file');
    await run({ to: '2017-01-04' });
    expect(await run()).toMatchObject({ count: count - 1, reasons: { decode: 1 } });
    expect(await run()).toMatchObject({ considered: 0, changed: false });
  });

  test('files that were away are looked at when they are back', async () => {
    for (let day = 1; day <= 3; day++) addFrame(workspace, { slot: hour(day) });
    const path = join(workspace.raw, 'test', 'aia.lev1.5s.193.2017-01-02T000000Z.fits');
    renameSync(path, `${path}.away`);
    expect(await run()).toMatchObject({ count: 2, reasons: { decode: 1 } });
    expect(await run()).toMatchObject({ considered: 0, changed: false });
    renameSync(`${path}.away`, path);
    expect(await run()).toMatchObject({ considered: 1, count: 3 });
  });

  test('a coordinate that was cut or lost is told with its remedy', async () => {
    for (let day = 1; day <= 3; day++) addFrame(workspace, { slot: hour(day) });
    const { directory } = await run();
    const path = join(directory, 'time', 'c', '0');
    const told = { where: 'time/c/0', remedy: expect.stringContaining('delete the folder') };
    writeFileSync(path, readFileSync(path).subarray(0, 100));
    await expect(openDataset(directory)).rejects.toMatchObject(told);
    rmSync(path);
    await expect(run()).rejects.toMatchObject(told);
  });

  test('a catalog that was made anew does not fill the old dataset once more', async () => {
    for (let day = 1; day <= 3; day++) addFrame(workspace, { slot: hour(day) });
    const { directory, count } = await run();
    for (const name of readdirSync(workspace.root).filter((file) => file.startsWith('catalog')))
      rmSync(join(workspace.root, name));
    for (let day = 3; day >= 1; day--) addFrame(workspace, { slot: hour(day) });
    await expect(run()).rejects.toMatchObject({
      where: directory,
      remedy: expect.stringContaining('delete'),
    });
    rmSync(directory, { recursive: true });
    expect((await run()).count).toBe(count);
  });

  test('appended frames rewrite the last shard only, and give the bytes of a single run', async () => {
    for (let day = 1; day <= 20; day++) {
      for (let hours = 0; hours < 4; hours++) addFrame(workspace, { slot: hour(day, hours), size: 16 });
    }
    const whole = await run({ name: 'whole' });
    const first = await run({ name: 'parts', to: '2017-01-18' });
    const shard = (name: string, index: number) =>
      statSync(join(workspace.datasets, name, `16/c/${index}/0/0`)).mtimeMs;
    const settled = shard('parts', 0);
    expect(first.count).toBe(68);
    const second = await run({ name: 'parts' });
    expect(second).toMatchObject({ considered: 12, judgedBefore: 68, count: 80 });
    expect(shard('parts', 0)).toBe(settled);
    const hashes = async (directory: string) => (await openDataset(directory)).manifest.files;
    expect(await hashes(second.directory)).toEqual(await hashes(whole.directory));
  });

  test('other options are refused, with the remedy', async () => {
    addFrame(workspace, { slot: hour(1) });
    await run();
    await expect(run({ size: 32 })).rejects.toMatchObject({
      kind: 'usage',
      message: expect.stringContaining('size 64, asked for 32'),
      remedy: expect.stringContaining('--name'),
    });
    await expect(run({ transform: 'sqrt' })).rejects.toThrow('transform log1p, asked for sqrt');
  });

  test('limits that are no numbers are refused; their order means nothing', async () => {
    addFrame(workspace, { slot: hour(1) });
    await expect(run({ limit: ['dark=e'] })).rejects.toMatchObject({ where: '--limit dark=e' });
    await run({ limit: ['dark=40', 'limb=0.5'] });
    expect(await run({ limit: ['limb=0.5', 'dark=40'] })).toMatchObject({ considered: 0, count: 1 });
  });

  test('a dry run says what would be done and writes nothing', async () => {
    addFrame(workspace, { slot: hour(1) });
    addFrame(workspace, { slot: hour(2), header: { QUALITY: 0x2000 } });
    expect(await run({}, true)).toMatchObject({
      considered: 2,
      accepted: 1,
      rejected: 1,
      reasons: { quality: 1 },
      count: 0,
    });
    expect(() => statSync(join(workspace.datasets, 'aia-193'))).toThrow();
    expect(verdicts()).toEqual([]);
  });

  test('a dry run works where nothing can be written', async ({ skip }) => {
    addFrame(workspace, { slot: hour(1) });
    await run();
    addFrame(workspace, { slot: hour(2) });
    const locked = makeReadOnly(workspace.root);
    try {
      if (locked.reason) skip(locked.reason);
      expect(await run({}, true)).toMatchObject({ considered: 1, accepted: 1 });
      await expect(run()).rejects.toMatchObject({ kind: 'io' });
    } finally {
      locked.undo();
    }
  });

  test('a workspace without a catalog is none, and stays none', async () => {
    const elsewhere = openWorkspace(join(workspace.root, 'mistyped'));
    const work = curate(curateOptions.parse({}), { workspace: elsewhere, effects: quietEffects() });
    await expect(work).rejects.toMatchObject({
      message: 'there is no catalog yet',
      where: elsewhere.catalog,
    });
    expect(existsSync(elsewhere.root)).toBe(false);
  });

  test('no channel is wrong usage', async () => {
    addFrame(workspace, { slot: hour(1) });
    await expect(run({ wavelength: [] })).rejects.toMatchObject({ kind: 'usage', where: '--wavelength' });
  });

  test('an empty catalog is said to be empty', async () => {
    openCatalog(workspace.catalog).close();
    await expect(run({ wavelength: 171 })).rejects.toThrow('no stored frame of 171');
    addFrame(workspace, { slot: hour(1) });
    await expect(run({ from: '2018-01-01' })).rejects.toThrow('of 193 from 2018-01-01T00:00:00Z');
    await expect(run({ wavelength: 192 })).rejects.toThrow("no channel '192'");
  });
});

test('card and contact sheets are written, with the reasons of rejection', async () => {
  for (let day = 1; day <= 4; day++) addFrame(workspace, { slot: hour(day), size: 128 });
  addFrame(workspace, { slot: hour(5), size: 128, header: { ACS_ECLP: 'YES', QUALITY: 0x2000 } });
  const { directory } = await run();
  const card = readFileSync(join(directory, 'card.md'), 'utf8');
  expect(card).toContain('5 frames were judged, 4 accepted, 1 rejected');
  expect(card).toContain('| spacecraft | 1 |');
  expect(card).toContain('Courtesy of NASA/SDO');
  const names = ['contact-sheet.png', 'contact-sheet-rejected.png'];
  for (const by of ['reason', 'month'] as const) {
    const paths = await contactSheets({ name: 'aia-193', by }, workspace);
    names.push(...paths.map((path) => relative(directory, path)));
  }
  expect(
    names
      .slice(2)
      .map((name) => basename(name))
      .sort(),
  ).toEqual(['2017-01.png', 'reason-quality.png', 'reason-spacecraft.png']);
  for (const name of names) {
    expect(readFileSync(join(directory, name)).subarray(1, 4).toString()).toBe('PNG');
  }
});
