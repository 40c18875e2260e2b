import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { card, writeImage } from '../../src/fits/index.ts';
import { exitCodeOf, ingest, planIngest } from '../../src/ingest/index.ts';
import { parseRegistry } from '../../src/ingest/sources/heliocloud.ts';
import { eventsOfTimeline } from '../../src/ingest/tables.ts';
import { startServer, type TestServer } from '../support/http-server.ts';
import { frameBytes, sendFile } from './frames.ts';
import { startJsoc } from './jsoc-server.ts';
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
let server: TestServer | undefined;

beforeEach(() => {
  workspace = temporaryWorkspace();
});

afterEach(async () => {
  await server?.close();
  server = undefined;
  workspace.remove();
});

const run = (values: object, effects = fastEffects()) =>
  ingest(options({ baseUrl: server?.url, ...values }), { workspace, effects, jobs: 2 });

describe('hmi', () => {
  const magnetogram = (tai: string, content = 'MAGNETOGRAM') =>
    Buffer.from(
      writeImage({
        width: 16,
        height: 16,
        data: new Int32Array(256).fill(-2147483648),
        bscale: 0.1,
        blank: -2147483648,
        compression: 'RICE_1',
        cards: [
          card('TELESCOP', 'SDO/HMI'),
          card('T_OBS', tai),
          card('T_REC', tai),
          card('WAVELNTH', 6173),
          card('QUALITY', 0),
          card('CONTENT', content),
          card('CADENCE', 720),
        ],
      }),
    );

  test('takes hourly magnetograms whose names are TAI', async () => {
    server = await startServer((request, response) => {
      const match = /\/2017\/01\/01\/hmi\.M_720s\.20170101_(\d\d)0000_TAI\.fits$/.exec(request.url!);
      if (!match || match[1] === '02') response.writeHead(404).end();
      else sendFile(request, response, magnetogram(`2017.01.01_${match[1]}:00:04_TAI`));
    });
    expect(
      await run({ source: 'hmi', from: '2017-01-01', to: '2017-01-01T04:00:00Z', cadence: '1h' }),
    ).toMatchObject({ stored: 3, absent: 1 });
    workspace.withCatalog((catalog) => {
      expect(catalog.frames({})[1]).toMatchObject({
        source: 'hmi',
        product: 'hmi.M_720s',
        wavelength: 0,
        slot: '2017-01-01T01:00:00Z',
        tObs: '2017-01-01T00:59:27Z',
        path: 'raw/hmi/hmi.M_720s/2017/01/01/hmi.M_720s.20170101_010000_TAI.fits',
      });
    });
    expect(audit(workspace)).toEqual([]);
  });

  test('the continuum under the name of a magnetogram is refused', async () => {
    server = await startServer((request, response) =>
      sendFile(request, response, magnetogram('2017.01.01_00:00:04_TAI', 'CONTINUUM INTENSITY')),
    );
    expect(await run({ source: 'hmi', from: '2017-01-01', to: '2017-01-01T01:00:00Z' })).toMatchObject({
      corrupt: 1,
      reasons: { 'wrong content': 1 },
    });
  });
});

