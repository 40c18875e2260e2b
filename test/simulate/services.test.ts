import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { firstImage, readFits, readImage } from '../../src/fits/index.ts';
import { ingest } from '../../src/ingest/index.ts';
import { type Archive, type ArchiveOptions, makeFrame, startArchive } from '../../src/simulate/index.ts';
import {
  audit,
  fastClock,
  fastEffects,
  options,
  type TestWorkspace,
  temporaryWorkspace,
} from '../ingest/workspace.ts';

let workspace: TestWorkspace;
let archive: Archive;
let clock: ReturnType<typeof fastClock>;

beforeEach(() => {
  workspace = temporaryWorkspace();
  clock = fastClock();
});

afterEach(async () => {
  await archive.close();
  workspace.remove();
});

const start = async (extra: Partial<ArchiveOptions>) => {
  archive = await startArchive({
    seed: 5,
    from: '2014-01-01',
    to: '2014-01-01T06:00:00Z',
    cadence: '1h',
    wavelengths: [193],
    size: 32,
    now: clock.now,
    ...extra,
  });
};

const run = (source: string, baseUrl: string, extra: object = {}) =>
  ingest(
    options({
      source,
      baseUrl,
      wavelength: source === 'hmi' ? [] : [193],
      from: '2014-01-01',
      to: '2014-01-01T06:00:00Z',
      cadence: '1h',
      ...extra,
    }),
    { workspace, effects: fastEffects({ clock }), jobs: 2 },
  );

const frames = () => workspace.withCatalog((catalog) => catalog.frames({}));

describe('ingest takes the doors for real ones', () => {
  test('jsoc by path: pixels from storage, keywords from the database', async () => {
    await start({ services: ['jsoc'] });
    expect(await run('jsoc', archive.url)).toMatchObject({ stored: 6 });
    expect(frames()[1]).toMatchObject({ product: 'aia.lev1', quality: 0, tObs: '2014-01-01T01:00:05.840Z' });
    const header = workspace.withCatalog((catalog) => catalog.frames({})[1]!.header);
    expect(header).toMatchObject({
      TELESCOP: 'SDO/AIA',
      LVL_NUM: 1,
      WAVELNTH: 193,
      'DATE-OBS': expect.any(String),
    });
    expect(archive.journal().map(({ path }) => path.replace(/\?.*/, '').split('/')[1])).toEqual([
      'cgi-bin',
      'cgi-bin',
      ...Array.from({ length: 6 }, () => expect.stringMatching(/^SUM\d+$/)),
    ]);
    expect(audit(workspace)).toEqual([]);
  });

  test('jsoc by export, in trouble: every slot is stored or has its reason', async () => {
    await start({
      services: ['jsoc'],
      absent: 0.2,
      faults: { eclipse: 0.2 },
      jsoc: { offline: 0.5, lost: 0.2, mostRecords: 2, queue: '5m', keep: '1h' },
      disturbances: { 'jsoc-error': 0.15, unavailable: 0.1, cut: 0.2 },
    });
    const request = { contact: 'a.person@example.org', revisit: '1s' };
    for (let i = 0; i < 4; i++) await run('jsoc', archive.url, request);
    const states = frames().map(({ state }) => state);
    expect(states).toContain('stored');
    for (const state of states) expect(['stored', 'absent', 'explained']).toContain(state);
    expect(archive.journal().some(({ path }) => path.includes('exp_status'))).toBe(true);
    expect(audit(workspace)).toEqual([]);
  });

  test('jsoc by path: another file under the address is seen', async () => {
    await start({ services: ['jsoc'], disturbances: { 'wrong-content': 0.5 } });
    for (let i = 0; i < 4; i++) await run('jsoc', archive.url);
    expect(archive.journal().some(({ disturbance }) => disturbance === 'wrong-content')).toBe(true);
    expect(workspace.withCatalog((catalog) => catalog.runs(1)[0]!.exitCode)).toBe(0);
    for (const { slot, path } of frames()) {
      const id = { product: 'aia-level1', slot: new Date(slot), wavelength: 193 } as const;
      const served = makeFrame({ id, seed: 5, size: 32, stepMs: 3_600_000, isBare: true });
      expect(readFileSync(join(workspace.root, path!)).equals(served)).toBe(true);
    }
  });

  test.each([
    ['hmi.M_45s', 'Gauss', -3000, 3000],
    ['hmi.Ic_720s', 'DN/s', 5000, 70_000],
  ])('jsoc has %s too', async (product, unit, low, high) => {
    await start({ services: ['jsoc'], jsoc: { offline: 0.5, queue: '1m' } });
    const request = { product, wavelength: [], contact: 'a.person@example.org' };
    expect(await run('jsoc', archive.url, request)).toMatchObject({ planned: 6, stored: 6 });
    const stored = workspace.withCatalog((catalog) =>
      catalog.frames({ product }).map(({ path, header }) => ({ path, header })),
    );
    for (const { path, header } of stored) {
      expect(header).toMatchObject({ BUNIT: unit, CAMERA: 2, CADENCE: product === 'hmi.M_45s' ? 45 : 720 });
      const { data } = readImage(firstImage(readFits(readFileSync(join(workspace.root, path!)))));
      const values = data.filter((value) => !Number.isNaN(value));
      expect(values.length / data.length).toBeGreaterThan(0.6);
      expect(Math.min(...values)).toBeGreaterThan(low);
      expect(Math.max(...values)).toBeLessThan(high);
    }
    expect(audit(workspace)).toEqual([]);
  });

  test('heliocloud by its registry', async () => {
    await start({ services: ['heliocloud'], absent: 0.3 });
    const missing = archive.labels().filter((one) => one.product === 'aia-heliocloud' && one.fault).length;
    expect(missing).toBeGreaterThan(0);
    expect(await run('heliocloud', archive.url)).toMatchObject({ stored: 6 - missing, absent: missing });
    expect(audit(workspace)).toEqual([]);
  });

  test('near real time first, then the definitive frame', async () => {
    clock = fastClock('2014-01-01T07:00:00Z');
    await start({ services: ['nrt'], publishedAfter: '7d' });
    expect(await run('synoptic', archive.synopticUrl)).toMatchObject({ stored: 0 });
    expect(await run('synoptic-nrt', archive.nrtUrl)).toMatchObject({ stored: 6 });
    expect(frames().find(({ state }) => state === 'stored')).toMatchObject({ quality: 0x40000000 });
    clock = fastClock('2014-01-20T00:00:00Z');
    await archive.close();
    await start({ services: ['nrt'], publishedAfter: '7d' });
    expect(await run('synoptic', archive.synopticUrl, { revisit: '99d' })).toMatchObject({ stored: 6 });
    const states = frames().map(({ source, state }) => `${source} ${state}`);
    expect(new Set(states)).toEqual(new Set(['synoptic stored', 'synoptic-nrt superseded']));
  });

  test('hmi from its directory', async () => {
    await start({ services: ['hmi'] });
    expect(await run('hmi', archive.hmiUrl)).toMatchObject({ stored: 6 });
    expect(audit(workspace)).toEqual([]);
  });
});

