import { afterEach, describe, expect, test } from 'vitest';
import { type Archive, type ArchiveOptions, startArchive } from '../../src/simulate/index.ts';
import { readFrame } from './support.ts';

let archive: Archive;
let time = Date.UTC(2020, 5, 1);

afterEach(() => archive.close());

const start = async (extra: Partial<ArchiveOptions> = {}) => {
  time = Date.UTC(2020, 5, 1);
  archive = await startArchive({
    seed: 3,
    from: '2014-01-01',
    to: '2014-01-02',
    cadence: '1h',
    wavelengths: [171, 193],
    size: 32,
    services: ['jsoc'],
    now: () => new Date(time),
    ...extra,
  });
};

type Answer = Record<string, unknown> & {
  status: number;
  count?: number;
  keywords?: { name: string; values: string[] }[];
  data?: { record: string; filename: string }[];
};

const ask = async (program: string, parameters: Record<string, string>): Promise<Answer> => {
  const response = await fetch(`${archive.url}/cgi-bin/ajax/${program}?${new URLSearchParams(parameters)}`);
  // Whatever happened, the programs answer with 200.
  expect(response.status).toBe(200);
  return (await response.json()) as Answer;
};
const list = (ds: string, key = 'T_REC', more: Record<string, string> = {}) =>
  ask('jsoc_info', { op: 'rs_list', ds, key, ...more });
const column = (answer: Answer, name: string) =>
  answer.keywords?.find((keyword) => keyword.name === name)?.values;
const timesOf = async (ds: string) =>
  (column(await list(ds), 'T_REC') ?? []).map((text) => text.slice(11, 19));

describe('record sets', () => {
  test.each([
    ['[2014-01-01T00:00:00Z/2h][193]', ['00:00:01', '01:00:01']],
    ['[2014-01-01T00:00:00Z-2014-01-01T02:00:00Z][193]', ['00:00:01', '01:00:01', '02:00:01']],
    ['[2014-01-01T00:00:00Z/12h@4h][171]', ['00:00:01', '04:00:01', '08:00:01']],
    ['[2014-01-01T03:00:03Z][193]', ['03:00:01']],
    ['[2014-01-01T03:00:01Z,2014-01-01T05:00:01Z][193]', ['03:00:01', '05:00:01']],
    ['[$][193]', ['23:00:01']],
    ['[^][171,193]', ['00:00:01', '00:00:01']],
    ['[2014.01.01_01:00:00_UTC-2014.01.01_02:00:00_UTC][100-180]', ['01:00:01', '02:00:01']],
    ['[2014-01-01T00:00:00Z/2h][193][? QUALITY=0 AND EXPTIME>1.8 ?]', ['00:00:01', '01:00:01']],
    ['[2014-01-01T00:00:00Z/2h][193][? EXPTIME > 2.5 ?]', []],
    ['[2014-01-01T00:30:00Z/20m][193]', []],
  ])('aia.lev1_euv_12s%s', async (filters, expected) => {
    await start();
    expect(await timesOf(`aia.lev1_euv_12s${filters}`)).toEqual(expected);
  });

  test.each([
    'aia.lev1_euv_12s[2014-01-01T00:00:00-2014-01-01T02:00:00][193]',
    'aia.lev1_euv_12s[yesterday][193]',
    'aia.lev1_euv_12s[2014-01-01T00:00:00Z][193][7]',
    'aia.lev1_euv_12s[? QUALITY LIKE x ?]',
    'aia.lev1_euv_12s[$]{picture}',
    'aia.nothing[$]',
    'aia.lev1_euv_12s[[',
    '',
  ])('%s is an error of status 1', async (ds) => {
    await start();
    expect(await list(ds)).toEqual({ status: 1, error: expect.any(String) });
    expect(await ask('jsoc_fetch', { op: 'exp_request', ds })).toMatchObject({ status: 4 });
  });

  test('HMI counts in TAI', async () => {
    await start();
    const answer = await list('hmi.M_720s[2014.01.01_02:00:00_TAI-2014.01.01_03:00:00_TAI]', 'T_REC,QUALITY');
    expect(column(answer, 'T_REC')).toEqual(['2014.01.01_02:00:00_TAI', '2014.01.01_03:00:00_TAI']);
    expect(await timesOf('hmi.M_720s[2014-01-01T01:59:25Z]')).toEqual(['02:00:00']);
  });
});