describe('heliocloud', () => {
  const files = ['2014-01-01T00:01:10Z', '2014-01-01T00:58:30Z', '2014-01-01T02:00:00Z'];
  const bytesOf = (time: string) => frameBytes({ time, level: 1 });
  const keyOf = (time: string) => `sdo/aia/20140101/0193/${time.replace(/\W/g, '')}.fits`;
  const registry = (sizeOff = 0) =>
    [
      '# start,stop,datakey,filesize',
      ...files.map(
        (time) => `${time},${time},s3://gov-nasa-hdrl-data1/${keyOf(time)},${bytesOf(time).length + sizeOff}`,
      ),
    ].join('\n');

  const start = async (sizeOff = 0) => {
    server = await startServer((request, response) => {
      if (request.url === '/sdo/aia/registries/aia_0193_2014.csv') response.end(registry(sizeOff));
      else {
        const time = files.find((each) => request.url === `/${keyOf(each)}`);
        if (time) sendFile(request, response, bytesOf(time));
        else response.writeHead(404).end();
      }
    });
  };
  const request = {
    source: 'heliocloud',
    wavelength: [193],
    from: '2014-01-01',
    to: '2014-01-01T04:00:00Z',
    cadence: '1h',
  };

  test('takes the frame nearest to each slot by the registry, which is kept', async () => {
    await start();
    expect(await run(request)).toMatchObject({ stored: 3, absent: 1, reasons: { 'not in the registry': 1 } });
    expect(audit(workspace)).toEqual([]);
    expect(await run({ ...request, revisit: '9999d' })).toMatchObject({ already: 3, absent: 1 });
    expect(server!.requests.filter((line) => line.includes('registries'))).toHaveLength(1);
    workspace.withCatalog((catalog) => {
      expect(catalog.auxFile('heliocloud/aia_0193_2014.csv')).toMatchObject({
        path: 'cache/heliocloud/aia_0193_2014.csv',
      });
      expect(catalog.frames({})[1]!.tObs).toBe('2014-01-01T00:58:35.840Z');
    });
  });

  test('channels whose files have one name are kept apart', async () => {
    const time = '2014-01-01T00:00:00Z';
    const bytes = (wavelength: number) => frameBytes({ time, wavelength, level: 1 });
    server = await startServer((request, response) => {
      const wavelength = Number(/0(171|193)/.exec(request.url!)![1]);
      if (!request.url!.endsWith('.csv')) sendFile(request, response, bytes(wavelength));
      else response.end(`${time},${time},s3://b/sdo/0${wavelength}/000000.fits,${bytes(wavelength).length}`);
    });
    const both = { ...request, wavelength: [171, 193], to: '2014-01-01T01:00:00Z' };
    expect(await run(both)).toMatchObject({ planned: 2, stored: 2 });
    expect(filesUnder(workspace.raw).map((path) => path.split('/').at(-1))).toEqual([
      'aia_0171_000000.fits',
      'aia_0193_000000.fits',
    ]);
  });

  test('a file of another size than the registry says is refused', async () => {
    await start(2880);
    expect(await run(request)).toMatchObject({ stored: 0, corrupt: 3, reasons: { 'wrong size': 3 } });
  });

  test('a year without a registry has no frames; one that is under way is asked for again', async () => {
    server = await startServer((_request, response) => response.writeHead(404).end());
    expect(await run(request)).toMatchObject({ absent: 4, reasons: { 'no registry of the year': 4 } });
    await server.close();
    await start();
    // A copy of January does not tell of December.
    const at = (time: string) => fastEffects({ clock: fastClock(time) });
    const again = { ...request, revisit: '9999d' };
    const asked = () => server!.requests.filter((line) => line.includes('registries')).length;
    await run(again, at('2014-01-01T12:00:00Z'));
    await run(again, at('2014-01-01T13:00:00Z'));
    expect(asked()).toBe(1);
    await run(again, at('2014-11-01T00:00:00Z'));
    expect(asked()).toBe(2);
    await run(again, at('2015-06-01T00:00:00Z'));
    expect(asked()).toBe(3);
    await run(again, at('2015-09-01T00:00:00Z'));
    expect(asked()).toBe(3);
  });

  test('keys that lead elsewhere are left out', () => {
    const rows = parseRegistry(
      [
        '2014-01-01T00:00:00Z,x,s3://b/../../etc/passwd,5',
        '2014-01-01T00:00:00Z,x,s3://b/a?b,5',
        '2014-01-01T00:00:00Z,x,s3://b/ok/a.fits,5',
        'x,y,z,w',
        '2014-01-01,x,b/c.fits,-1',
      ].join('\n'),
    );
    expect(rows).toEqual([{ time: Date.UTC(2014, 0, 1), key: 'ok/a.fits', bytes: 5 }]);
  });
});

