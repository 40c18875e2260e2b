import { statSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import { silentLogger } from '../../src/core/log.ts';
import { createBufferPool } from '../../src/ingest/buffer-pool.ts';
import { createBreaker } from '../../src/ingest/http/breaker.ts';
import { createThrottle } from '../../src/ingest/http/throttle.ts';
import { describeSummary, ingest } from '../../src/ingest/index.ts';
import { openPartFile, partPath } from '../../src/ingest/part-file.ts';
import { startServer } from '../support/http-server.ts';
import { type SynopticArchive, sendFile, startSynoptic } from './frames.ts';
import {
  audit,
  fastClock,
  fastEffects,
  filesUnder,
  options,
  type TestWorkspace,
  temporaryWorkspace,
} from './workspace.ts';

let workspace: TestWorkspace;
let archive: SynopticArchive;

beforeEach(() => {
  workspace = temporaryWorkspace();
});

afterEach(async () => {
  await archive.close();
  workspace.remove();
});

const oneSlot = { wavelength: [193], from: '2017-01-01', to: '2017-01-01T06:00:00Z', cadence: '6h' };

const run = (extra: object = {}, effects = fastEffects(), jobs = 1) =>
  ingest(options({ ...oneSlot, baseUrl: archive.url, ...extra }), { workspace, effects, jobs });

const firstFrame = () =>
  workspace.withCatalog((catalog) => {
    const frame = catalog.frames({})[0]!;
    return { ...frame, header: null, attempts: catalog.attempts(frame.id) };
  });

/** Sends the headers of the whole file, half of it, and hangs up. */
function cut(response: ServerResponse, bytes: Buffer, etag = '"one"') {
  response.writeHead(200, { 'content-length': bytes.length, etag });
  response.write(bytes.subarray(0, bytes.length >> 1), () => setTimeout(() => response.destroy(), 20));
}

describe('a connection that is cut', () => {
  test('is resumed where it ended', async () => {
    const seen: IncomingMessage['headers'][] = [];
    archive = await startSynoptic((request, response, bytes) => {
      seen.push(request.headers);
      if (seen.length === 1) cut(response, bytes);
      else sendFile(request, response, bytes, '"one"');
      return true;
    });
    expect(await run()).toMatchObject({ stored: 1 });
    const { attempts, bytes } = firstFrame();
    expect(seen[1]).toMatchObject({ range: `bytes=${bytes! >> 1}-`, 'if-range': '"one"' });
    expect(attempts.map((attempt) => [attempt.status, attempt.error === null])).toEqual([
      [200, false],
      [206, true],
    ]);
    expect(attempts[0]!.bytes + attempts[1]!.bytes).toBe(bytes);
    expect(audit(workspace)).toEqual([]);
  });

  test.each([
    ['a server that answers If-Range', true],
    ['a server that ignores If-Range', false],
  ])('starts over when the file changed in between: %s', async (_, isHonest) => {
    let count = 0;
    archive = await startSynoptic((request, response, bytes) => {
      count += 1;
      if (count === 1) cut(response, Buffer.alloc(bytes.length, bytes.subarray(0, 80)));
      else if (isHonest || !request.headers.range) sendFile(request, response, bytes, '"two"');
      else {
        const start = Number(/\d+/.exec(request.headers.range)![0]);
        const range = `bytes ${start}-${bytes.length - 1}/${bytes.length}`;
        response.writeHead(206, { 'content-range': range, etag: '"two"' }).end(bytes.subarray(start));
      }
      return true;
    });
    expect(await run()).toMatchObject({ stored: 1 });
    expect(count).toBe(isHonest ? 2 : 3);
    expect(firstFrame().etag).toBe('"two"');
    expect(audit(workspace)).toEqual([]);
  });

  test('is not resumed without a strong validator', async () => {
    const ranges: unknown[] = [];
    archive = await startSynoptic((request, response, bytes) => {
      ranges.push(request.headers.range);
      if (ranges.length === 1) cut(response, bytes, 'W/"weak"');
      else sendFile(request, response, bytes);
      return true;
    });
    expect(await run()).toMatchObject({ stored: 1 });
    expect(ranges).toEqual([undefined, undefined]);
  });

  test('goes on where a server sends less of the rest than was asked for', async () => {
    let count = 0;
    archive = await startSynoptic((request, response, bytes) => {
      count += 1;
      const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
      if (from === 0) cut(response, bytes);
      else {
        const to = Math.min(from + 1999, bytes.length - 1);
        const headers = { etag: '"one"', 'content-range': `bytes ${from}-${to}/${bytes.length}` };
        response.writeHead(206, headers).end(bytes.subarray(from, to + 1));
      }
      return true;
    });
    expect(await run()).toMatchObject({ stored: 1, corrupt: 0 });
    expect(count).toBe(4);
    expect(audit(workspace)).toEqual([]);
  });

  test('survives a server that cannot do ranges', async () => {
    let count = 0;
    archive = await startSynoptic((_request, response, bytes) => {
      count += 1;
      if (count === 1) cut(response, bytes);
      else if (count === 2) response.writeHead(416).end();
      else response.writeHead(200).end(bytes);
      return true;
    });
    expect(await run()).toMatchObject({ stored: 1 });
    expect(audit(workspace)).toEqual([]);
  });
});

test('cuts at different places count as one kind of trouble', async () => {
  let cuts = 0;
  archive = await startSynoptic((_request, response, bytes) => {
    response.writeHead(200, { 'content-length': bytes.length });
    response.write(bytes.subarray(0, 1000 + cuts++), () => setTimeout(() => response.socket?.end(), 10));
    return true;
  });
  const summary = await run({ to: '2017-01-02', retries: 0 });
  expect(summary).toMatchObject({ failed: 4 });
  expect(Object.values(summary.reasons)).toEqual([4]);
  const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`kind ${index}`, 1]));
  expect(describeSummary({ ...summary, reasons: many })).toMatch(/; 92 more kinds\]$/);
});

