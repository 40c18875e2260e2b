import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { card, writeImage } from '../../src/fits/index.ts';
import { exitCodeOf, ingest, planIngest } from '../../src/ingest/index.ts';
import { describeWithRealData } from '../support/real-data.ts';
import { frameBytes } from './frames.ts';
import { audit, fastEffects, options, type TestWorkspace, temporaryWorkspace } from './workspace.ts';

let workspace: TestWorkspace;
let folder: string;

beforeEach(() => {
  workspace = temporaryWorkspace();
  folder = mkdtempSync(join(tmpdir(), 'sungan-files-'));
});

afterEach(() => {
  workspace.remove();
  rmSync(folder, { recursive: true });
});

const run = (extra: object = {}, effects = fastEffects()) =>
  ingest(options({ source: 'files', path: folder, ...extra }), { workspace, effects });

describe('a folder', () => {
  test('is adopted with its subfolders, once', async () => {
    mkdirSync(join(folder, 'deep', 'er'), { recursive: true });
    writeFileSync(join(folder, 'AIA20170101_0000_0193.fits'), frameBytes({ time: '2017-01-01T00:00:00Z' }));
    writeFileSync(
      join(folder, 'deep', 'any name.FITS'),
      frameBytes({ time: '2017-01-02T00:00:00Z', wavelength: 171 }),
    );
    writeFileSync(
      join(folder, 'deep', 'er', 'packed.fits.gz'),
      gzipSync(frameBytes({ time: '2017-01-03T00:00:00Z' })),
    );
    writeFileSync(join(folder, 'notes.txt'), 'not a frame');
    expect(
      await planIngest(options({ source: 'files', path: folder }), { workspace, effects: fastEffects() }),
    ).toMatchObject({ toAsk: 3 });
    expect(await run()).toMatchObject({ planned: 3, stored: 3, corrupt: 0, reasons: {} });
    workspace.withCatalog((catalog) => {
      expect(catalog.frames({}).map(({ slot, wavelength, path }) => [slot, wavelength, path])).toEqual([
        ['2017-01-01T00:00:00Z', 193, 'raw/files/aia.lev1.5s/2017/01/01/AIA20170101_0000_0193.fits'],
        ['2017-01-02T00:00:05.840Z', 171, 'raw/files/aia.lev1.5s/2017/01/02/any_name.FITS'],
        ['2017-01-03T00:00:05.840Z', 193, 'raw/files/aia.lev1.5s/2017/01/03/packed.fits.gz'],
      ]);
    });
    expect(audit(workspace)).toEqual([]);
    expect(await run()).toMatchObject({ planned: 3, stored: 0, already: 3 });
  });

  test('gives the channels and times asked for', async () => {
    for (const wavelength of [171, 193]) {
      for (const day of ['01', '02'])
        writeFileSync(
          join(folder, `${wavelength}-${day}.fits`),
          frameBytes({ time: `2017-01-${day}T00:00:00Z`, wavelength }),
        );
    }
    const summary = await run({ wavelength: [193], to: '2017-01-02' });
    expect(summary).toMatchObject({ stored: 1, skipped: 3, reasons: { 'not asked for': 3 } });
    expect(exitCodeOf(summary)).toBe(0);
  });

  test('keeps one of two equal files, and both of one name', async () => {
    mkdirSync(join(folder, 'b'));
    writeFileSync(join(folder, 'a.fits'), frameBytes({ time: '2017-01-01T00:00:00Z' }));
    copyFileSync(join(folder, 'a.fits'), join(folder, 'copy.fits'));
    writeFileSync(join(folder, 'b', 'a.fits'), frameBytes({ time: '2017-01-01T12:00:00Z' }));
    expect(await run()).toMatchObject({
      stored: 2,
      already: 1,
      reasons: { 'the same content under another name': 1 },
    });
    expect(audit(workspace)).toEqual([]);
  });

  test('what cannot be read is recorded with its reason and does no harm', async () => {
    const good = frameBytes({ time: '2017-01-01T00:00:00Z' });
    writeFileSync(join(folder, 'AIA20170101_0000_0193.fits'), good);
    writeFileSync(
      join(folder, 'AIA20170102_0000_0193.fits'),
      '<!DOCTYPE HTML><html><title>Index of /data</title>',
    );
    writeFileSync(
      join(folder, 'cut.fits'),
      frameBytes({ time: '2017-01-03T00:00:00Z' }).subarray(0, good.length - 2880),
    );
    writeFileSync(join(folder, 'empty.fits'), '');
    writeFileSync(
      join(folder, 'other.fits'),
      frameBytes({ time: '2017-01-03T00:00:00Z', telescope: 'SOHO' }),
    );
    const summary = await run();
    expect(summary).toMatchObject({ planned: 5, stored: 1, corrupt: 4 });
    expect(exitCodeOf(summary)).toBe(3);
    workspace.withCatalog((catalog) => {
      expect(
        catalog.frames({ states: ['corrupt'] }).map(({ slot, reason }) => [slot, reason?.split(':')[0]]),
      ).toEqual([
        ['2017-01-02T00:00:00Z', 'HTML page instead of FITS'],
        ['2017-01-03T00:00:05.840Z', expect.stringMatching(/truncated|unreadable FITS/)],
      ]);
    });
    expect(audit(workspace)).toEqual([]);
  });

  test('of symbolic links the files are adopted', async () => {
    mkdirSync(join(folder, 'links'));
    mkdirSync(join(folder, 'real'));
    writeFileSync(join(folder, 'real', 'a.fits'), frameBytes({ time: '2017-01-01T00:00:00Z' }));
    symlinkSync('../real/a.fits', join(folder, 'links', 'b.fits'));
    expect(await run({ path: join(folder, 'links') })).toMatchObject({ planned: 1, stored: 1 });
    expect(audit(workspace)).toEqual([]);
    const path = workspace.withCatalog((catalog) => catalog.frames({})[0]!.path!);
    expect(lstatSync(join(workspace.root, path)).isSymbolicLink()).toBe(false);
  });

  test('a pipe is no file, and not waited for', async (context) => {
    if (process.platform === 'win32') return context.skip('Windows has no named pipes in folders');
    execFileSync('/usr/bin/mkfifo', [join(folder, 'pipe.fits')]);
    expect(await run()).toMatchObject({ planned: 1, corrupt: 1, reasons: { 'no regular file': 1 } });
  });

  test('nonsense in a header spoils no run', async () => {
    for (const [index, [keyword, value]] of (
      [
        ['FSN', 1.5],
        ['FSN', 1e300],
        ['WAVELNTH', 1e300],
      ] as const
    ).entries()) {
      const cards = [
        card('TELESCOP', 'SDO/AIA'),
        ...(keyword === 'WAVELNTH' ? [] : [card('WAVELNTH', 193)]),
        card('T_OBS', `2017-01-0${index + 1}T00:00:00Z`),
        card(keyword, value),
      ];
      const bytes = writeImage({ width: 8, height: 8, data: new Int16Array(64), cards });
      writeFileSync(join(folder, `${index}.fits`), bytes);
    }
    expect(await run()).toMatchObject({ planned: 3, stored: 3 });
    workspace.withCatalog((catalog) =>
      expect(catalog.frames({}).map(({ fsn, wavelength }) => [fsn, wavelength])).toEqual([
        [null, 193],
        [null, 193],
        [null, 0],
      ]),
    );
  });

  test('what is not done when the time is up, or on a signal, is left to the next run', async () => {
    for (const day of ['01', '02', '03'])
      writeFileSync(join(folder, `${day}.fits`), frameBytes({ time: `2017-01-${day}T00:00:00Z` }));
    const stop = new AbortController();
    const progress = () => ({ advance: () => stop.abort(new Error('SIGTERM')), done: () => {} });
    await expect(run({}, fastEffects({ signal: stop.signal, progress }))).rejects.toMatchObject({
      kind: 'interrupted',
    });
    workspace.withCatalog((catalog) => {
      expect(catalog.frames({ states: ['stored'] })).toHaveLength(1);
      expect(catalog.runs(1)).toMatchObject([{ exitCode: 130, finishedAt: expect.any(String) }]);
    });
    const slow = { advance: () => execFileSync('sleep', ['0.3']), done: () => {} };
    const summary = await run({ deadline: '0.2s' }, fastEffects({ progress: () => slow }));
    expect(summary.failed).toBeGreaterThan(0);
    expect(summary).toMatchObject({ already: 1, reasons: { 'time is up': summary.failed } });
    expect(await run()).toMatchObject({ stored: summary.failed, failed: 0 });
  });

  test('must be named and be there', async () => {
    await expect(run({ path: undefined })).rejects.toMatchObject({ kind: 'usage', where: '--path' });
    await expect(run({ path: join(folder, 'none') })).rejects.toMatchObject({
      kind: 'io',
      where: join(folder, 'none'),
    });
  });
});

