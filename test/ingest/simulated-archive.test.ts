/**
 * The program against the simulator's archive in trouble: every kind of disturbance, kills at random moments. In the end
 * every slot is stored with bytes that the server had under that name, or has its true reason.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Frame } from '../../src/catalog/index.ts';
import { createRandom } from '../../src/numeric/random.ts';
import { type Archive, type Label, makeFrame, type pathOf, startArchive } from '../../src/simulate/index.ts';
import { PROGRAM, runProgram } from '../support/program.ts';
import { audit, type TestWorkspace, temporaryWorkspace } from './workspace.ts';

/** SUNGAN_KILLS=100 for the long form, which asks HelioCloud and JSOC too. */
const KILLS = Number(process.env['SUNGAN_KILLS'] ?? 3);
const IS_LONG = KILLS > 10;
const SEED = 20170101;
const SIZE = 64;
const DAYS = Math.max(1, Math.ceil(KILLS / 5));
const TO = new Date(Date.UTC(2017, 0, 1 + DAYS)).toISOString();

let workspace: TestWorkspace;
let archive: Archive;

beforeEach(async () => {
  if (!existsSync(PROGRAM)) throw new Error('the program is not built: npm run build, or npm test');
  workspace = temporaryWorkspace();
  archive = await startArchive({
    seed: SEED,
    from: '2017-01-01',
    to: TO,
    cadence: '6h',
    wavelengths: [171, 193],
    size: SIZE,
    services: ['hmi', 'nrt', 'jsoc', 'heliocloud'],
    absent: 0.05,
    // An export takes seconds of a real clock, so that few are enough.
    jsoc: { offline: 0.03, queue: '1s' },
    disturbances: 0.05,
    calmAfter: IS_LONG ? 8 : 3,
  });
});

afterEach(async () => {
  await archive.close();
  workspace.remove();
});

/** Source and product of the archive, and the flags that lead to it. */
function doors(): [Label['product'], string[]][] {
  const channels = ['--wavelength', '171,193'];
  return [
    ['aia-synoptic', ['--source', 'synoptic', '--base-url', archive.synopticUrl, ...channels]],
    ['hmi', ['--source', 'hmi', '--base-url', archive.hmiUrl]],
    ...(IS_LONG
      ? ([
          ['aia-heliocloud', ['--source', 'heliocloud', '--base-url', archive.url, ...channels]],
          [
            'aia-level1',
            ['--source', 'jsoc', '--base-url', archive.url, '--contact', 'a.person@example.org', ...channels],
          ],
        ] as [Label['product'], string[]][])
      : []),
  ];
}

const common = ['--from', '2017-01-01', '--to', TO, '--cadence', '6h', '--quiet', '--retries', '0'];

const run = (door: string[], killAfterMs?: number) => {
  const args = ['ingest', ...door, ...common, '--timeout', '1s', '--max-tries', '99', '--revisit', '36500d'];
  return runProgram([...args, '--workspace', workspace.root], {
    onStart: (child) =>
      killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs),
  });
};

const frames = () => workspace.withCatalog((catalog) => catalog.frames({}));

const SOURCES: Partial<Record<Label['product'], string>> = {
  'aia-synoptic': 'synoptic',
  hmi: 'hmi',
  'aia-heliocloud': 'heliocloud',
  'aia-level1': 'jsoc',
};

const TRUE_REASONS = /^(HTTP 404|no record|not in the|flagged: .*0x80000000|exported without a file)/;

/** Slots whose story does not end well, as text. */
function unsettled(product: Label['product']): string[] {
  const rows = new Map(frames().map((row) => [`${row.source} ${row.wavelength} ${row.slot}`, row]));
  return archive
    .labels()
    .filter((label) => label.product === product)
    .flatMap(({ wavelength, slot, fault }) => {
      const row = rows.get(`${SOURCES[product]} ${wavelength} ${slot}`);
      const isRight =
        fault === 'absent'
          ? (row?.state === 'absent' || row?.state === 'explained') && TRUE_REASONS.test(row.reason ?? '')
          : row?.state === 'stored';
      return isRight ? [] : [`${product} ${wavelength} ${slot}: ${row?.state}, ${row?.reason}`];
    });
}

/** Whether the stored bytes are those of some version that the archive had. */
function isServers({ source, slot, wavelength, state, path }: Frame): boolean {
  if (state !== 'stored') return true;
  const product = doors().find(([name]) => SOURCES[name] === source)![0];
  const id = { product, slot: new Date(slot), wavelength } as Parameters<typeof pathOf>[0];
  const bytes = readFileSync(join(workspace.root, path!));
  const forms = product === 'aia-level1' ? [false, true] : [false];
  return forms.some((isBare) =>
    Array.from({ length: 9 }, (_, revision) => revision).some((revision) =>
      bytes.equals(makeFrame({ id, seed: SEED, size: SIZE, stepMs: 6 * 3_600_000, revision, isBare })),
    ),
  );
}

test(`every disturbance at 5 %, ${KILLS} kills: every slot is stored as the server had it, or has its true reason`, async () => {
  const random = createRandom(SEED);
  for (let kill = 0; kill < KILLS; kill++)
    await run(doors()[kill % doors().length]![1], 250 + random.uniform() * (IS_LONG ? 3500 : 1250));
  const left: string[] = [];
  for (const [product, door] of doors()) {
    for (let attempt = 0; attempt < 60; attempt++) {
      const { code, stderr } = await run(door);
      expect([0, 3], stderr).toContain(code);
      if (unsettled(product).length === 0) break;
    }
    left.push(...unsettled(product));
  }
  expect(left).toEqual([]);
  expect(audit(workspace)).toEqual([]);
  for (const frame of frames()) expect(isServers(frame), `${frame.path}`).toBe(true);
  if (IS_LONG) describe();
}, 1_800_000);

/** The figures of the long form. */
function describe(): void {
  const journal = archive.journal();
  const ways = new Set(journal.flatMap(({ disturbance }) => disturbance ?? []));
  const disturbed = journal.filter(({ disturbance }) => disturbance !== null).length;
  const states: Record<string, number> = {};
  for (const { source, state } of frames())
    states[`${source} ${state}`] = (states[`${source} ${state}`] ?? 0) + 1;
  const attempts = workspace.withCatalog((catalog) =>
    catalog.frames({}).reduce((sum, { id }) => sum + catalog.attempts(id).length, 0),
  );
  console.log(
    `${KILLS} kills; ${journal.length} requests, ${disturbed} disturbed in ${ways.size} ways; ${attempts} attempts recorded; ${JSON.stringify(states)}`,
  );
  expect(ways.size).toBe(13);
}
