import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { namesInIndex } from '../../src/ingest/sources/listing.ts';
import { holdingsOf } from '../../src/simulate/archive/holdings.ts';
import { createStore } from '../../src/simulate/archive/store.ts';
import { type Archive, type Label, startArchive } from '../../src/simulate/index.ts';
import { readFrame } from './support.ts';

const OPTIONS = {
  seed: 11,
  from: '2014-01-01',
  to: '2014-01-04',
  cadence: '3h',
  wavelengths: [171, 193],
  size: 48,
  faults: { html: 0.2, truncated: 0.1, dark: 0.1 },
  absent: 0.1,
};

let archive: Archive;
let labels: Label[];

beforeAll(async () => {
  archive = await startArchive(OPTIONS);
  labels = archive.labels();
});

afterAll(() => archive.close());

const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  fetch(`${archive.url}/${path}`, { headers, method, redirect: 'manual' });
const labelled = (fault: Label['fault']) => labels.find((label) => label.fault === fault)!;
const secondBefore = (date: string) => new Date(Date.parse(date) - 1000).toUTCString();
const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer());

describe('the ground truth', () => {
  test('lies at the root as it would in a folder, whatever troubles the archive', async () => {
    const troubled = await startArchive({
      ...OPTIONS,
      disturbances: 0.075,
      outages: [{ from: '2010-01-01', to: '2100-01-01' }],
    });
    for (let attempt = 0; attempt < 3; attempt++) {
      const response = await fetch(troubled.labelsUrl);
      expect(response.headers.get('content-type')).toBe('application/json');
      const { simulated, recipe, frames } = (await response.json()) as Record<string, unknown>;
      expect(simulated).toBe(true);
      expect(recipe).toEqual({
        seed: 11,
        size: 48,
        faults: OPTIONS.faults,
        absent: 0.1,
        cadence: '3h',
      });
      expect(frames).toEqual(troubled.labels());
    }
    expect((await fetch(troubled.labelsUrl, { method: 'HEAD' })).status).toBe(200);
    await troubled.close();
  });

  test('is no part of the archive', async () => {
    expect(await (await get('')).text()).not.toContain('labels');
    expect((await get('labels.json', {}, 'DELETE')).status).toBe(405);
  });
});

describe('files', () => {
  test('come with type, length, validator and date', async () => {
    const response = await get(labelled(null).path);
    const body = await bytesOf(response);
    expect(response.status).toBe(200);
    expect(Number(response.headers.get('content-length'))).toBe(body.length);
    expect(response.headers.get('content-type')).toBe('application/fits');
    expect(response.headers.get('etag')).toMatch(/^"[0-9a-f]{24}"$/);
    expect(response.headers.get('accept-ranges')).toBe('bytes');
    const week = Date.parse(response.headers.get('last-modified')!) - Date.parse(labelled(null).slot);
    expect(week).toBe(7 * 86_400_000);
    expect(readFrame(body).header).toMatchObject({ SIMULATD: true, WAVELNTH: labelled(null).wavelength });
  });

  test('are the same from another server, asked in another order, and when asked at once', async () => {
    const other = await startArchive(OPTIONS);
    const some = labels.filter(({ fault }) => fault !== 'absent').slice(0, 4);
    const there = await Promise.all(
      [...some].reverse().map(async ({ path }) => bytesOf(await fetch(`${other.url}/${path}`))),
    );
    const here = await Promise.all(some.map(async ({ path }) => bytesOf(await get(path))));
    await other.close();
    expect(here.map((bytes, i) => bytes.equals(there[some.length - 1 - i]!))).toEqual(some.map(() => true));
  });

  test('HEAD answers like GET without a body', async () => {
    const { path } = labelled(null);
    const [head, whole] = [await get(path, {}, 'HEAD'), await get(path)];
    expect(head.status).toBe(200);
    expect((await bytesOf(head)).length).toBe(0);
    for (const name of ['content-length', 'etag', 'last-modified', 'content-type'])
      expect(head.headers.get(name)).toBe(whole.headers.get(name));
  });

  test('a page instead of a frame has the type of a page', async () => {
    const response = await get(labelled('html').path);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain('text/html');
  });
});

describe('what is not there', () => {
  test.each([
    'data/aia/synoptic/2014/01/01/H0000/AIA20140101_0002_0193.fits',
    'data/aia/synoptic/2015/',
    '../../etc/passwd',
    '%00',
    '%ff',
  ])('%s is 404', async (path) => {
    expect((await get(path)).status).toBe(404);
  });

  test('absent slots are 404 and not listed', async () => {
    const { path } = labelled('absent');
    expect((await get(path)).status).toBe(404);
    const folder = path.slice(0, path.lastIndexOf('/') + 1);
    const listing = await get(folder);
    if (listing.ok) expect(await listing.text()).not.toContain(path.split('/').at(-1)!);
  });

  test('an error page escapes what it repeats', async () => {
    const text = await (await get('%3Cscript%3E?a=<b>')).text();
    expect(text).not.toContain('<script>');
    expect(text).not.toContain('<b>');
  });

  test('other methods are refused', async () => {
    expect((await get('data/', {}, 'POST')).status).toBe(405);
  });
});

