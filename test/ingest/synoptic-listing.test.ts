import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ingest } from '../../src/ingest/index.ts';
import { isIndex, namesInIndex } from '../../src/ingest/sources/listing.ts';
import { lastImageTime, synoptic } from '../../src/ingest/sources/synoptic.ts';
import { startServer, type TestServer } from '../support/http-server.ts';
import { describeWithRealData } from '../support/real-data.ts';
import { frameBytes, sendFile } from './frames.ts';
import {
  audit,
  fastClock,
  fastEffects,
  options,
  type TestWorkspace,
  temporaryWorkspace,
} from './workspace.ts';

let workspace: TestWorkspace;
let server: TestServer;

beforeEach(() => {
  workspace = temporaryWorkspace();
});

afterEach(async () => {
  await server?.close();
  workspace.remove();
});

/** An archive that holds just these files (by name), with indexes; a value is the QUALITY of the frame. */
async function startArchive(files: Record<string, number>, published?: string) {
  server = await startServer((request, response) => {
    const path = request.url!;
    const match = /\/(AIA(\d{4})(\d\d)(\d\d)_(\d\d)(\d\d)_(\d{4})\.fits)$/.exec(path);
    if (match) {
      const [, name, year, month, day, hour, minute, channel] = match;
      const quality = files[name!];
      if (quality === undefined) response.writeHead(404).end();
      else {
        const time = `${year}-${month}-${day}T${hour}:${minute}:00Z`;
        sendFile(request, response, frameBytes({ time, wavelength: Number(channel), quality }));
      }
    } else if (path.endsWith('/image_times.json') && published) {
      response.end(`{"first":"20100513_000000","last":"${published}"}`);
    } else if (/\/H\d\d00\/$/.test(path)) {
      const [, year, month, day, hour] = /(\d{4})\/(\d\d)\/(\d\d)\/H(\d\d)00\/$/.exec(path)!;
      const names = Object.keys(files).filter((name) => name.startsWith(`AIA${year}${month}${day}_${hour}`));
      if (names.length === 0) response.writeHead(404).end();
      else response.end(indexOf(path, names));
    } else response.writeHead(404).end();
  });
}

const indexOf = (path: string, names: string[]) =>
  `<html><head><title>Index of ${path}</title></head><body><a href="?C=N;O=D">Name</a><a href="../">Parent</a>
   ${names.map((name) => `<a href="${name}">${name}</a>`).join('\n')}</body></html>`;

const run = (extra: object = {}, effects = fastEffects()) =>
  ingest(
    options({
      wavelength: [193],
      from: '2017-01-01',
      to: '2017-01-01T06:00:00Z',
      baseUrl: server.url,
      ...extra,
    }),
    { workspace, effects, jobs: 2 },
  );

const states = () =>
  workspace.withCatalog((catalog) =>
    catalog
      .frames({})
      .map(({ slot, state, reason, path }) => [slot.slice(11, 16), state, path?.split('/').at(-1) ?? reason]),
  );

describe('the index of an hour', () => {
  test('saves requests for what is not there when the hour is asked for densely', async () => {
    await startArchive({ 'AIA20170101_0000_0193.fits': 0, 'AIA20170101_0020_0193.fits': 0 });
    const summary = await run({ to: '2017-01-01T01:00:00Z', cadence: '10m' });
    expect(summary).toMatchObject({
      planned: 6,
      stored: 2,
      absent: 4,
      reasons: { 'not in the index of its hour': 4 },
    });
    expect(server.requests).toHaveLength(3);
    workspace.withCatalog((catalog) => {
      const absent = catalog.frames({ states: ['absent'] })[0]!;
      expect(catalog.attempts(absent.id)).toMatchObject([
        { error: 'not in the index of its hour', url: expect.stringContaining('/H0000/') },
      ]);
    });
    expect(audit(workspace)).toEqual([]);
  });

  test('that is no index is not believed', async () => {
    server = await startServer((request, response) => {
      if (request.url!.endsWith('/')) response.end('<html><title>Down for maintenance</title>');
      else
        sendFile(
          request,
          response,
          frameBytes({ time: `2017-01-01T00:${/_00(\d\d)_/.exec(request.url!)![1]}:00Z` }),
        );
    });
    expect(await run({ to: '2017-01-01T01:00:00Z', cadence: '10m' })).toMatchObject({ stored: 6 });
  });
});

