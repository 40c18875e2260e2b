/**
 * `curate` on full-size level 1 frames: decode, screen, register, average, transform, compress, store. The program itself
 * is run, in a process of its own, with one and with two workers; a Python pipeline of the same work runs in turn with it
 * when SUNGAN_CURATE_PEER names its script (called as `python3 SCRIPT FRAME... --mode fast --jobs 2 --json`).
 *
 *   node scripts/build.mjs && node scripts/bench.mjs curate [FRAMES] [ROUNDS] [SIZE]
 */
import { spawnSync } from 'node:child_process';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type HeaderRecord, openCatalog } from '../src/catalog/index.ts';
import { formatTime } from '../src/core/time.ts';
import { firstImage, readFits } from '../src/fits/index.ts';
import { makeFrame } from '../src/simulate/index.ts';
import { type Competitor, compare, printTimings } from './timing.ts';

const START = Date.UTC(2014, 0, 1);
const STEP_MS = 3_600_000;
const DATASET_SIZE = 1024;

const frames = Number(process.argv[2] ?? 24);
const rounds = Number(process.argv[3] ?? 5);
const size = Number(process.argv[4] ?? 4096);
const folder = join('build', 'bench', `curate-${size}`);
let peakMiB = 0;

const frame = prepareFrame();
prepareCatalog();
const competitors: Competitor[] = [
  { name: 'sungan curate, 2 workers', measure: () => curate(2) },
  { name: 'sungan curate, 1 worker', measure: () => curate(1) },
];
const peer = process.env['SUNGAN_CURATE_PEER'];
if (peer)
  competitors.push({ name: `${peer.split('/').at(-1)} fast, 2 processes`, measure: () => runPeer(peer) });
const timings = await compare(competitors, rounds);
printTimings(`${frames} frames of ${size} x ${size} to a dataset of ${DATASET_SIZE}`, timings);
for (const { name, median } of timings)
  console.log(`  ${name.padEnd(34)} ${((frames * 60_000) / median).toFixed(0)} frames/min`);
console.log(`  peak memory of sungan, all threads: ${peakMiB.toFixed(0)} MiB`);

/** One simulated frame, kept between runs: drawing it takes longer than the measurement. */
function prepareFrame(): string {
  const path = join(folder, 'frame.fits');
  if (!existsSync(path)) {
    mkdirSync(folder, { recursive: true });
    const id = { product: 'aia-level1', slot: new Date(START), wavelength: 193 } as const;
    writeFileSync(path, makeFrame({ id, seed: 1, size, stepMs: STEP_MS }));
  }
  return path;
}

/** Many names of the one file, each with a time and a number of its own in the catalog. */
function prepareCatalog(): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(join(folder, `catalog.sqlite${suffix}`), { force: true });
  const hdu = firstImage(readFits(readFileSync(frame)));
  const record = hdu.header.toRecord();
  const catalog = openCatalog(join(folder, 'catalog.sqlite'));
  for (let i = 0; i < frames; i++) {
    const path = `frame-${i}.fits`;
    rmSync(join(folder, path), { force: true });
    linkSync(frame, join(folder, path));
    const time = new Date(START + i * STEP_MS);
    const key = { source: 'files', product: 'aia.lev1', wavelength: 193, slot: formatTime(time) };
    catalog.expectSlots([key]);
    const header: HeaderRecord = {
      ...record,
      T_OBS: formatTime(new Date(time.getTime() + 1000)),
      FSN: 1000 + i,
    };
    catalog.recordStored(catalog.frameOfSlot(key)!.id, {
      path,
      url: null,
      etag: null,
      bytes: 0,
      sha256: '',
      tObs: String(header['T_OBS']),
      exposureSeconds: Number(header['EXPTIME']),
      quality: 0,
      fsn: 1000 + i,
      width: hdu.width,
      height: hdu.height,
      header,
    });
  }
  catalog.close();
}

/** Milliseconds of the use case in a process of its own, without the start of Node. */
function curate(jobs: number): number {
  rmSync(join(folder, 'datasets'), { recursive: true, force: true });
  const script = `
    const { curate, curateOptions } = await import('sungan/curate');
    const { quietEffects } = await import('${join(process.cwd(), 'dist/core/effects.js')}');
    const { openWorkspace } = await import('${join(process.cwd(), 'dist/core/workspace.js')}');
    const workspace = openWorkspace('${folder}');
    const started = performance.now();
    const name = 'jobs-${jobs}-' + Date.now();
    const summary = await curate(curateOptions.parse({ size: ${Math.min(DATASET_SIZE, size)}, name }), { workspace, effects: quietEffects(), jobs: ${jobs} });
    if (summary.count !== ${frames}) throw new Error(JSON.stringify(summary));
    console.log(JSON.stringify([performance.now() - started, process.resourceUsage().maxRSS / 1024]));`;
  const run = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(run.stderr);
  const [milliseconds, mebibytes] = JSON.parse(run.stdout) as [number, number];
  peakMiB = Math.max(peakMiB, mebibytes);
  return milliseconds;
}

function runPeer(script: string): number {
  const paths = Array<string>(frames).fill(frame);
  const out = join(folder, 'peer');
  mkdirSync(out, { recursive: true });
  const started = performance.now();
  const args = [script, ...paths, '--mode', 'fast', '--jobs', '2', '--repeat', '1', '--out', out, '--json'];
  const run = spawnSync('/usr/bin/python3', args, { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(run.stderr);
  return performance.now() - started;
}
