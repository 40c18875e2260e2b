import { afterEach, beforeEach, expect, test } from 'vitest';
import { describeSummary, exitCodeOf, ingest } from '../../src/ingest/index.ts';
import { startServer, type TestServer } from '../support/http-server.ts';
import { frameBytes, sendFile } from './frames.ts';
import {
  audit,
  fastClock,
  fastEffects,
  options,
  type TestWorkspace,
  temporaryWorkspace,
} from './workspace.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const START = Date.UTC(2020, 4, 1);
const PUBLISHED_AFTER_MS = 2 * DAY_MS;
/** Every address of noon answers 500, whatever it is asked for. */
const STORM = { from: START + 8 * DAY_MS, to: START + 9 * DAY_MS };
const OUTAGE = { from: START + 4 * DAY_MS, to: START + 7 * DAY_MS };

let workspace: TestWorkspace;
let server: TestServer;
let now = START;

beforeEach(async () => {
  workspace = temporaryWorkspace();
  server = await startServer((request, response) => {
    if (now >= OUTAGE.from && now < OUTAGE.to) {
      response.writeHead(503).end();
      return;
    }
    const path = request.url!;
    if (now >= STORM.from && now < STORM.to && path.includes('/H1200/')) {
      response.writeHead(500).end();
      return;
    }
    const stamp = (time: number) =>
      new Date(time).toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '_');
    const frame = /AIA(\d{4})(\d\d)(\d\d)_(\d\d)(\d\d)(\d\d)?_0193\.fits$/.exec(path);
    const folder = /\/nrt\/(\d{4})\/(\d\d)\/(\d\d)\/H(\d\d)00\/$/.exec(path);
    if (path.endsWith('image_times.json')) response.end(`{"last":"${stamp(now - PUBLISHED_AFTER_MS)}"}`);
    else if (folder) {
      const [, year, month, day, hour] = folder;
      const time = Date.parse(`${year}-${month}-${day}T${hour}:00:12Z`);
      const link = time < now - 20 * 60_000 ? `<a href="AIA${stamp(time)}_0193.fits">x</a>` : '';
      response.end(`<title>Index of ${path}</title>${link}`);
    } else if (frame) {
      const [, year, month, day, hour, minute, second = '00'] = frame;
      const time = `${year}-${month}-${day}T${hour}:${minute}:${second}Z`;
      const isNrt = path.startsWith('/nrt/');
      if (!isNrt && Date.parse(time) > now - PUBLISHED_AFTER_MS) response.writeHead(404).end();
      else sendFile(request, response, frameBytes({ time, quality: isNrt ? 0x40000000 : 0 }));
    } else response.writeHead(404).end();
  });
});

afterEach(async () => {
  await server.close();
  workspace.remove();
});

/** What cron would do: near real time for the last day, then the definitive frames of the last week. */
async function cron() {
  const common = { wavelength: [193], cadence: '6h', retries: 1 };
  const nrt = options({ ...common, source: 'synoptic-nrt', from: '1d', baseUrl: `${server.url}nrt/` });
  const definitive = options({ ...common, from: '9d', baseUrl: server.url });
  const run = (request: typeof nrt) =>
    ingest(request, {
      workspace,
      effects: fastEffects({ clock: fastClock(new Date(now).toISOString()) }),
      jobs: 2,
    });
  return [await run(nrt), await run(definitive)];
}

test('ten days of cron with an outage of three and a storm of 500 at noon: the catalog tells the story', async () => {
  let stormy = 0;
  const codes: { during: boolean; code: number }[] = [];
  for (now = START; now <= START + 10 * DAY_MS; now += 6 * HOUR_MS) {
    const during = now >= OUTAGE.from && now < OUTAGE.to;
    for (const summary of await cron()) {
      const { planned, already, skipped, stored, absent, corrupt, failed } = summary;
      expect(already + skipped + stored + absent + corrupt + failed, describeSummary(summary)).toBe(planned);
      // A storm at noon harms noon only.
      const worst = now >= STORM.from && now < STORM.to ? 1 : 0;
      if (during) expect(stored, describeSummary(summary)).toBe(0);
      else expect(failed, describeSummary(summary)).toBeLessThanOrEqual(worst);
      stormy += during ? 0 : failed;
      codes.push({ during, code: exitCodeOf(summary) });
    }
  }
  expect(stormy).toBeGreaterThan(1);
  expect(audit(workspace)).toEqual([]);
  expect(codes.filter(({ during, code }) => during && code === 3).length).toBeGreaterThan(15);

  workspace.withCatalog((catalog) => {
    const inMay = { from: '2020-05-01T00:00:00Z' };
    const definitive = catalog.frames({ ...inMay, source: 'synoptic' });
    // Everything that is published is there, those of the outage too.
    const published = definitive.filter(
      ({ slot }) => Date.parse(slot) <= START + 10 * DAY_MS - PUBLISHED_AFTER_MS,
    );
    expect(published).toHaveLength(33);
    expect(published.map(({ state }) => state)).toEqual(published.map(() => 'stored'));
    expect(definitive.filter(({ state }) => state !== 'stored').map(({ reason }) => reason)).toEqual(
      Array.from({ length: 7 }, () => 'not published yet'),
    );

    // Near real time: replaced, or no longer missed, where the definitive frame came; kept for the last days.
    const preliminary = catalog.frames({ ...inMay, source: 'synoptic-nrt' });
    for (const { slot, state } of preliminary) {
      const isReplaced = Date.parse(slot) <= START + 8 * DAY_MS;
      expect([slot, state]).toEqual([
        slot,
        isReplaced ? 'superseded' : expect.stringMatching(/stored|absent/),
      ]);
    }
    expect(preliminary.filter(({ state }) => state === 'stored').length).toBeGreaterThan(5);
    expect(catalog.gaps({ ...inMay, source: 'synoptic' }).map(({ reason }) => reason)).toEqual([
      'not published yet',
    ]);

    const inOutage = ({ slot }: { slot: string }) =>
      Date.parse(slot) >= OUTAGE.from && Date.parse(slot) < OUTAGE.to - DAY_MS;
    const tried = catalog.attempts(preliminary.find(inOutage)!.id);
    expect(tried.length).toBeLessThan(30);
    expect(catalog.runs(500)).toHaveLength(82);
  });
});