describe('the database', () => {
  test('gives text only; QUALITY is hexadecimal; what is not known is MISSING or a broken link', async () => {
    await start({ faults: { eclipse: 1 }, unnoticed: 0 });
    const answer = await list('aia.lev1_euv_12s[2014-01-01T00:00:00Z/1h][193]', '**ALL**', {
      seg: 'image',
      R: '1',
    });
    for (const { values } of answer.keywords!) expect(values).toEqual([expect.any(String)]);
    expect(column(answer, 'QUALITY')![0]).toMatch(/^0x0[02]002000$/);
    expect(column(answer, 'DATE__OBS')![0]).toBe('2014-01-01T00:00:04.84Z');
    expect(column(answer, 'GCIEC_X')).toEqual(['MISSING']);
    expect(Number(column(answer, 'DATAMEAN'))).toBeGreaterThan(0);
    expect(answer).toMatchObject({
      count: 1,
      status: 0,
      segments: [
        { name: 'image', values: [expect.stringMatching(/^\/SUM\d+\/D\d+\/S00000\/image_lev1\.fits$/)] },
      ],
      recinfo: [{ name: 'aia.lev1_euv_12s[2014-01-01T00:00:01Z][193]', online: 1 }],
    });
    expect(column(await list('aia.lev1_euv_12s[$][193]', 'NOSUCH'), 'NOSUCH')).toEqual(['Invalid KeyLink']);
  });

  test('an empty result has no columns', async () => {
    await start();
    const { runtime: _, ...answer } = await list('aia.lev1_euv_12s[2015-01-01T00:00:00Z/1d][193]');
    expect(answer).toEqual({ count: 0, status: 0 });
  });

  test('writes some seconds as 60, at the same instant', async () => {
    await start({ cadence: '1m', to: '2014-01-01T02:00:00Z' });
    const times = column(await list('aia.lev1_euv_12s[][171]', 'T_OBS'), 'T_OBS')!;
    const sixty = times.filter((text) => /:60\.34Z$/.test(text));
    expect(sixty.length).toBeGreaterThan(5);
    expect(sixty.length).toBeLessThan(times.length / 2);
    expect(times.filter((text) => !sixty.includes(text)).every((text) => text.endsWith(':00.34Z'))).toBe(
      true,
    );
  });

  test('has records without an image, and slots without a record', async () => {
    await start({ absent: 0.5 });
    const answer = await list('aia.lev1_euv_12s[][171,193]', 'T_REC,T_OBS,QUALITY');
    const absent = archive
      .labels()
      .filter((one) => one.product === 'aia-level1' && one.fault === 'absent').length;
    const empty = column(answer, 'QUALITY')!.filter((word) => word === '0x80000000').length;
    expect(column(answer, 'T_OBS')!.filter((text) => text === 'MISSING')).toHaveLength(empty);
    expect(empty).toBeGreaterThan(0);
    expect(answer.count).toBe(48 - absent + empty);
  });

  test('counts, cuts off, and describes its series', async () => {
    await start();
    const ds = 'aia.lev1_euv_12s[][193]';
    expect(await ask('jsoc_info', { op: 'rs_summary', ds })).toMatchObject({ count: 24, status: 0 });
    expect((await list(ds, 'T_REC', { n: '2' })).count).toBe(2);
    expect(column(await list(ds, 'T_REC', { n: '-1' }), 'T_REC')).toEqual(['2014-01-01T23:00:01Z']);
    expect(await ask('jsoc_info', { op: 'series_struct', ds: 'aia.lev1_euv_12s' })).toMatchObject({
      status: 0,
      primekeys: ['T_REC', 'WAVELNTH'],
      segments: [{ name: 'image', protocol: 'fits' }, { name: 'spikes' }],
      Interval: { FirstRecord: 'aia.lev1_euv_12s[2014-01-01T00:00:01Z][171]' },
    });
    expect(await ask('show_series', {})).toMatchObject({ status: 0, n: 6 });
  });

  test('files in storage are the exported pixels with hardly a keyword', async () => {
    await start();
    const answer = await list('aia.lev1_euv_12s[$][193]', '*recdir*');
    const response = await fetch(`${archive.url}${column(answer, '*recdir*')![0]}/image_lev1.fits`);
    const bare = readFrame(Buffer.from(await response.arrayBuffer()));
    expect(bare.header).toMatchObject({ SIMULATD: true });
    expect(bare.keywords).not.toContain('T_OBS');
    expect(bare.size).toBe(32);
  });
});

