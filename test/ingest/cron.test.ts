import { existsSync, mkdtempSync, rmSync, statfsSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readGaps, readStatus, takeLock } from '../../src/catalog/index.ts';
import { describeSummary, exitCodeOf, ingest, planIngest } from '../../src/ingest/index.ts';
import { type SynopticArchive, startSynoptic } from './frames.ts';
import {
  audit,
  fastClock,
  fastEffects,
  options,
  type TestWorkspace,
  temporaryWorkspace,
} from './workspace.ts';

let workspace: TestWorkspace;
let archive: SynopticArchive;

beforeEach(async () => {
  workspace = temporaryWorkspace();
  archive = await startSynoptic();
});

afterEach(async () => {
  await archive.close();
  workspace.remove();
});

const day = { wavelength: [193], from: '2017-01-01', to: '2017-01-02', cadence: '6h' };

const run = (extra: object = {}, effects = fastEffects()) =>
  ingest(options({ ...day, baseUrl: archive.url, ...extra }), { workspace, effects, jobs: 2 });

test('two runs in one workspace do not meet', async () => {
  const lock = takeLock(join(workspace.root, 'ingest.lock'), 'another', () => new Date());
  await expect(run()).rejects.toMatchObject({
    kind: 'io',
    message: expect.stringContaining('another run is at work'),
  });
  lock.release();
  expect(await run()).toMatchObject({ stored: 4 });
});

test('when the time is up the rest is left to the next run, and the exit code says so', async () => {
  await archive.close();
  let isSlow = true;
  // A timer that nobody holds would be gone by then.
  setFlagsFromString('--expose_gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  archive = await startSynoptic((_request, response) => {
    if (isSlow) {
      setTimeout(() => response.destroy(), 60_000).unref();
      setTimeout(collectGarbage, 100);
      setTimeout(collectGarbage, 200);
    }
    return isSlow;
  });
  const summary = await run({ deadline: '1s' });
  expect(summary).toMatchObject({ planned: 4, stored: 0, failed: 4, reasons: { 'time is up': 4 } });
  expect(exitCodeOf(summary)).toBe(3);
  isSlow = false;
  expect(await run()).toMatchObject({ stored: 4 });
  expect(audit(workspace)).toEqual([]);
});

test('a full disk stops the run before it is full', async () => {
  await expect(run({ minFreeGb: 1e9 })).rejects.toMatchObject({
    kind: 'io',
    remedy: expect.stringContaining('--min-free-gb'),
  });
  workspace.withCatalog((catalog) => expect(catalog.runs(1)[0]).toMatchObject({ exitCode: 1 }));
  expect(archive.requests).toEqual([]);
  expect(await run()).toMatchObject({ stored: 4 });
});

const SHARED_MEMORY = '/dev/shm';
const freeGb = (folder: string) => {
  const { bavail, bsize } = statfsSync(folder);
  return (bavail * bsize) / 1e9;
};

test('the disk that counts is the one of the raw files', async ({ skip }) => {
  const others = existsSync(SHARED_MEMORY) ? freeGb(SHARED_MEMORY) : 0;
  const own = freeGb(workspace.root);
  if (others === 0 || Math.abs(others - own) < 0.5) skip('no other file system to put the raw files on');
  const other = mkdtempSync(join(SHARED_MEMORY, 'sungan-raw-'));
  symlinkSync(other, workspace.raw);
  const request = run({ minFreeGb: (others + own) / 2 });
  if (others > own) expect(await request).toMatchObject({ stored: 4 });
  else await expect(request).rejects.toMatchObject({ kind: 'io', where: workspace.raw });
  rmSync(other, { recursive: true });
});

test('a run that failed does not spoil the estimates of later plans', async () => {
  workspace.withCatalog((catalog) => {
    const note = (exitCode: number, summary: unknown) =>
      catalog.finishRun(
        catalog.startRun({ command: 'ingest', options: {}, version: '1' }),
        exitCode,
        summary,
      );
    note(0, { bytes: 80e6, seconds: 10 });
    note(1, { error: 'no space left' });
  });
  const plan = await planIngest(options({ ...day, baseUrl: archive.url }), {
    workspace,
    effects: fastEffects(),
  });
  expect(plan.bytesPerSecond).toBe(8e6);
});

test('the rate of all transfers together is kept', async () => {
  const clock = fastClock();
  const summary = await run({ maxMbPerSecond: 0.01 }, fastEffects({ clock }));
  const slept = clock.slept.reduce((total, pause) => total + pause, 0) / 1000;
  expect(slept).toBeGreaterThan((summary.bytes * 0.6) / 10_000);
  expect(slept).toBeLessThan((summary.bytes * 3) / 10_000);
});

describe('status and gaps', () => {
  test('without a catalog', () => {
    expect(readStatus(workspace, 5)).toBeUndefined();
    expect(readGaps(workspace, {})).toBeUndefined();
  });

  test('tell what is there, what is missing, why, and what was tried', async () => {
    await archive.close();
    archive = await startSynoptic((request, response) => {
      const isMissing = /0103_(06|12)00/.test(request.url!);
      if (isMissing) response.writeHead(404).end();
      return isMissing;
    });
    const summary = await run({ to: '2017-01-05' });
    expect(describeSummary(summary)).toMatch(
      /^16 asked for: 14 stored \(0\.\d MB, .* s\), 0 already there, 2 absent \[HTTP 404 2\]$/,
    );
    workspace.withCatalog((catalog) => {
      catalog.recordEvents([
        {
          source: 'timeline',
          start: '2017-01-03T05:00:00Z',
          end: '2017-01-03T07:00:00Z',
          instrument: 'SDO',
          comment: 'eclipse',
        },
        {
          source: 'timeline',
          start: '2017-01-03T05:00:00Z',
          end: '2017-01-03T07:00:00Z',
          instrument: 'HMI',
          comment: 'not ours',
        },
      ]);
    });
    expect(readStatus(workspace, 1)).toMatchObject({
      channels: [
        {
          source: 'synoptic',
          product: 'aia.lev1.5s',
          wavelength: 193,
          stored: 14,
          missing: { absent: 2 },
          firstStored: '2017-01-01T00:00:00Z',
          lastStored: '2017-01-04T18:00:00Z',
        },
      ],
      runs: [{ command: 'ingest', exitCode: 3 }],
    });
    expect(readGaps(workspace, {})).toMatchObject([
      {
        firstSlot: '2017-01-03T06:00:00Z',
        lastSlot: '2017-01-03T12:00:00Z',
        frames: 2,
        state: 'absent',
        reason: 'HTTP 404',
        tries: 1,
        events: [{ comment: 'eclipse' }],
      },
    ]);

    // From the next run on the state says it, and a slot that is missed then is no alarm.
    expect(await run({ to: '2017-01-05' })).toMatchObject({ planned: 16, already: 14, skipped: 2 });
    workspace.withCatalog((catalog) => {
      const row = catalog.frames({ states: ['explained'] })[0]!;
      expect(row).toMatchObject({
        slot: '2017-01-03T06:00:00Z',
        reason: 'known event: eclipse (timeline, 2017-01-03T05:00Z); HTTP 404',
      });
      catalog.setState(row.id, 'expected', null);
    });
    const again = await run({ to: '2017-01-05' });
    expect(again).toMatchObject({ absent: 0, skipped: 2, reasons: { 'known event': 1 } });
    expect(exitCodeOf(again)).toBe(0);
    expect(readGaps(workspace, {})?.map(({ state }) => state)).toEqual(['explained', 'absent']);
  });
});
