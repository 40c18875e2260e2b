/**
 * `curate` at work: decode, screen, register, average, transform, compress, store. The program itself is run, in a process
 * of its own, with one and with two workers; Python pipelines of the same work run in turn with it when SUNGAN_CURATE_PEER
 * names their script (called as `python3 SCRIPT FRAME... --mode fast --jobs 2 --json`; its mode sunpy-scipy has the steps
 * of aiapy's register). Then: smaller frames, where the time goes, how the plan grows
 * with the catalog, and what a run costs that finds nothing new.
 *
 *   node scripts/build.mjs && node scripts/bench.mjs curate [FRAMES] [ROUNDS] [PART,...]
 */
import { spawnSync } from 'node:child_process';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type FrameFacts, type HeaderRecord, openCatalog, type SlotKey } from '../src/catalog/index.ts';
import { formatTime } from '../src/core/time.ts';
import { measureRaw, measureRegistered } from '../src/curate/measure/index.ts';
import { roomForFrame } from '../src/curate/prepare.ts';
import { pointingOf, registeredScale, registration } from '../src/curate/register.ts';
import { encodeBlosc } from '../src/curate/zarr/blosc.ts';
import { firstImage, readFits, readRaw } from '../src/fits/index.ts';
import { loadKernels } from '../src/numeric/index.ts';
import { type FrameId, makeFrame } from '../src/simulate/index.ts';

const START = Date.UTC(2014, 0, 1);
const STEP_MS = 3_600_000;
const DATASET_SIZE = 1024;
/** Each frame of the slowest peer takes seconds. */
const FRAMES_OF_SLOW_PEER = 4;
const CATALOG_ROWS = [10_000, 30_000, 100_000];
const FRAMES_OF_AGAIN = 4;

const frames = Number(process.argv[2] ?? 120);
const rounds = Number(process.argv[3] ?? 1);
const base = join('build', 'bench', 'curate');

const parts: Record<string, () => void | Promise<void>> = {
  peers: compareWithPeers,
  synoptic: compareWorkersOnSynoptic,
  stages: showStages,
  growth: showGrowth,
  again: showAgain,
};
for (const part of process.argv[4]?.split(',') ?? Object.keys(parts)) await parts[part]!();

interface Measured {
  framesPerMinute: number;
  /** Of all threads and processes. */
  peakMiB: number;
}

interface Competitor {
  name: string;
  measure(): Measured;
}

async function compareWithPeers(): Promise<void> {
  const folder = join(base, 'level1');
  const frame = prepareFrames(folder, 'aia-level1', 4096, frames);
  const peer = process.env['SUNGAN_CURATE_PEER'];
  const competitors: Competitor[] = [
    { name: 'sungan curate, 2 workers', measure: () => curate(folder, frames, 2) },
    { name: 'sungan curate, 1 worker', measure: () => curate(folder, frames, 1) },
  ];
  if (peer) {
    const run = (mode: string, count: number) => () => runPeer(peer, mode, frame, count, folder);
    competitors.push(
      { name: 'fitsio + OpenCV (fast), 2 processes', measure: run('fast', frames) },
      {
        name: 'sunpy + scipy (steps of aiapy), 2 processes',
        measure: run('sunpy-scipy', FRAMES_OF_SLOW_PEER),
      },
    );
  }
  console.log(`${frames} level 1 frames of 4096 x 4096, int16 RICE_1, to a dataset of ${DATASET_SIZE}\n`);
  show(competitors, rounds);
}

async function compareWorkersOnSynoptic(): Promise<void> {
  const count = 2 * frames;
  const folder = join(base, 'synoptic');
  prepareFrames(folder, 'aia-synoptic', 1024, count);
  console.log(`\n${count} synoptic frames of 1024 x 1024, int32 RICE_1, to a dataset of ${DATASET_SIZE}\n`);
  const workers = [2, 1].map((jobs) => ({
    name: `sungan curate, ${jobs} worker${jobs > 1 ? 's' : ''}`,
    measure: () => curate(folder, count, jobs),
  }));
  show(workers, rounds);
}