describe('exports', () => {
  const DAY = 86_400_000;
  const two = 'aia.lev1_euv_12s[2014-01-01T00:00:00Z/2h][193]{image}';
  const submit = (ds: string, more: Record<string, string> = {}) =>
    ask('jsoc_fetch', {
      op: 'exp_request',
      ds,
      notify: 'a@example.org',
      method: 'url',
      protocol: 'FITS,compress Rice',
      ...more,
    });
  const poll = (requestid: unknown) => ask('jsoc_fetch', { op: 'exp_status', requestid: String(requestid) });

  test('wait, are worked on, lie ready, are deleted', async () => {
    await start({ jsoc: { queue: '10m' } });
    const made = await submit(two);
    expect(made).toMatchObject({ status: 2, requestid: 'JSOC_20200601_001', rcount: 2, wait: 10 });
    const seen: number[] = [];
    for (; seen.length < 60 && seen.at(-1) !== 0; time += 15_000)
      seen.push((await poll(made['requestid'])).status);
    expect([...new Set(seen.filter((status) => status !== 6))]).toEqual([2, 1, 0]);
    const done = await poll(made['requestid']);
    expect(done).toMatchObject({
      count: 2,
      rcount: 2,
      dir: expect.stringMatching(/^\/SUM80\/D\d+\/S00000$/),
    });
    expect(done.data![1]).toEqual({
      record: 'aia.lev1_euv_12s[2014-01-01T01:00:01Z][193]{image}',
      filename: 'aia.lev1_euv_12s.2014-01-01T010001Z.193.image.fits',
    });
    const address = `${archive.url}${done['dir']}/${done.data![1]!.filename}`;
    const file = readFrame(Buffer.from(await (await fetch(address)).arrayBuffer()));
    expect(file.header).toMatchObject({ T_REC: '2014-01-01T01:00:01Z', WAVELNTH: 193, SIMULATD: true });
    time += 8 * DAY;
    expect((await poll(made['requestid'])).status).toBe(5);
    expect((await fetch(address)).status).toBe(404);
    expect(await submit(two)).toMatchObject({ status: 2, requestid: 'JSOC_20200609_002' });
  });

  test('an identical request has the earlier id; another must wait', async () => {
    await start();
    const first = await submit(two);
    expect((await submit(two))['requestid']).toBe(first['requestid']);
    expect(await submit('aia.lev1_euv_12s[$][193]{image}')).toMatchObject({ status: 7 });
    expect(await submit('aia.lev1_euv_12s[$][193]{image}', { notify: 'b@example.org' })).toMatchObject({
      status: 2,
    });
    time += 60_000;
    expect((await submit(two))['requestid']).toBe(first['requestid']);
    time += DAY;
    expect((await submit(two))['requestid']).not.toBe(first['requestid']);
  });

  test('is not known everywhere at once', async () => {
    await start({ jsoc: { queue: '1m' } });
    const statuses: number[] = [];
    for (let hour = 0; hour < 12; hour++) {
      const one = await submit(
        `aia.lev1_euv_12s[2014-01-01T${String(hour).padStart(2, '0')}:00:01Z][193]{image}`,
      );
      statuses.push((await poll(one['requestid'])).status);
      time += 60_000;
      expect((await poll(one['requestid'])).status).toBe(0);
    }
    expect(new Set(statuses)).toEqual(new Set([2, 6]));
    expect((await poll('JSOC_20200601_999')).status).toBe(6);
  });

  test.each([
    ['too many records', { mostRecords: 5 }, {}, { status: 3, requestid: 'VOID' }],
    ['too many bytes', { mostBytes: 1e8 }, {}, { status: 3, requestid: 'VOID' }],
    ['an unknown address', { registered: ['b@example.org'] }, {}, { status: 4 }],
    ['no address', {}, { notify: '' }, { status: 4 }],
    ['nothing found', {}, { ds: 'aia.lev1_euv_12s[2016-01-01T00:00:00Z][193]' }, { status: 4 }],
    ['another operation', {}, { op: 'exp_kinds' }, { status: 4 }],
  ])('%s', async (_, jsoc, parameters, expected) => {
    await start({ jsoc });
    expect(await submit('aia.lev1_euv_12s[][193]{image}', parameters)).toMatchObject(expected);
  });

  test('what is on tape ends in 25', async () => {
    await start({ jsoc: { tape: 1 } });
    const made = await submit(two);
    time += 60_000;
    expect((await poll(made['requestid'])).status).toBe(25);
  });

  test('lost files are rows without a file, some with a warning for a name', async () => {
    await start({ jsoc: { lost: 0.4 } });
    const made = await submit('aia.lev1_euv_12s[][193]{image}');
    time += 60_000;
    const { data, count, rcount } = await poll(made['requestid']);
    const lost = data!.filter(({ filename }) => filename === 'NoDataFile');
    expect(lost.length).toBeGreaterThan(2);
    expect([count, rcount]).toEqual([24 - lost.length, 24]);
    expect(lost.some(({ record }) => record.startsWith('warning='))).toBe(true);
  });

  test('quick: raw files at once when all are on disk, else a queue', async () => {
    await start();
    const quick = { method: 'url_quick', protocol: 'as-is', notify: '' };
    const answer = await submit('aia.lev1_euv_12s[$][193]', quick);
    expect(answer).toMatchObject({ status: 0, requestid: '', count: 2, rcount: 1, dir: '' });
    for (const { filename } of answer.data!) expect((await fetch(archive.url + filename)).status).toBe(200);
    await archive.close();
    await start({ jsoc: { offline: 1 } });
    expect(await submit('aia.lev1_euv_12s[$][193]', { ...quick, notify: 'a@example.org' })).toMatchObject({
      status: 2,
    });
    const folder = column(await list('aia.lev1_euv_12s[$][193]', '*recdir*'), '*recdir*')![0];
    expect((await fetch(`${archive.url}${folder}/image_lev1.fits`)).status).toBe(404);
  });

  test('addresses are checked', async () => {
    await start({ jsoc: { registered: ['a@example.org'] } });
    const check = async (address: string) =>
      (await ask('checkAddress.sh', { address, checkonly: '1' })).status;
    expect([await check('a@example.org'), await check('b@example.org'), await check('b')]).toEqual([
      2, 4, -1,
    ]);
  });
});
