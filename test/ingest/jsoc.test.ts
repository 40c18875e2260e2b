import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ingest } from '../../src/ingest/index.ts';
import { parseExport } from '../../src/ingest/sources/jsoc/export-answer.ts';
import { recordSet } from '../../src/ingest/sources/jsoc/query.ts';
import { parseRecords, safePath } from '../../src/ingest/sources/jsoc/records.ts';
import { jsocSeries } from '../../src/ingest/sources/jsoc/series.ts';
import { type FakeJsoc, startJsoc } from './jsoc-server.ts';
import {
  audit,
  fastClock,
  fastEffects,
  options,
  type TestWorkspace,
  temporaryWorkspace,
} from './workspace.ts';

let workspace: TestWorkspace;
let server: FakeJsoc | undefined;

beforeEach(() => {
  workspace = temporaryWorkspace();
});

afterEach(async () => {
  await server?.close();
  server = undefined;
  workspace.remove();
});

const run = (extra: object = {}, effects = fastEffects()) =>
  ingest(
    options({
      source: 'jsoc',
      wavelength: [193],
      from: '2014-01-01',
      to: '2014-01-01T04:00:00Z',
      cadence: '1h',
      baseUrl: server!.url,
      ...extra,
    }),
    {
      workspace,
      effects,
      jobs: 4,
    },
  );

const rows = () =>
  workspace.withCatalog((catalog) =>
    catalog.frames({}).map(({ slot, state, reason }) => [slot.slice(11, 13), state, reason]),
  );

describe('by the database', () => {
  test('frames are judged before they are downloaded, and keep the keywords that their files lack', async () => {
    server = await startJsoc([
      { at: 1 },
      { at: 3601, quality: 0x2000 },
      { at: 3613 },
      { at: 7201, quality: 0x2000 },
      { at: 7213, exposure: 0.5 },
    ]);
    const summary = await run({ search: '30s' });
    expect(summary).toMatchObject({ planned: 4, stored: 2, skipped: 1, absent: 1, failed: 0 });
    expect(rows()).toEqual([
      ['00', 'stored', null],
      ['01', 'stored', null],
      ['02', 'explained', 'flagged: 2 records near the slot have QUALITY 0x2000, EXPTIME 0.5'],
      ['03', 'absent', 'no record'],
    ]);
    workspace.withCatalog((catalog) => {
      const frame = catalog.frames({})[1]!;
      expect(frame).toMatchObject({
        product: 'aia.lev1',
        path: 'raw/jsoc/aia.lev1/2014/01/01/aia.lev1_euv_12s.2014-01-01T010013Z.193.image.fits',
        fsn: 1000 + 3613,
        exposureSeconds: 2,
        quality: 0,
      });
      expect(frame.header).toMatchObject({
        'DATE-OBS': '2014-01-01T01:00:13Z',
        CALVER32: null,
        X0_MP: null,
        LVL_NUM: 1,
      });
    });
    // One query to choose, one for the details, and the two files.
    expect(server.requests).toHaveLength(4);
    expect(audit(workspace)).toEqual([]);
    expect(await run({ search: '30s', revisit: '1s' })).toMatchObject({ already: 2, skipped: 2 });
    expect(server.requests).toHaveLength(4);
  });

  test('an error with HTTP 200 is an error, and the next run asks again', async () => {
    let isWell = false;
    server = await startJsoc([{ at: 1 }], (answer) =>
      isWell ? answer : '{"status":1,"error":"Bad record-set query"}',
    );
    expect(await run()).toMatchObject({ failed: 4, stored: 0 });
    expect(rows()[0]).toEqual(['00', 'blocked', 'JSOC refused the query: status 1: Bad record-set query']);
    isWell = true;
    expect(await run()).toMatchObject({ stored: 1, absent: 3 });
  });

  test('files that are not on disk wait for a registered address', async () => {
    server = await startJsoc([{ at: 1, isOffline: true }]);
    expect(await run()).toMatchObject({ failed: 1 });
    expect(rows()[0]![2]).toMatch(/not on disk at JSOC: with --contact/);
    expect(await run({ contact: 'a.person@example.org' })).toMatchObject({ stored: 1 });
    expect(server.notified).toEqual(['a.person@example.org']);
  });
});

test("what is nearer to another slot is that slot's, and a hole stays one", async () => {
  server = await startJsoc([{ at: 17 }, { at: 31 }]);
  const summary = await run({ from: '2014-01-01T00:00:12Z', to: '2014-01-01T00:00:48Z', cadence: '12s' });
  expect(summary).toMatchObject({ planned: 3, stored: 2, absent: 1 });
  workspace.withCatalog((catalog) =>
    expect(catalog.frames({}).map(({ slot, state }) => [slot.slice(17, 19), state])).toEqual([
      ['12', 'absent'],
      ['24', 'stored'],
      ['36', 'stored'],
    ]),
  );
});