/** In turn, so that a busy moment of the machine hits all; the first round warms up and is dropped. */
function show(competitors: readonly Competitor[], howOften: number): void {
  const results = competitors.map((): Measured[] => []);
  for (let round = 0; round <= howOften; round++) {
    for (const [i, { measure }] of competitors.entries()) {
      const measured = measure();
      if (round > 0) results[i]!.push(measured);
    }
  }
  console.log('| program | frames/min, median | least .. most | times this | peak memory, MiB |');
  console.log('| --- | ---: | ---: | ---: | ---: |');
  const speeds = results.map((list) =>
    list.map(({ framesPerMinute }) => framesPerMinute).sort((a, b) => a - b),
  );
  const middle = (sorted: readonly number[]) => sorted[Math.floor(sorted.length / 2)]!;
  for (const [i, { name }] of competitors.entries()) {
    const sorted = speeds[i]!;
    const peak = Math.max(...results[i]!.map(({ peakMiB }) => peakMiB));
    const range = `${sorted[0]!.toFixed(0)} .. ${sorted.at(-1)!.toFixed(0)}`;
    const ratio = (middle(speeds[0]!) / middle(sorted)).toFixed(2);
    console.log(`| ${name} | ${middle(sorted).toFixed(0)} | ${range} | ${ratio} | ${peak.toFixed(0)} |`);
  }
}

/** Many names of one simulated frame, each with a time and a number of its own in the catalog. */
function prepareFrames(folder: string, product: FrameId['product'], size: number, count: number): string {
  const path = join(folder, 'frame.fits');
  if (!existsSync(path)) {
    mkdirSync(folder, { recursive: true });
    const id: FrameId = { product, slot: new Date(START), wavelength: 193 };
    writeFileSync(path, makeFrame({ id, seed: 1, size, stepMs: STEP_MS }));
  }
  const names = Array.from({ length: count }, (_, i) => `frame-${i}.fits`);
  for (const name of names) {
    rmSync(join(folder, name), { force: true });
    linkSync(path, join(folder, name));
  }
  enterFrames(folder, path, names);
  return path;
}

function enterFrames(folder: string, frame: string, names: readonly string[]): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(join(folder, `catalog.sqlite${suffix}`), { force: true });
  const hdu = firstImage(readFits(readFileSync(frame)));
  const record = hdu.header.toRecord();
  const catalog = openCatalog(join(folder, 'catalog.sqlite'));
  catalog.transaction(() => {
    for (const [i, path] of names.entries()) {
      const time = new Date(START + i * STEP_MS);
      const key = { source: 'files', product: 'aia.lev1', wavelength: 193, slot: formatTime(time) };
      catalog.expectSlots([key]);
      const observed = formatTime(new Date(time.getTime() + 1000));
      const header: HeaderRecord = { ...record, T_OBS: observed, FSN: 1000 + i };
      catalog.recordStored(catalog.frameOfSlot(key)!.id, {
        path,
        url: null,
        etag: null,
        bytes: 0,
        sha256: '',
        tObs: observed,
        exposureSeconds: Number(header['EXPTIME']),
        quality: 0,
        fsn: 1000 + i,
        width: hdu.width,
        height: hdu.height,
        header,
      });
    }
  });
  catalog.close();
}

/** The use case in a process of its own, without the start of Node. */
function inChild(
  folder: string,
  count: number,
  options: object,
  context: object,
): { milliseconds: number; peakMiB: number } {
  const script = `
    const { curate, curateOptions } = await import('sungan/curate');
    const { quietEffects } = await import('${join(process.cwd(), 'dist/core/effects.js')}');
    const { openWorkspace } = await import('${join(process.cwd(), 'dist/core/workspace.js')}');
    const workspace = openWorkspace('${folder}');
    const started = performance.now();
    const summary = await curate(curateOptions.parse(${JSON.stringify(options)}), { workspace, effects: quietEffects(), ...${JSON.stringify(context)} });
    if (summary.considered !== ${count}) throw new Error(JSON.stringify(summary));
    console.log(JSON.stringify([performance.now() - started, process.resourceUsage().maxRSS / 1024]));`;
  const run = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(run.stderr);
  const [milliseconds, peakMiB] = JSON.parse(run.stdout) as [number, number];
  return { milliseconds, peakMiB };
}

