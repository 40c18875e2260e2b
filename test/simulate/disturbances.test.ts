import { request as httpRequest } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import {
  type Archive,
  type ArchiveOptions,
  DISTURBANCE_NAMES,
  type DisturbanceName,
  startArchive,
} from '../../src/simulate/index.ts';
import { readFrame } from './support.ts';

const RANGE = {
  seed: 21,
  from: '2014-01-01',
  to: '2014-01-02',
  cadence: '12h',
  wavelengths: [193],
  size: 32,
};
const HOUR_MS = 3_600_000;

let archive: Archive | undefined;
afterEach(() => archive?.close());

async function start(options: Partial<ArchiveOptions>): Promise<{ archive: Archive; address: string }> {
  archive = await startArchive({ ...RANGE, ...options });
  return { archive, address: `${archive.url}/${archive.labels()[0]!.path}` };
}

/** Every request is disturbed by one kind until the second for the same path. */
const only = (name: DisturbanceName) => start({ disturbances: { [name]: 1 }, calmAfter: 1 });
const whole = async (address: string) => Buffer.from(await (await fetch(address)).arrayBuffer());

interface Raw {
  status: number;
  received: Buffer;
  complete: boolean;
  milliseconds: number;
}

/** Longer than a frame takes to draw on a busy machine. */
const DRAWN_MS = 30_000;
const SILENCE_MS = 400;

/** One GET that keeps what came before a break; gives up when nothing comes for `firstMs`, or later for SILENCE_MS. */
function raw(address: string, firstMs = DRAWN_MS): Promise<Raw> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let status = 0;
    let began = 0;
    const end = (complete: boolean) =>
      resolve({ status, received: Buffer.concat(chunks), complete, milliseconds: performance.now() - began });
    const request = httpRequest(address, { agent: false }, (response) => {
      status = response.statusCode!;
      began = performance.now();
      request.setTimeout(SILENCE_MS);
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('close', () => end(response.complete));
      response.on('error', () => {});
    });
    request.setTimeout(firstMs, () => request.destroy());
    request.on('error', () => end(false));
    request.end();
  });
}

describe('refusals', () => {
  test.each([
    ['not-found', 404],
    ['too-many-requests', 429],
    ['unavailable', 503],
    ['server-error', 500],
  ] as const)('%s answers %i once', async (name, status) => {
    const { address } = await only(name);
    const response = await fetch(address);
    expect(response.status).toBe(status);
    const pause = response.headers.get('retry-after');
    if (status === 429 || status === 503)
      expect(Number(pause) > 0 || Date.parse(pause!) > Date.now() - 2000).toBe(true);
    expect((await fetch(address)).status).toBe(200);
  });

  test('error-body says 200 and is a page', async () => {
    const { address } = await only('error-body');
    const response = await fetch(address);
    expect(response.status).toBe(200);
    expect(await response.text()).toMatch(/^<!DOCTYPE/);
  });
});