describe('a hostile database', () => {
  test('a time that is none spoils its record only', async () => {
    server = await startJsoc([{ at: 1 }, { at: 3601 }], (answer, url) =>
      url.searchParams.get('key') === '**ALL**'
        ? answer
            .replaceAll('2014-01-01T00:00:06.84Z', 'soon')
            .replaceAll('"2014-01-01T00:00:01Z"', '"a while ago"')
        : answer.replaceAll('"2014-01-01T00:00:01Z"', '"a while ago"'),
    );
    expect(await run({ to: '2014-01-01T02:00:00Z' })).toMatchObject({ stored: 1, absent: 1 });
    await server.close();
    server = await startJsoc([{ at: 1 }], (answer, url) =>
      url.searchParams.get('key') === '**ALL**'
        ? answer.replaceAll('2014-01-01T00:00:06.84Z', 'soon')
        : answer,
    );
    workspace.remove();
    workspace = temporaryWorkspace();
    // T_REC will do, and the file says the rest.
    expect(await run({ to: '2014-01-01T01:00:00Z' })).toMatchObject({ planned: 1, failed: 0 });
  });
});

describe('by export', () => {
  const contact = 'a.person@example.org';
  const three = [1, 3601, 10_801].map((at) => ({ at, isOffline: true }));

  test('a request is remembered, waited for and fetched; the address is written nowhere', async () => {
    server = await startJsoc(three);
    server.script.push(2, 6, 1, 2);
    const clock = fastClock();
    expect(await run({ contact }, fastEffects({ clock }))).toMatchObject({ stored: 3, absent: 1 });
    expect(server.submitted).toEqual([
      'aia.lev1_euv_12s[2014-01-01T00:00:01Z,2014-01-01T01:00:01Z,2014-01-01T03:00:01Z][193]{image}',
    ]);
    expect(clock.slept.every((pause) => pause >= 5000)).toBe(true);
    workspace.withCatalog((catalog) => {
      expect(catalog.exports('jsoc', ['done'])).toMatchObject([{ id: 'JSOC_20240101_1', status: 0 }]);
      expect(
        JSON.stringify([catalog.runs(9), catalog.frames({}).map((frame) => catalog.attempts(frame.id))]),
      ).not.toContain(contact);
    });
    expect(audit(workspace)).toEqual([]);
  });

  test('what lies on disk is fetched by its path, and not asked for', async () => {
    server = await startJsoc([{ at: 1 }, { at: 3601, isOffline: true }]);
    expect(await run({ contact })).toMatchObject({ stored: 2, absent: 2 });
    expect(server.submitted).toEqual(['aia.lev1_euv_12s[2014-01-01T01:00:01Z][193]{image}']);
  });

  test('a run that was stopped takes up its request again', async () => {
    server = await startJsoc(three);
    server.script.push(2, ...Array.from({ length: 50 }, () => 1));
    const stop = new AbortController();
    const clock = fastClock();
    const sleep = clock.sleep.bind(clock);
    clock.sleep = async (milliseconds, signal) => {
      if (clock.slept.length === 3) stop.abort(new Error('SIGTERM'));
      await sleep(milliseconds, signal);
    };
    await expect(run({ contact }, fastEffects({ clock, signal: stop.signal }))).rejects.toMatchObject({
      kind: 'interrupted',
    });
    server.script.length = 0;
    expect(await run({ contact })).toMatchObject({ stored: 3 });
    expect(server.submitted).toHaveLength(1);
  });

  /** Submits and stops while the request is being prepared. */
  async function stopWhileWaiting(extra: object) {
    server!.script.push(2, ...Array.from({ length: 9 }, () => 1));
    const stop = new AbortController();
    const clock = fastClock();
    const sleep = clock.sleep.bind(clock);
    clock.sleep = async (milliseconds, signal) => {
      if (clock.slept.length === 2) stop.abort(new Error('SIGTERM'));
      await sleep(milliseconds, signal);
    };
    const effects = fastEffects({ clock, signal: stop.signal });
    await expect(run({ contact, ...extra }, effects)).rejects.toMatchObject({ kind: 'interrupted' });
    server!.script.length = 0;
  }

  test('a request is found again when the window of slots has moved on, and no frame is exported twice', async () => {
    server = await startJsoc(three);
    await stopWhileWaiting({ to: '2014-01-01T02:00:00Z' });
    expect(await run({ contact, from: '2014-01-01T01:00:00Z' })).toMatchObject({ stored: 2, absent: 1 });
    expect(server.submitted).toEqual([
      'aia.lev1_euv_12s[2014-01-01T00:00:01Z,2014-01-01T01:00:01Z][193]{image}',
      'aia.lev1_euv_12s[2014-01-01T03:00:01Z][193]{image}',
    ]);
    // The rest of the first request is still to be had.
    expect(await run({ contact })).toMatchObject({ already: 2, stored: 1 });
    expect(server.submitted).toHaveLength(2);
    expect(audit(workspace)).toEqual([]);
  });

  test('a request that expired or failed meanwhile is closed and made anew', async () => {
    for (const status of [5, 4, 6]) {
      server = await startJsoc(three);
      await stopWhileWaiting({});
      const isTransient = status === 4;
      server.script.push(...Array.from({ length: status === 6 ? 6 : 1 }, () => status));
      expect(await run({ contact })).toMatchObject({ stored: 3 });
      expect(server.submitted).toHaveLength(isTransient ? 1 : 2);
      // Never with an empty id.
      expect(server.requests.filter((line) => /requestid=(&|$)/.test(line))).toEqual([]);
      workspace.withCatalog((catalog) =>
        expect(catalog.exports('jsoc', ['submitted', 'ready']).map(({ id }) => id)).toEqual([]),
      );
      await server.close();
      workspace.remove();
      workspace = temporaryWorkspace();
    }
  });

  test('where one request of an address is allowed, the own one is waited for', async () => {
    server = await startJsoc(three);
    await stopWhileWaiting({ to: '2014-01-01T01:00:00Z' });
    // Refused while the first is under way, polled twice, then taken.
    server.script.push(7, 1, 0, 2, 0);
    expect(await run({ contact, from: '2014-01-01T01:00:00Z' })).toMatchObject({ stored: 2, absent: 1 });
    expect(server.submitted).toHaveLength(3);
    expect(await run({ contact })).toMatchObject({ stored: 1, already: 2 });
    expect(server.submitted).toHaveLength(3);
  });

  test('the address that JSOC names in an error is written nowhere', async () => {
    server = await startJsoc(three, (answer, url) => {
      const address = url.searchParams.get('notify');
      return address
        ? JSON.stringify({ status: 4, error: `Email address ${address} is not registered` })
        : answer;
    });
    expect(await run({ contact })).toMatchObject({ failed: 3 });
    expect(rows()[0]![2]).toMatch(/Email address \(address\) is not registered/);
  });

  test('what stands behind a request that is not ready in time is not waited for as long again', async () => {
    const many = Array.from({ length: 24 }, (_, hour) => ({ at: hour * 3600 + 1, isOffline: true }));
    server = await startJsoc(many, (answer, url) =>
      url.pathname.endsWith('fetch')
        ? answer.replace(/^.*$/, '{"status":1,"requestid":"JSOC_20240101_1"}')
        : answer,
    );
    const clock = fastClock();
    const waited = () => clock.slept.reduce((total, pause) => total + pause, 0) / 3_600_000;
    expect(await run({ contact, to: '2014-01-02' }, fastEffects({ clock }))).toMatchObject({ failed: 24 });
    expect(waited()).toBeLessThan(2.1);
    expect(rows()[23]![2]).toMatch(/still being prepared/);
  });

  test('a wait of years is not slept, nor taken for none', async () => {
    server = await startJsoc(three, (answer) => answer.replace('"wait":1', '"wait":99999999'));
    server.script.push(2, 1);
    const clock = fastClock();
    expect(await run({ contact }, fastEffects({ clock }))).toMatchObject({ stored: 3 });
    expect(clock.slept).toEqual([60_000, 60_000]);
  });

  test('what is too large is split, what expired or failed for a moment is asked for again', async () => {
    server = await startJsoc(three);
    server.script.push(3, 0, 0);
    expect(await run({ contact })).toMatchObject({ stored: 3 });
    expect(server.submitted).toHaveLength(3);
    await server.close();
    workspace.remove();
    workspace = temporaryWorkspace();
    server = await startJsoc(three);
    server.script.push(5, 4, 2, 0);
    expect(await run({ contact })).toMatchObject({ stored: 3 });
    expect(server.submitted).toHaveLength(3);
  });

  test.each([
    [[7], /too many requests of this address/],
    [[25], /on tape/],
    [[2, 6, 6, 6, 6, 6, 6], /does not know the request/],
    [[5, 5, 5], /deleted before it was fetched/],
  ])('status %j ends in a reason', async (script, reason) => {
    server = await startJsoc([{ at: 1, isOffline: true }]);
    server.script.push(...script, ...Array.from({ length: 20 }, () => 7));
    expect(await run({ contact })).toMatchObject({ failed: 1, stored: 0 });
    expect(rows()[0]![2]).toMatch(reason);
  });

  test('a record without a file is absent', async () => {
    server = await startJsoc([
      { at: 1, isOffline: true },
      { at: 7201, isOffline: true },
    ]);
    expect(await run({ contact })).toMatchObject({ stored: 1, absent: 3 });
    expect(rows()[2]).toEqual(['02', 'absent', 'exported without a file: 2014-01-01T02:00:01Z']);
  });
});

