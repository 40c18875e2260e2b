import { existsSync, readFileSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { exitCodeOf, ingest, planIngest } from '../../src/ingest/index.ts';
import { frameBytes, type SynopticArchive, startSynoptic } from './frames.ts';
import { audit, fastEffects, options, type TestWorkspace, temporaryWorkspace } from './workspace.ts';

let workspace: TestWorkspace;
let archive: SynopticArchive | undefined;

beforeEach(() => {
  workspace = temporaryWorkspace();
});

afterEach(async () => {
  await archive?.close();
  workspace.remove();
});

const january = (extra: object = {}) =>
  options({
    wavelength: [193],
    from: '2017-01-01',
    to: '2017-01-03',
    cadence: '6h',
    baseUrl: archive!.url,
    ...extra,
  });

const run = (extra: object = {}, jobs = 3) =>
  ingest(january(extra), { workspace, effects: fastEffects(), jobs });

describe('a healthy archive', () => {
  test('every slot is stored under its path with the bytes of the server, and a second run asks for nothing', async () => {
    archive = await startSynoptic();
    const first = await run({ wavelength: [171, 193] });
    expect(first).toMatchObject({
      planned: 16,
      stored: 16,
      already: 0,
      absent: 0,
      corrupt: 0,
      failed: 0,
      reasons: {},
    });
    expect(exitCodeOf(first)).toBe(0);
    expect(audit(workspace)).toEqual([]);
    workspace.withCatalog((catalog) => {
      const frame = catalog.frames({ wavelength: 171 })[1]!;
      expect(frame).toMatchObject({
        source: 'synoptic',
        product: 'aia.lev1.5s',
        slot: '2017-01-01T06:00:00Z',
        state: 'stored',
        path: 'raw/synoptic/aia.lev1.5s/2017/01/01/AIA20170101_0600_0171.fits',
        tObs: '2017-01-01T06:00:05.840Z',
        exposureSeconds: 1.999657,
        quality: 0,
        fsn: 143631308,
        width: 32,
        height: 32,
      });
      expect(frame.header).toMatchObject({ TELESCOP: 'SDO/AIA', WAVELNTH: 171, SIMULATD: true });
      const content = readFileSync(join(workspace.root, frame.path!));
      expect(content.equals(archive!.bytesOf(new URL(frame.url!).pathname)!)).toBe(true);
      expect(catalog.attempts(frame.id)).toMatchObject([{ status: 200, bytes: content.length, error: null }]);
      expect(catalog.runs(1)[0]).toMatchObject({ command: 'ingest', exitCode: 0 });
    });
    const asked = archive.requests.length;
    const second = await run({ wavelength: [171, 193] });
    expect(second).toMatchObject({ planned: 16, stored: 0, already: 16 });
    expect(archive.requests.length).toBe(asked);
  });

  test('a deleted file is fetched again, a lost catalog is made again from the files', async () => {
    archive = await startSynoptic();
    await run();
    const path = workspace.withCatalog((catalog) => catalog.frames({})[2]!.path!);
    const { rm } = await import('node:fs/promises');
    await rm(join(workspace.root, path));
    expect(await run()).toMatchObject({ already: 7, stored: 1 });
    const asked = archive.requests.length;
    await rm(workspace.catalog);
    await rm(`${workspace.catalog}-wal`, { force: true });
    expect(await run()).toMatchObject({ stored: 8, bytes: 0 });
    expect(archive.requests.length).toBe(asked);
    expect(audit(workspace)).toEqual([]);
  });

  test('a channel that is named twice is asked for once', async () => {
    archive = await startSynoptic();
    expect(await run({ wavelength: [193, 171, 193] })).toMatchObject({ planned: 16, stored: 16 });
    expect(archive.requests).toHaveLength(16);
    expect(audit(workspace)).toEqual([]);
  });

  test('a disk in trouble makes nothing forgotten', async () => {
    archive = await startSynoptic();
    await run();
    const day = join(workspace.raw, 'synoptic/aia.lev1.5s/2017/01/02');
    renameSync(day, `${day}-away`);
    symlinkSync('02', day);
    await expect(run()).rejects.toMatchObject({ kind: 'io', where: expect.stringContaining('2017/01/02') });
    workspace.withCatalog((catalog) => expect(catalog.frames({ states: ['stored'] })).toHaveLength(8));
  });

  test('a dry run asks for nothing and writes nothing', async () => {
    archive = await startSynoptic();
    const plan = await planIngest(january(), { workspace, effects: fastEffects() });
    expect(plan).toMatchObject({
      slots: 8,
      toAsk: 8,
      already: 0,
      bytes: 8 * 1_100_000,
      firstSlot: '2017-01-01T00:00:00Z',
    });
    expect(plan.hours).toBeGreaterThan(0);
    expect(archive.requests).toEqual([]);
    expect(existsSync(workspace.catalog)).toBe(false);
    await run({ to: '2017-01-02' });
    expect(await planIngest(january(), { workspace, effects: fastEffects() })).toMatchObject({
      toAsk: 4,
      already: 4,
    });
  });

  test('bad QUALITY is stored all the same', async () => {
    archive = await startSynoptic(undefined, { quality: 0x80002000 });
    expect(await run()).toMatchObject({ stored: 8, corrupt: 0 });
    workspace.withCatalog((catalog) => expect(catalog.frames({})[0]!.quality).toBe(0x80002000));
  });
});

describe('what is not a frame of the slot is refused with its true reason', () => {
  const cases: [
    string,
    (bytes: Buffer) => { status?: number; type?: string; body: Buffer },
    string,
    RegExp,
  ][] = [
    ['404', () => ({ status: 404, body: Buffer.from('no') }), 'absent', /^HTTP 404/],
    [
      'HTML',
      () => ({ type: 'text/html', body: Buffer.from('<!DOCTYPE HTML>\n<html><title>Index of /</title>') }),
      'corrupt',
      /HTML page instead of FITS: Index of \//,
    ],
    [
      'HTML without type',
      () => ({ body: Buffer.from('  <html><body>down for maintenance') }),
      'corrupt',
      /HTML page/,
    ],
    ['text', () => ({ body: Buffer.from('{"status":1}') }), 'corrupt', /not a FITS file/],
    ['nothing', () => ({ body: Buffer.alloc(0) }), 'corrupt', /empty file/],
    [
      'a truncated file',
      (bytes) => ({ body: bytes.subarray(0, bytes.length - 2880) }),
      'corrupt',
      /truncated|unreadable/,
    ],
    [
      'a file that lacks the end of its padding',
      (bytes) => ({ body: bytes.subarray(0, bytes.length - 1) }),
      'corrupt',
      /truncated: \d+ bytes end inside a block of 2880/,
    ],
    [
      'a flipped bit',
      (bytes) => {
        const body = Buffer.from(bytes);
        body[body.length - 2880]! ^= 1;
        return { body };
      },
      'corrupt',
      /damaged: DATASUM does not fit/,
    ],
    [
      'a flipped bit in the header',
      (bytes) => {
        const body = Buffer.from(bytes);
        body[body.indexOf('1.999657') + 3]! ^= 1;
        return { body };
      },
      'corrupt',
      /damaged: CHECKSUM does not fit/,
    ],
    [
      'a header only',
      (bytes) => ({ body: bytes.subarray(0, 2880) }),
      'corrupt',
      /no image|unreadable|truncated/,
    ],
    [
      'another channel',
      () => ({ body: frameBytes({ time: '2017-01-01T00:00:00Z', wavelength: 171 }) }),
      'corrupt',
      /slot is for 193 Å, the header says WAVELNTH 171 Å/,
    ],
    [
      'another time',
      () => ({ body: frameBytes({ time: '2017-01-01T03:00:00Z' }) }),
      'corrupt',
      /slot is 2017-01-01T00:00:00Z, the header says T_OBS 2017-01-01T03:00:05/,
    ],
    [
      'another telescope',
      () => ({ body: frameBytes({ time: '2017-01-01T00:00:00Z', telescope: 'STEREO' }) }),
      'corrupt',
      /not an SDO frame: TELESCOP is "STEREO"/,
    ],
    ['forbidden', () => ({ status: 403, body: Buffer.from('no') }), 'blocked', /HTTP 403/],
  ];

  test.each(cases)('%s', async (_, make, state, reason) => {
    archive = await startSynoptic((_request, response, bytes) => {
      const { status = 200, type = 'application/fits', body } = make(bytes);
      response.writeHead(status, { 'content-type': type, 'content-length': body.length }).end(body);
      return true;
    });
    const summary = await run({ to: '2017-01-01T06:00:00Z' });
    expect(summary).toMatchObject({
      stored: 0,
      absent: state === 'absent' ? 1 : 0,
      corrupt: state === 'corrupt' ? 1 : 0,
      failed: state === 'blocked' ? 1 : 0,
    });
    expect(exitCodeOf(summary)).toBe(3);
    expect(Object.values(summary.reasons)).toEqual([1]);
    workspace.withCatalog((catalog) => {
      const frame = catalog.frames({})[0]!;
      expect(frame).toMatchObject({ state, path: null, sha256: null });
      expect(frame.reason).toMatch(reason);
      expect(catalog.attempts(frame.id)).toHaveLength(1);
    });
    expect(audit(workspace)).toEqual([]);
  });

  test('corrupt slots are asked for a bounded number of runs, old absent ones once', async () => {
    archive = await startSynoptic((request, response) => {
      if (request.url!.includes('_0000_')) response.writeHead(404).end();
      else response.writeHead(200).end('junk that is no FITS file');
      return true;
    });
    for (let i = 0; i < 5; i++) await run({ to: '2017-01-01T12:00:00Z', maxTries: 2 });
    expect(archive.requests.filter((line) => line.includes('_0000_'))).toHaveLength(1);
    expect(archive.requests.filter((line) => line.includes('_0600_'))).toHaveLength(2);
    expect(await run({ to: '2017-01-01T12:00:00Z', maxTries: 2 })).toMatchObject({
      skipped: 2,
      absent: 0,
      corrupt: 0,
    });
    await run({ to: '2017-01-01T12:00:00Z', maxTries: 2, revisit: '9999d' });
    expect(archive.requests.filter((line) => line.includes('_0000_'))).toHaveLength(2);
  });
});

test('a slot is not left alone for one corrupt file after runs that met an outage, however many mirrors they asked', async () => {
  let answer: 'outage' | 'junk' | 'well' = 'outage';
  archive = await startSynoptic((_request, response) => {
    if (answer === 'outage') response.writeHead(500).end();
    else if (answer === 'junk') response.end('junk that is no FITS file');
    return answer !== 'well';
  });
  const mirrors = { to: '2017-01-01T06:00:00Z', retries: 0, maxTries: 2 };
  const ask = () => run({ ...mirrors, baseUrl: `${archive!.url},${archive!.url}` });
  for (let i = 0; i < 4; i++) await ask();
  answer = 'junk';
  expect(await ask()).toMatchObject({ corrupt: 1 });
  workspace.withCatalog((catalog) =>
    expect(catalog.frames({})[0]).toMatchObject({ state: 'corrupt', tries: 5, corruptRuns: 1 }),
  );
  answer = 'well';
  expect(await ask()).toMatchObject({ stored: 1 });
  workspace.withCatalog((catalog) => expect(catalog.frames({})[0]).toMatchObject({ corruptRuns: 0 }));
});

test('wrong usage says what to write', async () => {
  const wrong = (values: object) =>
    ingest(options({ baseUrl: 'http://localhost:1/', ...values }), { workspace, effects: fastEffects() });
  await expect(wrong({ from: '2017-01-01' })).rejects.toMatchObject({ kind: 'usage', where: '--wavelength' });
  await expect(wrong({ wavelength: [193] })).rejects.toMatchObject({ kind: 'usage', where: '--from' });
  await expect(wrong({ wavelength: [193], from: '2017-13-01' })).rejects.toMatchObject({
    kind: 'usage',
    where: '--from',
  });
  await expect(wrong({ wavelength: [193], from: '2019-01-01', to: '2018-01-01' })).rejects.toMatchObject({
    kind: 'usage',
    where: '--to',
  });
  await expect(
    wrong({ wavelength: [193], from: '2019-01-01', to: '2019-02-01', cadence: '7h' }),
  ).rejects.toMatchObject({ where: '--cadence' });
  expect(() => options({ wavelength: [195] })).toThrow(/not an AIA channel/);
  const good = { wavelength: [193], from: '2019-01-01', to: '2019-01-02' };
  await expect(wrong({ tables: ['events'], tableUrl: 'nonsense' })).rejects.toMatchObject({
    kind: 'usage',
    where: '--table-url',
  });
  await expect(
    wrong({ ...good, source: 'jsoc', fallback: 'heliocloud', fallbackUrl: 'ftp://x/' }),
  ).rejects.toMatchObject({ kind: 'usage', where: '--fallback-url' });
  await expect(wrong({ source: 'files', path: workspace.root, from: 'yesterday' })).rejects.toMatchObject({
    where: '--from',
  });
  for (const baseUrl of ['http://joe:hunter2@localhost:1/', 'http://localhost:1/?token=hunter2']) {
    const refused = await wrong({ ...good, baseUrl }).catch((error: Error) => error);
    expect(refused).toMatchObject({ kind: 'usage', where: '--base-url' });
    expect(JSON.stringify([refused, (refused as Error).message])).not.toContain('hunter2');
  }
  await expect(
    wrong({ ...good, from: '2011-01-01', cadence: '2m', wavelength: [94, 131, 171, 193] }),
  ).rejects.toMatchObject({
    kind: 'usage',
    where: expect.stringContaining('--cadence'),
  });
  // All of it before anything was written.
  expect(existsSync(workspace.catalog)).toBe(false);
});