test('the newest near-real-time frame has an address of its own', async () => {
  await start({ services: ['nrt'] });
  const bytes = async (path: string) => {
    const response = await fetch(`${archive.url}/data/aia/synoptic/${path}`);
    return [response.status, Buffer.from(await response.arrayBuffer()).toString('base64')];
  };
  const newest = await bytes('mostrecent/AIAsynoptic0193.fits');
  expect(newest[0]).toBe(200);
  expect(newest).toEqual(await bytes('nrt/2014/01/01/H0500/AIA20140101_050000_0193.fits'));
  expect((await bytes('mostrecent/AIAsynoptic0171.fits'))[0]).toBe(404);
});

describe('the bucket', () => {
  const get = (path: string) => fetch(`${archive.url}/${path}`);

  test('has a catalog, whose registries name objects of the stated size', async () => {
    await start({ services: ['heliocloud'] });
    const catalog = (await (await get('catalog.json')).json()) as {
      catalog: { id: string; index: string; indextype: string }[];
    };
    expect(catalog.catalog).toMatchObject([{ id: 'aia_0193', indextype: 'csv' }]);
    const index = catalog.catalog[0]!.index.replace('s3://gov-nasa-hdrl-data1/', '');
    const rows = (await (await get(`${index}aia_0193_2014.csv`)).text()).trim().split('\n').slice(1);
    expect(rows).toHaveLength(6);
    const [, , key, size] = rows[2]!.split(',') as [string, string, string, string];
    const object = await get(key.replace('s3://gov-nasa-hdrl-data1/', ''));
    expect((await object.arrayBuffer()).byteLength).toBe(Number(size));
  });

  test('lists keys by prefix, delimiter and page, and says NoSuchKey', async () => {
    await start({ services: ['heliocloud'] });
    const list = async (query: string) => (await get(`?list-type=2&${query}`)).text();
    expect(await list('delimiter=/')).toMatch(/<CommonPrefixes><Prefix>sdo\/<\/Prefix>/);
    const first = await list('prefix=sdo/aia/2014&max-keys=4');
    expect(first.match(/<Key>/g)).toHaveLength(4);
    const token = /<NextContinuationToken>([^<]*)</.exec(first)![1]!;
    const second = await list(
      `prefix=sdo/aia/2014&max-keys=4&continuation-token=${encodeURIComponent(token)}`,
    );
    expect(second.match(/<Key>/g)).toHaveLength(2);
    expect(second).toContain('<IsTruncated>false');
    const missing = await get('sdo/aia/20140101/0193/no.fits');
    expect([missing.status, await missing.text()]).toEqual([
      404,
      expect.stringContaining('<Code>NoSuchKey<'),
    ]);
  });

  test('ends with 2022', async () => {
    await start({ services: ['heliocloud'], from: '2022-12-31T22:00:00Z', to: '2023-01-01T02:00:00Z' });
    const products = archive.labels().filter(({ product }) => product === 'aia-heliocloud');
    expect(products.map(({ slot }) => slot)).toEqual(['2022-12-31T22:00:00Z', '2022-12-31T23:00:00Z']);
  });
});

test('a near-real-time file has the size that its index shows, and was made minutes after its slot', async () => {
  await start({ services: ['nrt'], size: 256 });
  const page = await (await fetch(`${archive.nrtUrl}2014/01/01/H0500/`)).text();
  const shown = /AIA20140101_050000_0193.fits<\/a>.*?>\s*([\d.]+[KM])<\/td><\/tr>/.exec(page)?.[1];
  const response = await fetch(`${archive.nrtUrl}2014/01/01/H0500/AIA20140101_050000_0193.fits`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  expect(shown).toBe(`${Math.round(bytes.length / 1024)}K`);
  const { DATE: date } = firstImage(readFits(bytes)).header.toRecord();
  expect(date).toBe('2014-01-01T05:18:00');
  expect(response.headers.get('last-modified')).toBe('Wed, 01 Jan 2014 05:18:00 GMT');
});