describe('parsers', () => {
  test('records: text to values, absence to null, a second of 60', () => {
    const answer = parseRecords(
      JSON.stringify({
        keywords: [
          { name: 'T_OBS', values: ['2014-01-01T00:59:60.12Z'] },
          { name: 'DATE__OBS', values: ['MISSING'] },
          { name: 'QUALITY', values: ['0x80000000'] },
          { name: 'EXPTIME', values: ['2.9e0'] },
          { name: 'RSUN_OBS', values: ['nan'] },
          { name: 'LINK', values: ['Invalid KeyLink'] },
        ],
        segments: [{ name: 'image', values: ['/SUM81/D1/S00000/image_lev1.fits'], dims: ['4096x4096'] }],
        recinfo: [{ name: 'x', online: '0' }],
        count: 1,
        status: 0,
      }),
      'image',
    );
    expect(answer).toEqual({
      ok: true,
      records: [
        {
          name: 'x',
          keywords: {
            T_OBS: '2014-01-01T00:59:60.12Z',
            'DATE-OBS': null,
            QUALITY: 0x80000000,
            EXPTIME: 2.9,
            RSUN_OBS: null,
            LINK: null,
          },
          path: '/SUM81/D1/S00000/image_lev1.fits',
          isOnline: false,
        },
      ],
    });
  });

  test.each([
    ['<html>', /no JSON/],
    ['[]', /unexpected JSON/],
    ['{"status":1,"error":"no"}', /status 1: no/],
    ['{"status":0,"count":5}', /5 records without keywords/],
    ['{"status":0,"keywords":[{"name":"A","values":["1"]},{"name":"B","values":[]}]}', /different lengths/],
    ['{"status":0,"keywords":[{"name":"A","values":[{}]}]}', /unexpected JSON/],
  ])('records refuse %s', (text, reason) => {
    expect(parseRecords(text, 'image')).toEqual({ ok: false, reason: expect.stringMatching(reason) });
  });

  test('an empty result has no keywords at all', () => {
    expect(parseRecords('{"count":0,"runtime":0.1,"status":0}', 'image')).toEqual({ ok: true, records: [] });
  });

  test.each([
    '/etc/passwd',
    '/SUM1/../../etc/passwd',
    'SUM1/a',
    '/SUM1/a b',
    '/SUM1//a',
    'http://x/SUM1/a',
    '//evil/SUM1/x',
    '',
  ])('path %s is not believed', (path) => {
    expect(safePath(path)).toBeUndefined();
  });

  test('every status of an export has its meaning', () => {
    const kind = (status: number, id: string | null = 'JSOC_20240101_123') =>
      parseExport(JSON.stringify({ status, requestid: id })).kind;
    expect([0, 1, 2, 12, 3, 4, 5, 6, 7, 25].map((status) => kind(status))).toEqual([
      'ready',
      'wait',
      'wait',
      'wait',
      'too large',
      'refused',
      'expired',
      'unknown id',
      'busy',
      'on tape',
    ]);
    expect(kind(2, 'JSOC_1; DROP')).toBe('refused');
    expect(kind(99)).toBe('refused');
    // As text too; nothing is not 0.
    expect(
      parseExport('{"status":"0","dir":"/SUM1/D","data":[{"record":"a","filename":null}]}'),
    ).toMatchObject({
      kind: 'ready',
      files: [{ record: 'a', filename: 'NoDataFile' }],
    });
    expect(parseExport('{"status":""}')).toMatchObject({ kind: 'refused' });
    expect(parseRecords('{"status":"0","count":"0"}', 'image')).toEqual({ ok: true, records: [] });
    expect(parseExport('oops')).toMatchObject({ kind: 'refused', isTransient: true });
    expect(parseExport('{"status":2,"requestid":"JSOC_20240101_123_IN","wait":"40"}')).toEqual({
      kind: 'wait',
      id: 'JSOC_20240101_123_IN',
      seconds: 40,
    });
  });

  test('record sets', () => {
    const window = { from: Date.UTC(2014, 0, 1), to: Date.UTC(2014, 0, 1, 0, 1) };
    expect(recordSet(jsocSeries('aia.lev1'), 1600, [window])).toBe(
      'aia.lev1_uv_24s[2014-01-01T00:00:00Z-2014-01-01T00:01:00Z][1600]',
    );
    expect(recordSet(jsocSeries('hmi.Ic_720s'), 0, [window, window])).toBe(
      'hmi.Ic_720s[2014-01-01T00:00:00Z-2014-01-01T00:01:00Z,2014-01-01T00:00:00Z-2014-01-01T00:01:00Z][2]',
    );
  });
});
