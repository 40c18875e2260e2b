/**
 * A catalog of a million slots: what planning a day, the gap report and `sungan status` take, and how the file grows.
 *
 *   node scripts/bench.mjs catalog [SLOTS]
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openCatalog, readGaps, readStatus, type SlotKey } from '../src/catalog/index.ts';
import { quietEffects } from '../src/core/effects.ts';
import { openWorkspace } from '../src/core/workspace.ts';
import { ingestOptions, planIngest } from '../src/ingest/index.ts';

const SLOTS = Number(process.argv[2] ?? 1_000_000);
const CHANNELS = [94, 131, 171, 193, 211, 304, 335, 1600, 1700];
const STEP_MS = 2 * 60_000;
const START = Date.UTC(2011, 0, 1);

const workspace = openWorkspace(mkdtempSync(join(tmpdir(), 'sungan-bench-')));
const since = (started: number) => performance.now() - started;
const report = (what: string, milliseconds: number, goal = '') =>
  console.log(`| ${what} | ${milliseconds.toFixed(1)} | ${goal} |`);

/** About as long as the header of a level 1.5 frame. */
const header = Object.fromEntries(Array.from({ length: 190 }, (_, index) => [`KEY${index}`, index * 1.25]));

const keys: SlotKey[] = Array.from({ length: SLOTS }, (_, index) => ({
  source: 'synoptic',
  product: 'aia.lev1.5s',
  wavelength: CHANNELS[index % CHANNELS.length]!,
  slot: new Date(START + Math.floor(index / CHANNELS.length) * STEP_MS).toISOString().replace('.000Z', 'Z'),
}));

let catalog = openCatalog(workspace.catalog);
let started = performance.now();
catalog.expectSlots(keys);
console.log(`${SLOTS} slots expected: ${Math.round(SLOTS / (since(started) / 1000))} rows/s`);
started = performance.now();
for (let first = 1; first <= SLOTS; first += 500) {
  catalog.transaction(() => {
    for (let id = first; id < first + 500 && id <= SLOTS; id++) {
      // One slot in forty is missing, in runs of three.
      if (id % 120 < 3) catalog.setState(id, 'absent', 'HTTP 404');
      else store(id);
    }
  });
}
console.log(`stored with headers: ${Math.round(SLOTS / (since(started) / 1000))} rows/s`);
// As many as the public timeline of SDO's events had in 2026.
const EVENTS = 11_437;
catalog.recordEvents(
  Array.from({ length: EVENTS }, (_, index) => {
    const start = START + (index / EVENTS) * (SLOTS / CHANNELS.length) * STEP_MS;
    const at = (time: number) => new Date(time).toISOString();
    return {
      source: 'timeline',
      start: at(start),
      end: at(start + STEP_MS),
      instrument: 'SDO',
      comment: `${index}`,
    };
  }),
);
catalog.close();
const bytes = statSync(workspace.catalog).size;
console.log(
  `file: ${(bytes / 1e9).toFixed(2)} GB, ${Math.round(bytes / SLOTS)} bytes a slot, headers of ${JSON.stringify(header).length} bytes among them`,
);

function store(id: number): void {
  const { slot, wavelength } = keys[id - 1]!;
  catalog.recordStored(id, {
    path: `raw/synoptic/aia.lev1.5s/${slot.slice(0, 10).replaceAll('-', '/')}/AIA_${slot.replace(/\W/g, '')}_${wavelength}.fits`,
    url: `https://archive.example/data/aia/synoptic/${slot}_${wavelength}.fits`,
    etag: '"11a9c0-5457e3a4e1f80"',
    bytes: 1_100_000,
    sha256: id.toString(16).padStart(64, '0'),
    tObs: slot,
    exposureSeconds: 2,
    quality: 0,
    fsn: id,
    width: 1024,
    height: 1024,
    header,
  });
}

console.log('\n| | ms | goal |\n|---|---:|---:|');
const options = ingestOptions.parse({
  wavelength: [193],
  from: '2011-03-01',
  to: '2011-03-02',
  cadence: '2m',
});
for (const round of ['cold', 'warm']) {
  started = performance.now();
  const plan = await planIngest(options, { workspace, effects: quietEffects() });
  report(`plan of a day, 720 slots, ${plan.already} there (${round})`, since(started), '50');
}
started = performance.now();
const gaps = readGaps(workspace, {});
report(`gap report, ${gaps?.length} gaps, ${EVENTS} events`, since(started), '1000');
started = performance.now();
readStatus(workspace, 5);
report('status', since(started));
catalog = openCatalog(workspace.catalog);
started = performance.now();
for (let i = 0; i < 1000; i++) catalog.nearest('synoptic', 'aia.lev1.5s', 193, keys[(i * 997) % SLOTS]!.slot);
report('nearest in time, a thousand times', since(started));
catalog.close();

const program = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));
if (existsSync(program)) {
  const times = Array.from({ length: 5 }, () => {
    const begun = performance.now();
    const { status } = spawnSync(process.execPath, [program, 'status', '--workspace', workspace.root], {
      stdio: 'ignore',
    });
    if (status !== 0) throw new Error(`sungan status ended with ${status}`);
    return since(begun);
  });
  report('sungan status as a command, median of 5', times.sort((a, b) => a - b)[2]!, '300');
}
rmSync(workspace.root, { recursive: true });