function curate(folder: string, count: number, jobs: number): Measured {
  rmSync(join(folder, 'datasets'), { recursive: true, force: true });
  // All frames show the same Sun: the rule for copies must let them pass.
  const options = { size: DATASET_SIZE, name: `jobs-${jobs}-${Date.now()}`, limit: ['copy=0'] };
  const { milliseconds, peakMiB } = inChild(folder, count, options, { jobs });
  return { framesPerMinute: (count * 60_000) / milliseconds, peakMiB };
}

function runPeer(script: string, mode: string, frame: string, count: number, folder: string): Measured {
  const out = join(folder, 'peer');
  mkdirSync(out, { recursive: true });
  const paths = Array<string>(count).fill(frame);
  const args = [script, ...paths, '--mode', mode, '--jobs', '2', '--repeat', '1', '--out', out, '--json'];
  const run = spawnSync(process.env['SUNGAN_PYTHON'] ?? 'python3', args, { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(run.stderr);
  const told = JSON.parse(run.stdout) as { frames_per_min: number; peak_rss_mib: number };
  // It tells the peak of its largest process; two of them work.
  return { framesPerMinute: told.frames_per_min, peakMiB: 2 * told.peak_rss_mib };
}

/** The steps of one worker, one after the other, on one frame. */
async function showStages(): Promise<void> {
  const path = prepareFrames(join(base, 'level1'), 'aia-level1', 4096, 1);
  const kernels = loadKernels();
  const times = new Map<string, number[]>();
  let last = 0;
  const note = (step: string) => {
    const now = performance.now();
    times.set(step, [...(times.get(step) ?? []), now - last]);
    last = now;
  };
  for (let round = 0; round < 2 * rounds + 1; round++) {
    last = performance.now();
    const hdu = firstImage(readFits(await readFile(path), { file: path }));
    note('read the file');
    const { width, height } = hdu;
    const pointing = pointingOf(hdu.header.toRecord())!;
    const { centreX, centreY, arcsecPerPixel, radiusArcsec } = pointing;
    const radiusPixels = radiusArcsec! / arcsecPerPixel;
    kernels.begin(roomForFrame(width, height, DATASET_SIZE));
    const { data } = readRaw(hdu, { into: kernels.room(16, width * height) });
    note('decode Rice');
    const stored = { width, height, data: data as Int16Array, scale: 1, zero: 0, blank: -32768 };
    const loaded = kernels.load(stored, 16383);
    note('integers to values');
    measureRaw(loaded, { centreX, centreY, radiusPixels }, false);
    note('screen the frame as read');
    const scaling = { factor: 1.0001, low: 0, high: 16383 };
    const map = registration(pointing, width);
    const half = kernels.warpHalved(loaded.image, map, width, height, 0, scaling);
    note('register, scale, first means');
    kernels.reuse(loaded.image);
    const levels = [half];
    while (levels.at(-1)!.width > 4) levels.push(kernels.halve(levels.at(-1)!));
    note('smaller levels');
    const kept = levels.filter((level) => level.width <= DATASET_SIZE);
    const encoded = kept.map((level) => kernels.log1pQuantise(level, 16383));
    note('logarithm and 16 bits');
    measureRegistered(levels, radiusArcsec! / registeredScale(half.width), false);
    note('screen the small level');
    for (const level of encoded) encodeBlosc(level);
    note('compress');
  }
  const medians = [...times].map(([step, list]) => {
    const sorted = list.slice(1).sort((a, b) => a - b);
    return [step, sorted[Math.floor(sorted.length / 2)]!] as const;
  });
  const all = medians.reduce((sum, [, value]) => sum + value, 0);
  console.log(`\nWhere the time of a worker goes, 4096 x 4096 (${kernels.kind} kernels)\n`);
  console.log('| step | ms | share |\n| --- | ---: | ---: |');
  for (const [step, value] of [...medians, ['all', all] as const])
    console.log(`| ${step} | ${value.toFixed(1)} | ${((100 * value) / all).toFixed(0)} % |`);
}

/** The plan and the word of every header rule, without pixels, from catalogs of simulated headers. */
function showGrowth(): void {
  console.log('\nPlan of a catalog (`curate --dry-run`: every header rule on every frame)\n');
  console.log('| frames | seconds | ms a frame | peak memory, MiB |\n| ---: | ---: | ---: | ---: |');
  const frame = prepareFrames(join(base, 'synoptic'), 'aia-synoptic', 1024, 1);
  for (const rows of CATALOG_ROWS) {
    const folder = join(base, `rows-${rows}`);
    mkdirSync(folder, { recursive: true });
    const names = Array.from({ length: rows }, (_, i) => `frame-${i}.fits`);
    enterFrames(folder, frame, names);
    const { milliseconds, peakMiB } = inChild(folder, rows, { name: 'plan' }, { dryRun: true });
    rmSync(folder, { recursive: true });
    const each = (milliseconds / rows).toFixed(3);
    console.log(`| ${rows} | ${(milliseconds / 1000).toFixed(1)} | ${each} | ${peakMiB.toFixed(0)} |`);
  }
}

/** A run of cron that finds nothing new, beside the verdicts of earlier ones. */
function showAgain(): void {
  console.log('\nA second run with nothing new, of a dataset with so many verdicts\n');
  console.log('| verdicts | seconds | ms a verdict | peak memory, MiB |\n| ---: | ---: | ---: | ---: |');
  const folder = join(base, 'again');
  rmSync(folder, { recursive: true, force: true });
  prepareFrames(folder, 'aia-synoptic', 256, FRAMES_OF_AGAIN);
  const options = { size: 64, name: 'again', limit: ['copy=0'] };
  inChild(folder, FRAMES_OF_AGAIN, options, { jobs: 1 });
  let planted = FRAMES_OF_AGAIN;
  for (const rows of CATALOG_ROWS) {
    plantRejected(folder, planted, rows);
    planted = rows;
    // The card and the contact sheets are made again once.
    inChild(folder, 0, options, { jobs: 1 });
    const { milliseconds, peakMiB } = inChild(folder, 0, options, { jobs: 1 });
    const each = (milliseconds / rows).toFixed(3);
    console.log(`| ${rows} | ${(milliseconds / 1000).toFixed(1)} | ${each} | ${peakMiB.toFixed(0)} |`);
  }
  rmSync(folder, { recursive: true });
}

/** Frames from one number up to another with the verdict of the first one, but for the last of its rules. */
function plantRejected(folder: string, from: number, to: number): void {
  const catalog = openCatalog(join(folder, 'catalog.sqlite'));
  const [model] = catalog.verdicts('again');
  if (!model?.accepted) throw new Error('the first frame was not accepted');
  const scores = model.scores.map((score, i) => ({ ...score, passed: i + 1 < model.scores.length }));
  const facts = { ...catalog.frame(model.frameId)! } as SlotKey & FrameFacts;
  for (let first = from; first < to; first += 1000) {
    catalog.transaction(() => {
      for (let i = first; i < Math.min(to, first + 1000); i++) {
        const slot = formatTime(new Date(START + i * STEP_MS));
        const key = { source: facts.source, product: facts.product, wavelength: 193, slot };
        catalog.expectSlots([key]);
        const { id } = catalog.frameOfSlot(key)!;
        catalog.recordStored(id, { ...facts, path: `${i}.fits`, fsn: 1000 + i });
        catalog.recordVerdicts([{ ...model, frameId: id, accepted: false, scores }]);
      }
    });
  }
  catalog.close();
}