describe('transfers', () => {
  test('hang: not a byte', async () => {
    const { address, archive: one } = await only('hang');
    expect(await raw(address, 3000)).toMatchObject({ status: 0, complete: false });
    expect(one.journal().map(({ disturbance }) => disturbance)).toEqual(['hang']);
    expect((await fetch(address)).status).toBe(200);
  });

  test('stall: a part, then silence', async () => {
    const { address } = await only('stall');
    const seen = await raw(address);
    const truth = await whole(address);
    expect(seen).toMatchObject({ status: 200, complete: false });
    expect(seen.received.length).toBeGreaterThan(0);
    expect(truth.subarray(0, seen.received.length).equals(seen.received)).toBe(true);
  });

  test('slow-drip: all of it, in its own time', async () => {
    const { address } = await only('slow-drip');
    const seen = await raw(address);
    expect(seen.complete).toBe(true);
    expect(seen.milliseconds).toBeGreaterThan(500);
    expect(seen.received.equals(await whole(address))).toBe(true);
  });

  test('cut: a true beginning, resumable', async () => {
    const { address } = await only('cut');
    const seen = await raw(address);
    expect(seen.complete).toBe(false);
    const rest = await fetch(address, { headers: { range: `bytes=${seen.received.length}-` } });
    const joined = Buffer.concat([seen.received, Buffer.from(await rest.arrayBuffer())]);
    expect(joined.equals(await whole(address))).toBe(true);
  });

  test('wrong-length: complete by HTTP, too short by FITS', async () => {
    const { address } = await only('wrong-length');
    const seen = await raw(address);
    expect(seen.complete).toBe(true);
    expect(seen.received.length).toBeLessThan((await whole(address)).length);
  });

  test('wrong-content: a frame of another slot', async () => {
    const { address } = await only('wrong-content');
    const seen = await raw(address);
    const [wrong, right] = [readFrame(seen.received), readFrame(await whole(address))];
    expect(wrong.header['T_OBS']).not.toBe(right.header['T_OBS']);
  });

  test('replaced: after the break the validator no longer fits', async () => {
    const calm = await start({});
    const etag = (await fetch(calm.address, { method: 'HEAD' })).headers.get('etag')!;
    await calm.archive.close();
    const second = await only('replaced');
    const seen = await raw(second.address);
    expect(seen.complete).toBe(false);
    const again = await fetch(second.address, {
      headers: { range: `bytes=${seen.received.length}-`, 'if-range': etag },
    });
    expect(again.status).toBe(200);
    expect(again.headers.get('etag')).not.toBe(etag);
    expect(readFrame(Buffer.from(await again.arrayBuffer())).header['SIMULATD']).toBe(true);
  });
});

describe('the plan', () => {
  test('is the same for every client, whatever the order', async () => {
    const quick = { unavailable: 0.2, cut: 0.2, 'error-body': 0.2 };
    const trouble = { disturbances: quick, calmAfter: 4, cadence: '4h' };
    const journals: string[][] = [];
    for (const reverse of [false, true]) {
      const { archive: one } = await start(trouble);
      const paths = one.labels().map(({ path }) => path);
      for (const path of reverse ? paths.reverse() : paths)
        for (let attempt = 0; attempt < 3; attempt++) await raw(`${one.url}/${path}`);
      journals.push(
        one
          .journal()
          .map((entry) => `${entry.path} ${entry.attempt} ${entry.disturbance}`)
          .sort(),
      );
      await one.close();
    }
    expect(journals[1]).toEqual(journals[0]);
    expect(journals[0]!.filter((line) => !line.endsWith('null')).length).toBeGreaterThan(5);
  });

  test('every kind has its row', () => {
    expect(new Set(DISTURBANCE_NAMES).size).toBe(DISTURBANCE_NAMES.length);
  });
});

test('an outage drops every connection while it lasts', async () => {
  let now = Date.parse('2014-03-01T00:00:00Z');
  const { address, archive: one } = await start({
    outages: [{ from: '2014-03-01T01:00:00Z', to: '2014-03-01T04:00:00Z' }],
    now: () => new Date(now),
  });
  expect((await fetch(address)).status).toBe(200);
  now += 2 * HOUR_MS;
  await expect(fetch(address)).rejects.toThrow();
  now += 3 * HOUR_MS;
  expect((await fetch(address)).status).toBe(200);
  expect(one.journal().map(({ disturbance }) => disturbance)).toContain('outage');
});

test('files appear when they are published', async () => {
  let now = Date.parse('2014-01-07T23:00:00Z');
  const { archive: one, address } = await start({ publishedAfter: '7d', now: () => new Date(now) });
  expect((await fetch(address)).status).toBe(404);
  expect((await fetch(`${one.synopticUrl}image_times.json`)).status).toBe(404);
  now += 2 * HOUR_MS;
  expect((await fetch(address)).status).toBe(200);
  expect(await (await fetch(`${one.synopticUrl}image_times.json`)).json()).toEqual({
    first: '20140101_000000',
    last: '20140101_000000',
  });
});

test('magnetograms lie in the directory of HMI', async () => {
  const { archive: one } = await start({ services: ['hmi'] });
  const listing = await (await fetch(`${one.url}/data/hmi/fits/2014/01/01/`)).text();
  expect(listing).toContain('hmi.M_720s.20140101_120000_TAI.fits');
  const bytes = await whole(`${one.url}/data/hmi/fits/2014/01/01/hmi.M_720s.20140101_120000_TAI.fits`);
  expect(readFrame(bytes).header['TELESCOP']).toBe('SDO/HMI');
});