describe('--search', () => {
  test('takes the nearest neighbour of a missing frame', async () => {
    await startArchive({ 'AIA20170101_0004_0193.fits': 0, 'AIA20170101_0002_0193.fits': 0 });
    expect(await run({ search: '10m' })).toMatchObject({ stored: 1 });
    expect(states()).toEqual([['00:00', 'stored', 'AIA20170101_0002_0193.fits']]);
  });

  test('takes a good neighbour instead of a flagged frame, and the flagged one when all are', async () => {
    await startArchive({
      'AIA20170101_0000_0193.fits': 0x2000,
      'AIA20170101_0002_0193.fits': 0x2000,
      'AIA20170101_0004_0193.fits': 0,
      'AIA20170101_1200_0193.fits': 0x2000,
      'AIA20170101_1202_0193.fits': 0x2000,
    });
    expect(await run({ search: '10m', to: '2017-01-01T18:00:00Z', cadence: '12h' })).toMatchObject({
      stored: 2,
    });
    expect(states()).toEqual([
      ['00:00', 'stored', 'AIA20170101_0004_0193.fits'],
      ['12:00', 'stored', 'AIA20170101_1200_0193.fits'],
    ]);
    expect(audit(workspace)).toEqual([]);
  });

  test('never gives one frame to two slots', async () => {
    await startArchive({ 'AIA20170101_0002_0193.fits': 0 });
    expect(await run({ search: '4m', to: '2017-01-01T00:06:00Z', cadence: '2m' })).toMatchObject({
      stored: 1,
      absent: 2,
    });
    expect(audit(workspace)).toEqual([]);
  });
});

test('slots that are not published yet are waited for without an error', async () => {
  await startArchive({ 'AIA20200520_0000_0193.fits': 0 }, '20200525_000000');
  const clock = fastClock('2020-06-01T00:00:00Z');
  const summary = await run({ from: '14d', to: 'now', cadence: '1d' }, fastEffects({ clock }));
  expect(summary).toMatchObject({ planned: 14, stored: 1, skipped: 6, absent: 7, failed: 0 });
  expect(summary.reasons['not published yet']).toBe(6);
});

test('a mirror is asked when the first host is down, not when it has no such frame', async () => {
  const dead = await startServer(() => {});
  await dead.close();
  await startArchive({ 'AIA20170101_0000_0193.fits': 0 });
  const summary = await run({ baseUrl: `${dead.url},${server.url}`, retries: 1, cadence: '3h' });
  expect(summary).toMatchObject({ stored: 1, absent: 1 });
  const empty = await startServer((_request, response) => response.writeHead(404).end());
  expect(
    await run({
      baseUrl: `${empty.url},${server.url}`,
      to: '2017-01-03',
      from: '2017-01-02',
      cadence: '12h',
    }),
  ).toMatchObject({ absent: 2 });
  await empty.close();
});

describe('parsers', () => {
  test('believe plain names only', () => {
    const page = `<title>Index of /x</title><a href="?C=N">N</a><a href="/data/">up</a><a href="../../etc/passwd">x</a>
      <a href="http://evil/AIA.fits">y</a><a HREF = "AIA20170101_0000_0193.fits">z</a><a href="a%2fb.fits">q</a><a href=".hidden">h</a>`;
    expect(namesInIndex(page)).toEqual(['AIA20170101_0000_0193.fits']);
    expect(isIndex(page)).toBe(true);
    expect(isIndex('<title>404</title>')).toBe(false);
    expect(namesInIndex('<a href="'.repeat(10_000))).toEqual([]);
  });

  test('image_times', () => {
    expect(lastImageTime('{"first":"20100513_000000","last":"20240102_235800"}')).toBe(
      Date.UTC(2024, 0, 2, 23, 58),
    );
    expect(lastImageTime('<html>')).toBeUndefined();
  });
});

describeWithRealData('real indexes of the synoptic directory', (data) => {
  test('name every file of their hour', () => {
    const folder = join(data, 'aia-bad', 'html-as-fits');
    for (const file of readdirSync(folder)) {
      const page = readFileSync(join(folder, file), 'latin1');
      expect(isIndex(page)).toBe(true);
      const names = namesInIndex(page);
      const frames = names.filter((name) => /^AIA\d{8}_\d{4}_\d{4}\.fits$/.test(name));
      expect(frames.length).toBeGreaterThan(100);
      expect(names.length - frames.length).toBeLessThan(5);
      expect(frames.length).toBe(new Set(page.match(/AIA\d{8}_\d{4}_\d{4}\.fits/g)).size);
    }
  });
});

test('a request of hundreds of thousands of slots can be located', async () => {
  const rows = Array.from({ length: 300_000 }, (_, index) => ({
    slot: new Date(Date.UTC(2014, 0, 1) + index * 120_000).toISOString(),
    wavelength: 193,
  }));
  const tools = {
    baseUrls: ['http://localhost:1/'],
    now: new Date('2020-01-01'),
    searchMs: 0,
    getText: async () => ({ ok: true, text: '<title>Index of /' }),
  };
  const located = synoptic.locate(rows as never, tools as never)[Symbol.asyncIterator]();
  expect(await located.next()).toMatchObject({ done: false });
  await located.return?.();
});