describe('--fallback', () => {
  test('gives what the first source could not', async () => {
    const jsoc = await startJsoc([{ at: 1 }]);
    const time = '2014-01-01T01:00:00Z';
    const bytes = frameBytes({ time, level: 1 });
    server = await startServer((request, response) => {
      if (request.url!.endsWith('.csv')) response.end(`${time},${time},s3://b/sdo/one.fits,${bytes.length}`);
      else sendFile(request, response, bytes);
    });
    const request = {
      source: 'jsoc',
      wavelength: [193],
      from: '2014-01-01',
      to: '2014-01-01T03:00:00Z',
      cadence: '1h',
    };
    const summary = await run({
      ...request,
      baseUrl: jsoc.url,
      fallback: 'heliocloud',
      fallbackUrl: server.url,
    });
    expect(summary).toMatchObject({ planned: 3, stored: 1, absent: 2, rescued: 1 });
    expect(exitCodeOf(summary)).toBe(3);
    workspace.withCatalog((catalog) => {
      const stored = catalog.frames({ states: ['stored'] });
      expect(stored.map(({ source, product, slot }) => [source, product, slot])).toEqual([
        ['jsoc', 'aia.lev1', '2014-01-01T00:00:00Z'],
        ['heliocloud', 'aia.lev1', time],
      ]);
    });
    expect(audit(workspace)).toEqual([]);
    await jsoc.close();
  });

  test('what it gave in earlier runs does not hide what is missing now', async () => {
    let isDown = false;
    const jsoc = await startJsoc([{ at: 1 }], (answer) => (isDown ? '{"status":1,"error":"down"}' : answer));
    const times = ['2014-01-01T01:00:00Z', '2014-01-01T02:00:00Z', '2014-01-01T03:00:00Z'];
    const files = times.map((time) => frameBytes({ time, level: 1 }));
    server = await startServer((request, response) => {
      const index = times.findIndex((time) => request.url!.includes(time.slice(11, 13)));
      if (!request.url!.endsWith('.csv')) sendFile(request, response, files[index]!);
      else
        response.end(
          times.map((time, i) => `${time},,s3://b/${time.slice(11, 13)}.fits,${files[i]!.length}`).join('\n'),
        );
    });
    const request = {
      source: 'jsoc',
      wavelength: [193],
      from: '2014-01-01',
      to: '2014-01-01T04:00:00Z',
      cadence: '1h',
      baseUrl: jsoc.url,
      fallback: 'heliocloud',
      fallbackUrl: server.url,
    };
    const first = await run(request);
    expect(first).toMatchObject({ stored: 1, absent: 3, rescued: 3 });
    expect(exitCodeOf(first)).toBe(0);
    isDown = true;
    const second = await run({ ...request, to: '2014-01-01T06:00:00Z' });
    expect(second).toMatchObject({ already: 1, skipped: 3, failed: 2, rescued: 0 });
    expect(exitCodeOf(second)).toBe(3);
    await jsoc.close();
  });

  test('must have the same product', async () => {
    const request = { wavelength: [193], from: '2014-01-01', fallback: 'jsoc' };
    await expect(run(request)).rejects.toMatchObject({ kind: 'usage', where: '--fallback' });
  });
});

describe('near real time', () => {
  test('fills slots until the definitive frame replaces it', async () => {
    const nrtName = 'AIA20200531_235948_0193.fits';
    let isPublished = false;
    server = await startServer((request, response) => {
      const path = request.url!;
      if (path.endsWith('/nrt/2020/05/31/H2300/'))
        response.end(`<title>Index of ${path}</title><a href="${nrtName}">x</a>`);
      else if (path.endsWith(nrtName))
        sendFile(request, response, frameBytes({ time: '2020-05-31T23:59:48Z', quality: 0x40000000 }));
      else if (isPublished && path.endsWith('AIA20200601_0000_0193.fits'))
        sendFile(request, response, frameBytes({ time: '2020-06-01T00:00:00Z' }));
      else response.writeHead(404).end();
    });
    const slot = { wavelength: [193], from: '2020-06-01', to: '2020-06-01T01:00:00Z', cadence: '1h' };
    const base = server.url;
    expect(await run({ ...slot, source: 'synoptic-nrt', baseUrl: `${base}nrt/` })).toMatchObject({
      stored: 1,
    });
    expect(filesUnder(workspace.raw)).toHaveLength(1);
    isPublished = true;
    const later = fastEffects({ clock: fastClock('2020-06-10T00:00:00Z') });
    expect(await run({ ...slot, source: 'synoptic', baseUrl: base }, later)).toMatchObject({ stored: 1 });
    expect(audit(workspace)).toEqual([]);
    workspace.withCatalog((catalog) => {
      expect(catalog.frames({}).map(({ source, state }) => [source, state])).toEqual([
        ['synoptic', 'stored'],
        ['synoptic-nrt', 'superseded'],
      ]);
    });
    expect(await run({ ...slot, source: 'synoptic-nrt', baseUrl: `${base}nrt/` })).toMatchObject({
      skipped: 1,
    });
  });
});