test('a run that was stopped leaves its part, and the next one asks for the rest', async () => {
  const stop = new AbortController();
  const ranges: unknown[] = [];
  archive = await startSynoptic((request, response, bytes) => {
    ranges.push(request.headers.range);
    if (ranges.length > 1) sendFile(request, response, bytes, '"one"');
    else {
      response.writeHead(200, { 'content-length': bytes.length, etag: '"one"' });
      response.write(bytes.subarray(0, 3000), () => setTimeout(() => stop.abort(new Error('SIGTERM')), 50));
    }
    return true;
  });
  await expect(run({}, fastEffects({ signal: stop.signal }))).rejects.toMatchObject({ kind: 'interrupted' });
  expect(firstFrame()).toMatchObject({ state: 'downloading', etag: '"one"' });
  workspace.withCatalog((catalog) =>
    expect(catalog.runs(1)).toMatchObject([{ exitCode: 130, summary: { planned: 1, failed: 1 } }]),
  );
  expect(filesUnder(workspace.raw).map((path) => path.endsWith('.part'))).toEqual([true]);
  expect(await run()).toMatchObject({ stored: 1 });
  expect(ranges).toEqual([undefined, 'bytes=3000-']);
  expect(audit(workspace)).toEqual([]);
});

test('what a connection that is cut again and again brought is not lost between runs', async () => {
  const ranges: unknown[] = [];
  archive = await startSynoptic((request, response, bytes) => {
    ranges.push(request.headers.range);
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const range = from > 0 ? { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` } : {};
    const headers = { etag: '"one"', 'content-length': bytes.length - from, ...range };
    response.writeHead(from > 0 ? 206 : 200, headers);
    const piece = bytes.subarray(from, from + 2000);
    response.write(piece, () =>
      setTimeout(() => (from + 2000 < bytes.length ? response.destroy() : response.end()), 20),
    );
    return true;
  });
  expect(await run({ retries: 1 })).toMatchObject({ failed: 1 });
  expect(firstFrame()).toMatchObject({
    state: 'downloading',
    reason: expect.stringContaining('2 tries'),
    tries: 1,
  });
  expect(await run({ retries: 1 })).toMatchObject({ failed: 1 });
  expect(await run({ retries: 1 })).toMatchObject({ stored: 1 });
  expect(audit(workspace)).toEqual([]);
  const { length } = ranges;
  expect(await run({ retries: 1, from: '2017-01-01T06:00:00Z', to: '2017-01-01T12:00:00Z' })).toMatchObject({
    failed: 1,
  });
  // Another request: what is kept of this one goes, why it was not had stays.
  expect(await run({ retries: 1, from: '2017-01-02', to: '2017-01-02T06:00:00Z' })).toMatchObject({
    failed: 1,
  });
  workspace.withCatalog((catalog) =>
    expect(catalog.frames({})[1]).toMatchObject({
      state: 'expected',
      reason: expect.stringContaining('2 tries'),
    }),
  );
  expect(ranges.slice(0, length)).toEqual([
    undefined,
    ...[2000, 4000, 6000, 8000, 10_000].map((from) => `bytes=${from}-`),
  ]);
});

test('parts of slots that the next run does not ask for are cleared away', async () => {
  const stop = new AbortController();
  archive = await startSynoptic((_request, response, bytes) => {
    response.writeHead(200, { 'content-length': bytes.length, etag: '"one"' });
    response.write(bytes.subarray(0, 3000), () => setTimeout(() => stop.abort(new Error('SIGTERM')), 50));
    return true;
  });
  await expect(run({}, fastEffects({ signal: stop.signal }))).rejects.toMatchObject({ kind: 'interrupted' });
  await archive.close();
  archive = await startSynoptic();
  await run({ from: '2017-02-01', to: '2017-02-02' });
  expect(audit(workspace)).toEqual([]);
  expect(firstFrame()).toMatchObject({ state: 'expected', reason: expect.stringContaining('stopped') });
});

describe('a server in trouble', () => {
  test('is asked again after the pause it names', async () => {
    let count = 0;
    archive = await startSynoptic((_request, response) => {
      count += 1;
      if (count === 1) response.writeHead(429, { 'retry-after': '77' }).end();
      else if (count === 2)
        response
          .writeHead(503, { 'retry-after': new Date(Date.parse('2020-06-01T00:05:00Z')).toUTCString() })
          .end();
      return count <= 2;
    });
    const clock = fastClock('2020-06-01T00:00:00Z');
    expect(await run({}, fastEffects({ clock }))).toMatchObject({ stored: 1 });
    expect(clock.slept[0]).toBe(77_000);
    expect(clock.slept[1]).toBeCloseTo(300_000 - 77_000, -3);
    expect(firstFrame().attempts.map((attempt) => attempt.error)).toEqual(['HTTP 429', 'HTTP 503', null]);
  });

  test('may not make us wait for ever', async () => {
    archive = await startSynoptic((_request, response) => {
      response.writeHead(503, { 'retry-after': '99999999' }).end();
      return true;
    });
    const clock = fastClock();
    await run({ retries: 1 }, fastEffects({ clock }));
    expect(Math.max(...clock.slept)).toBeLessThanOrEqual(600_000);
  });

  test('is given up after the last try, with pauses that grow, and asked again by the next run', async () => {
    let isWell = false;
    archive = await startSynoptic((_request, response) => {
      if (!isWell) response.writeHead(500).end();
      return !isWell;
    });
    const clock = fastClock();
    const summary = await run({}, fastEffects({ clock }));
    expect(summary).toMatchObject({ failed: 1, stored: 0, reasons: { 'HTTP 500': 1 } });
    expect(firstFrame()).toMatchObject({ state: 'blocked', reason: 'HTTP 500: 5 tries' });
    expect(firstFrame().attempts).toHaveLength(5);
    const nominal = [2000, 8000, 30_000, 120_000];
    expect(clock.slept).toHaveLength(4);
    for (const [index, pause] of clock.slept.entries()) {
      expect(pause).toBeGreaterThanOrEqual(nominal[index]! * 0.5);
      expect(pause).toBeLessThan(nominal[index]! * 1.5);
    }
    isWell = true;
    expect(await run()).toMatchObject({ stored: 1, failed: 0 });
  });

  test('that is slow, but not too slow, is asked again for the rest after the longest time of a try', async () => {
    const ranges: (string | undefined)[] = [];
    archive = await startSynoptic((request, response, bytes) => {
      ranges.push(request.headers.range);
      if (ranges.length > 1) {
        sendFile(request, response, bytes);
        return true;
      }
      response.writeHead(200, { 'content-length': bytes.length, etag: '"one"' });
      let sent = 0;
      const timer = setInterval(() => {
        response.write(bytes.subarray(sent, sent + 200));
        sent += 200;
      }, 50);
      response.on('close', () => clearInterval(timer));
      return true;
    });
    expect(await run({ totalTimeout: '1s' })).toMatchObject({ stored: 1 });
    expect(ranges).toEqual([undefined, expect.stringMatching(/^bytes=\d+-$/)]);
    expect(firstFrame().attempts[0]!.error).toMatch(/took longer than 1 s/);
    expect(audit(workspace)).toEqual([]);
  });

  test('that says nothing, or drips, is left', async () => {
    archive = await startSynoptic((request, response, bytes) => {
      if (request.url!.includes('_0000_')) return true;
      response.writeHead(200, { 'content-length': bytes.length });
      const timer = setInterval(() => response.write(bytes.subarray(0, 9)), 100);
      response.on('close', () => clearInterval(timer));
      return true;
    });
    const summary = await run({ to: '2017-01-01T12:00:00Z', retries: 0, timeout: '1s' }, fastEffects(), 2);
    expect(summary).toMatchObject({ failed: 2 });
    const reasons = workspace.withCatalog((catalog) => catalog.frames({}).map((frame) => frame.reason));
    expect(reasons[0]).toMatch(/timeout/i);
    expect(reasons[1]).toMatch(/too slow|timeout/i);
    expect(audit(workspace)).toEqual([]);
  });

  test('that is gone is not knocked at for every slot, and the next run goes on', async () => {
    archive = await startSynoptic();
    const { url } = archive;
    await archive.close();
    const warnings: string[] = [];
    const log = { ...silentLogger, warn: (message: string) => void warnings.push(message) };
    const effects = fastEffects({ clock: fastClock(), log });
    const summary = await run({ to: '2017-01-11', retries: 2, baseUrl: url }, effects, 2);
    expect(summary).toMatchObject({ planned: 40, failed: 40, stored: 0 });
    // Said once, and early.
    expect(warnings).toEqual([expect.stringMatching(/^127\.0\.0\.1:\d+ does not answer .*ECONNREFUSED/)]);
    expect(summary.reasons['source down']).toBeGreaterThan(20);
    workspace.withCatalog((catalog) => {
      const tried = catalog.frames({}).reduce((total, frame) => total + catalog.attempts(frame.id).length, 0);
      expect(tried).toBeLessThan(30);
      expect(catalog.frames({}).at(-1)).toMatchObject({
        state: 'expected',
        reason: expect.stringContaining('source down'),
      });
    });
    archive = await startSynoptic();
    expect(await run({ to: '2017-01-11' })).toMatchObject({ stored: 40 });
    expect(audit(workspace)).toEqual([]);
  });

  test('that is gone is not waited for where a mirror is well', async () => {
    archive = await startSynoptic();
    const gone = await startSynoptic();
    await gone.close();
    const clock = fastClock();
    const baseUrl = `${gone.url},${archive.url}`;
    const summary = await run({ to: '2017-01-11', baseUrl }, fastEffects({ clock }), 2);
    expect(summary).toMatchObject({ stored: 40, failed: 0 });
    // As long as it takes to see that it is gone.
    expect(summary.seconds).toBeLessThan(700);
    expect(audit(workspace)).toEqual([]);
  });

  test('recovers while the breaker rests', async () => {
    let count = 0;
    archive = await startSynoptic((_request, response) => {
      count += 1;
      if (count <= 12) response.writeHead(502).end();
      return count <= 12;
    });
    const summary = await run({ to: '2017-01-06', retries: 4 });
    expect(summary.stored).toBeGreaterThanOrEqual(17);
    expect(summary.stored + summary.failed).toBe(20);
    expect(audit(workspace)).toEqual([]);
  });
});

test('a rate that is low by the user is no silence of the server', async () => {
  archive = await startSynoptic(undefined, { size: 128 });
  const request = { to: '2017-01-02', timeout: '1s', maxMbPerSecond: 0.03, retries: 0 };
  const summary = await run(request, fastEffects({ clock: systemClock }), 4);
  expect(summary).toMatchObject({ stored: 4, reasons: {} });
});

test('a clock that is set back holds up nothing', async () => {
  let now = Date.parse('2020-06-02T00:00:00Z');
  const slept: number[] = [];
  const clock = {
    now: () => new Date(now),
    async sleep(milliseconds: number) {
      slept.push(milliseconds);
      now += milliseconds;
    },
  };
  const throttle = createThrottle(1000, clock, new AbortController().signal);
  const breaker = createBreaker({ clock, threshold: 1, patienceMs: 600_000 });
  await throttle(5000);
  breaker.failed('HTTP 500');
  now -= 86_400_000;
  await throttle(5000);
  await throttle(5000);
  expect(await breaker.admit(new AbortController().signal)).toBe(true);
  expect(Math.max(...slept)).toBeLessThanOrEqual(30_000);
});

test('a rate next to nothing is no rate without limit', async () => {
  const clock = fastClock();
  const throttle = createThrottle(1e-6, clock, new AbortController().signal);
  await throttle(5000);
  await throttle(5000);
  expect(clock.slept).toEqual([2 ** 31 - 1]);
});

test.each([
  ['a small file', 0],
  ['a file that is too long to be held', 9 << 20],
])('what lies in the way on the disk is no fault of the server: %s', async (_, more) => {
  archive = await startSynoptic((_request, response, bytes) => {
    response.end(Buffer.concat([bytes, Buffer.alloc(more)]));
    return true;
  });
  writeFileSync(workspace.raw, 'a file where a folder should be');
  await expect(run()).rejects.toMatchObject({
    kind: 'io',
    where: expect.stringMatching(/AIA20170101_0000_0193\.fits$/),
    remedy: expect.stringContaining('permissions'),
  });
  expect(archive.requests).toHaveLength(1);
});

test('many workers cause no warning', async () => {
  const warnings: string[] = [];
  const note = (warning: Error) => void warnings.push(warning.message);
  process.on('warning', note);
  archive = await startSynoptic((request, response, bytes) => {
    setTimeout(() => sendFile(request, response, bytes), 20);
    return true;
  });
  for (const deadline of [undefined, '1h']) await run({ to: '2017-01-06', deadline }, fastEffects(), 8);
  await new Promise((resolve) => setImmediate(resolve));
  process.off('warning', note);
  expect(warnings).toEqual([]);
});

test('a part of another version is gone before it is noted of which version the new one is', async () => {
  archive = await startSynoptic();
  const path = join(workspace.root, 'frame.fits');
  writeFileSync(partPath(path), 'of another version');
  const sizes: number[] = [];
  const part = await openPartFile(path, createBufferPool(), {
    resume: false,
    onFirstWrite: () => void sizes.push(statSync(partPath(path)).size),
  });
  await part.append(Buffer.from('new'));
  await part.suspend();
  expect(sizes).toEqual([0]);
});

test('limits of a host bind: connections and rate', async () => {
  let open = 0;
  let most = 0;
  archive = await startSynoptic((_request, response) => {
    open += 1;
    most = Math.max(most, open);
    response.on('close', () => {
      open -= 1;
    });
    return false;
  });
  const { host } = new URL(archive.url);
  const clock = fastClock();
  const request = { to: '2017-01-06', hostConnections: [`${host}=2`], hostMbPerSecond: [`${host}=0.01`] };
  const summary = await run(request, fastEffects({ clock }), 8);
  expect(summary).toMatchObject({ stored: 20 });
  expect(most).toBeLessThanOrEqual(2);
  // Every pause is one of the throttle; the last bytes are not waited for.
  const waited = clock.slept.reduce((total, pause) => total + pause, 0) / 1000;
  expect(waited).toBeGreaterThan((0.8 * summary.bytes) / 10_000);
  expect(() => options({ hostConnections: ['four'] })).toThrow(/HOST=NUMBER/);
  // Nothing at all is no limit, and was never meant.
  for (const limit of ['a.example=0', 'a.example=0.00'])
    expect(() => options({ hostMbPerSecond: [limit] })).toThrow(/HOST=MB/);
  expect(options({ hostMbPerSecond: ['a.example=0.05'] }).hostMbPerSecond).toHaveLength(1);
});

describe('a hostile server', () => {
  test('cannot fill the disk', async () => {
    archive = await startSynoptic((request, response, bytes) => {
      const known = request.url!.includes('_0000_') ? { 'content-length': 500_000_000 } : {};
      response.writeHead(200, known);
      response.write(bytes);
      const timer = setInterval(() => response.write(Buffer.alloc(1 << 18)), 1);
      response.on('close', () => clearInterval(timer));
      return true;
    });
    const summary = await run({ to: '2017-01-01T12:00:00Z', maxFileMb: 2 });
    expect(summary).toMatchObject({ corrupt: 2, reasons: { 'file too large': 2 } });
    expect(audit(workspace)).toEqual([]);
  });

  test('cannot send us elsewhere', async () => {
    const elsewhere = await startServer((_request, response) => response.end('secret'));
    let target = `${elsewhere.url}x.fits`;
    archive = await startSynoptic((_request, response) => {
      response.writeHead(302, { location: target }).end();
      return true;
    });
    for (const place of [
      target,
      'file:///etc/passwd',
      `http://user:word@${new URL(archive.url).host}/`,
      '/H0000/AIA20170101_0000_0193.fits',
    ]) {
      target = place;
      expect(await run()).toMatchObject({ failed: 1, stored: 0 });
      expect(firstFrame()).toMatchObject({ state: 'blocked' });
    }
    expect(elsewhere.requests).toEqual([]);
    expect(firstFrame().reason).toMatch(/too many redirects/);
    await elsewhere.close();
  });

  test('may redirect within its own host', async () => {
    archive = await startSynoptic((request, response) => {
      if (request.url!.startsWith('/moved/')) return false;
      response.writeHead(301, { location: `/moved${request.url}` }).end();
      return true;
    });
    expect(await run()).toMatchObject({ stored: 1 });
  });
});