describe('ranges', () => {
  test.each([
    ['bytes=0-99', 0, 100],
    ['bytes=100-', 100, undefined],
    ['bytes=-50', -50, undefined],
    ['bytes=10-10', 10, 11],
  ])('%s', async (range, from, to) => {
    const { path } = labelled(null);
    const whole = await bytesOf(await get(path));
    const response = await get(path, { range });
    const part = await bytesOf(response);
    expect(response.status).toBe(206);
    const expected = whole.subarray(from < 0 ? whole.length + from : from, to);
    expect(part.equals(expected)).toBe(true);
    const start = from < 0 ? whole.length + from : from;
    expect(response.headers.get('content-range')).toBe(
      `bytes ${start}-${start + part.length - 1}/${whole.length}`,
    );
  });

  test('behind the end: 416 with the length', async () => {
    const response = await get(labelled(null).path, { range: 'bytes=99999999-' });
    expect(response.status).toBe(416);
    expect(response.headers.get('content-range')).toMatch(/^bytes \*\/\d+$/);
  });

  test('nonsense and several ranges get the whole file', async () => {
    for (const range of ['bytes=5-2', 'bytes=0-1,5-6', 'lines=1-2'])
      expect((await get(labelled(null).path, { range })).status).toBe(200);
  });

  test('If-Range: the part when the validator fits, else the whole file', async () => {
    const { path } = labelled(null);
    const first = await get(path);
    const etag = first.headers.get('etag')!;
    const date = first.headers.get('last-modified')!;
    const status = async (validator: string) =>
      (await get(path, { range: 'bytes=0-9', 'if-range': validator })).status;
    expect(await status(etag)).toBe(206);
    expect(await status(date)).toBe(206);
    expect(await status('"000000000000000000000000"')).toBe(200);
    expect(await status('Wed, 01 Jan 2003 00:00:00 GMT')).toBe(200);
  });

  test.each([
    ['if-match', (etag: string) => etag, 200],
    ['if-match', (etag: string) => `"x", ${etag}`, 200],
    ['if-match', () => '*', 200],
    ['if-match', () => '"x"', 412],
    // Strong comparison: a weak tag fits nothing.
    ['if-match', (etag: string) => `W/${etag}`, 412],
    ['if-unmodified-since', (_: string, date: string) => date, 200],
    ['if-unmodified-since', (_: string, date: string) => secondBefore(date), 412],
    ['if-unmodified-since', () => 'yesterday', 200],
  ] as const)('%s, case %#: 412 when the file is another', async (name, value, status) => {
    const { path } = labelled(null);
    const { headers } = await get(path, {}, 'HEAD');
    const condition = { [name]: value(headers.get('etag')!, headers.get('last-modified')!) };
    const answer = await get(path, { ...condition, range: 'bytes=0-9' });
    expect(answer.status).toBe(status === 200 ? 206 : status);
    expect(Number(answer.headers.get('content-length'))).toBe((await bytesOf(answer)).length);
  });

  test('If-Match is asked before If-Unmodified-Since and If-None-Match', async () => {
    const { path } = labelled(null);
    const { headers } = await get(path, {}, 'HEAD');
    const [etag, date] = [headers.get('etag')!, headers.get('last-modified')!];
    expect((await get(path, { 'if-match': etag, 'if-unmodified-since': secondBefore(date) })).status).toBe(
      200,
    );
    expect((await get(path, { 'if-match': '"x"', 'if-none-match': etag })).status).toBe(412);
    expect((await get('data/aia/synoptic/none.fits', { 'if-match': '"x"' })).status).toBe(404);
  });

  test('If-None-Match and If-Modified-Since: 304', async () => {
    const { path } = labelled(null);
    const first = await get(path);
    expect((await get(path, { 'if-none-match': first.headers.get('etag')! })).status).toBe(304);
    expect((await get(path, { 'if-modified-since': first.headers.get('last-modified')! })).status).toBe(304);
    expect((await get(path, { 'if-none-match': '"x"' })).status).toBe(200);
  });
});

describe('folders', () => {
  test('list what is there, in the form that ingest reads', async () => {
    const text = await (await get('data/aia/synoptic/2014/01/02/H0600/')).text();
    expect(text).toContain('<title>Index of /data/aia/synoptic/2014/01/02/H0600</title>');
    const expected = labels
      .filter(({ path, fault }) => path.includes('/2014/01/02/H0600/') && fault !== 'absent')
      .map(({ path }) => path.split('/').at(-1)!);
    expect(
      namesInIndex(text)
        .filter((name) => name.endsWith('.fits'))
        .sort(),
    ).toEqual(expected.sort());
  });

  test('without the slash redirect to it', async () => {
    const response = await get('data/aia/synoptic/2014');
    expect(response.status).toBe(301);
    expect(response.headers.get('location')).toBe('/data/aia/synoptic/2014/');
  });

  test('the span of the archive', async () => {
    const times = (await (await fetch(`${archive.synopticUrl}image_times.json`)).json()) as Record<
      string,
      string
    >;
    expect(times['first']).toMatch(/^20140101_0\d0000$/);
    expect(times['last']).toMatch(/^20140103_(21|18)0000$/);
  });
});

test('a port in use is said in plain words', async () => {
  await expect(startArchive({ ...OPTIONS, port: Number(new URL(archive.url).port) })).rejects.toThrow(
    'cannot listen',
  );
});

test('more slots than memory holds are refused before any is planned', async () => {
  const years = { from: '2010-05-13', to: '2025-01-01', cadence: '2m', services: ['jsoc', 'nrt'] as const };
  await expect(startArchive({ seed: 1, wavelengths: [193], ...years })).rejects.toMatchObject({
    kind: 'usage',
    remedy: expect.stringContaining('--services'),
  });
});

test('what services ask for with every request is listed once for all', () => {
  const range = { from: '2014-01-01', to: '2014-01-02', cadence: '6h', services: ['jsoc'] as const };
  const store = createStore({
    holdings: holdingsOf({ seed: 1, wavelengths: [193], ...range }),
    now: () => new Date(),
  });
  expect(store.entries('aia-level1')).toHaveLength(4);
  expect(store.entries('aia-level1')).toBe(store.entries('aia-level1'));
});