describe('auxiliary tables', () => {
  const TIMELINE = [
    'Start Time,End Time,Instrument,Source,Comment',
    '2017-03-01 07:00:00,2017-03-01 08:12:00,SDO,spacecraft night,Eclipse',
    '2017-03-02 12:00:00,,AIA,jsocobs,"Focus sweep, 131"',
    'broken row',
  ].join('\n');

  test('are kept with hash and date, go into the catalog, and serve without a network', async () => {
    let isWell = true;
    server = await startServer((request, response) => {
      if (isWell && request.url === '/timeline.csv') response.end(TIMELINE);
      else response.writeHead(isWell ? 404 : 503).end('<html>');
    });
    const clock = fastClock('2020-06-01T00:00:00Z');
    const request = { tables: ['events'], tableUrl: server.url, retries: 0 };
    const first = await run(request, fastEffects({ clock }));
    expect(first).toMatchObject({
      planned: 0,
      tables: [{ name: 'events', path: 'cache/tables/timeline.csv', trouble: null }],
    });
    workspace.withCatalog((catalog) => {
      expect(catalog.events('2017-03-01T07:30:00.000Z', '2017-03-03T00:00:00.000Z')).toHaveLength(2);
      expect(catalog.auxFile('tables/timeline.csv')?.sha256).toHaveLength(64);
    });
    await run(request, fastEffects({ clock }));
    expect(server.requests).toHaveLength(1);
    isWell = false;
    const later = fastEffects({ clock: fastClock('2020-07-01T00:00:00Z') });
    const offline = await run(request, later);
    expect(offline.tables[0]).toMatchObject({
      path: 'cache/tables/timeline.csv',
      trouble: expect.stringContaining('could not be fetched'),
    });
  });

  test('when the time is up while a table is fetched, the run says so and ends', async () => {
    server = await startServer(() => {});
    const summary = await run({ tables: ['events', 'f107'], tableUrl: server.url, deadline: '0.3s' });
    expect(summary.tables).toMatchObject([
      { name: 'events', path: null, trouble: 'time is up' },
      { name: 'f107', path: null, trouble: 'time is up' },
    ]);
    expect(exitCodeOf(summary)).toBe(3);
    workspace.withCatalog((catalog) => expect(catalog.runs(1)).toMatchObject([{ exitCode: 3 }]));
  });

  test('alone they can be planned', async () => {
    const plan = planIngest(options({ tables: ['events'] }), { workspace, effects: fastEffects() });
    expect(await plan).toMatchObject({ slots: 0, toAsk: 0 });
  });

  test('a wrong content never replaces a good one', async () => {
    server = await startServer((_request, response) => response.end('<html>maintenance'));
    const summary = await run({ tables: ['events', 'response'], tableUrl: server.url, retries: 0 });
    expect(summary.tables).toMatchObject([
      { name: 'events', path: null, trouble: expect.stringContaining('does not mention Start Time') },
      { name: 'response', path: null, trouble: expect.stringContaining('SHA-256') },
    ]);
  });

  test('the timeline in UTF-8, with a mark of the byte order', async () => {
    const text = TIMELINE.replace('Eclipse', 'Éclipse');
    server = await startServer((_request, response) => response.end(`\uFEFF${text}`));
    await run({ tables: ['events'], tableUrl: server.url });
    workspace.withCatalog((catalog) => {
      const events = catalog.events('2017-03-01T07:30:00.000Z', '2017-03-03T00:00:00.000Z');
      expect(events.map(({ comment }) => comment)).toEqual(['Éclipse', 'Focus sweep, 131']);
    });
  });

  test('the timeline: quotes, missing ends, broken rows', () => {
    expect(eventsOfTimeline(TIMELINE)).toEqual([
      {
        source: 'spacecraft night',
        start: '2017-03-01T07:00:00.000Z',
        end: '2017-03-01T08:12:00.000Z',
        instrument: 'SDO',
        comment: 'Eclipse',
      },
      {
        source: 'jsocobs',
        start: '2017-03-02T12:00:00.000Z',
        end: null,
        instrument: 'AIA',
        comment: 'Focus sweep, 131',
      },
    ]);
  });
});

test('products and channels that a source lacks are refused with what it has', async () => {
  const plan = (values: object) =>
    planIngest(options({ from: '2017-01-01', to: '2017-01-02', ...values }), {
      workspace,
      effects: fastEffects(),
    });
  await expect(plan({ source: 'jsoc', product: 'hmi.M_72s' })).rejects.toMatchObject({
    where: '--product',
    remedy: expect.stringContaining('hmi.M_720s'),
  });
  await expect(plan({ source: 'heliocloud' })).rejects.toMatchObject({ where: '--wavelength' });
  expect(await plan({ source: 'hmi' })).toMatchObject({ slots: 4, toAsk: 4 });
  expect(await plan({ source: 'jsoc', product: 'hmi.Ic_720s' })).toMatchObject({ slots: 4 });
});