describeWithRealData('real SDO files', (data) => {
  test('the synoptic frames of 2014 and 2017 are adopted with their header values', async () => {
    const summary = await run({ path: join(data, 'aia-synoptic-1024') });
    expect(summary).toMatchObject({ planned: 22, stored: 22, corrupt: 0 });
    workspace.withCatalog((catalog) => {
      expect(catalog.frames({ wavelength: 193 })).toHaveLength(18);
      expect(catalog.frames({ wavelength: 193 })[0]).toMatchObject({
        product: 'aia.lev1.5s',
        slot: '2017-01-03T23:00:00Z',
        tObs: '2017-01-03T23:00:05.840Z',
        exposureSeconds: 1.999657,
        quality: 0,
        fsn: 143631308,
        width: 1024,
        height: 1024,
        sha256: '4cdb62658dea30455d9ecb4a76b59849f709b077ca54727333a3bfd955708333',
      });
    });
    expect(
      readFileSync(join(workspace.root, 'raw/files/aia.lev1.5s/2017/01/03/aia20170103_2300_0193.fits'))
        .length,
    ).toBe(1157760);
  });

  test('known bad files get their true reasons', async () => {
    const summary = await run({ path: join(data, 'aia-bad') });
    expect(summary.corrupt).toBe(5);
    workspace.withCatalog((catalog) => {
      const reasons = catalog
        .frames({ states: ['corrupt'] })
        .map(({ slot, wavelength, reason }) => `${slot} ${wavelength} ${reason}`);
      expect(
        reasons.filter((text) => /HTML page instead of FITS: Index of \/data\/aia\/synoptic/.test(text)),
      ).toHaveLength(3);
      expect(reasons.filter((text) => /2020-02-0[57].* truncated/.test(text))).toHaveLength(2);
    });
  });

  test('cutouts and magnetograms find their series', async () => {
    await run({ path: join(data, 'hmi') });
    await run({ path: join(data, 'aia-lev1-cutouts') });
    workspace.withCatalog((catalog) => {
      const products = new Set(
        catalog.frames({ states: ['stored'] }).map(({ product, wavelength }) => `${product} ${wavelength}`),
      );
      expect([...products].sort()).toEqual([
        'aia.lev1 171',
        'aia.lev1 193',
        'aia.lev1 304',
        'hmi.M_45s 0',
        'hmi.sharp_cea_720s 0',
      ]);
    });
  });
});
