/**
 * Reading Rice-compressed frames: ours against cfitsio (through fitsio, and funpack) and astropy, in turn within one run.
 * Every time is from the path of a cached file to the stored integers, on one thread. A third of a new array's time is
 * the operating system's, which hands out its pages 4 KiB at a time where numpy asks for 2 MiB; so both are measured, and
 * an array that is kept as well.
 *
 *   node scripts/bench.mjs fits-decode [ROUNDS]
 *   apt-get install python3-fitsio python3-astropy libcfitsio-bin    for the peers
 */
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FileMemory } from '../src/core/file-memory.ts';
import {
  firstImage,
  type ImageHdu,
  readFits,
  readImage,
  readImageFloat32,
  readRaw,
  writeImage,
} from '../src/fits/index.ts';
import { createRandom } from '../src/numeric/random.ts';
import { findRealData } from '../test/support/real-data-folder.ts';
import { PythonReader, type PythonRoute } from './python-reader.ts';
import { type Competitor, compare, printTimings, time } from './timing.ts';

const SIZE = 4096;
const rounds = Number(process.argv[2] ?? 15);
/** The file goes to memory that is used again, as `curate` does it; cfitsio has its own for what it reads, too. */
const memory = new FileMemory(1);

/** Most memory that this process has held, KiB. Not resourceUsage: Linux lets a child inherit that from its parent. */
function peakMemory(): number {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))![1]);
}

/** A child of this program measures its own memory. */
if (process.argv[2] === '--memory') {
  const before = peakMemory();
  readRaw(firstImage(readFits(readFileSync(process.argv[3]!))));
  console.log(JSON.stringify({ before, after: peakMemory() }));
  process.exit(0);
}

/** So does one whose arrays lie in huge pages, which a process cannot ask for when it runs: the last of five readings. */
if (process.argv[2] === '--last') {
  const path = process.argv[3]!;
  const times = Number(process.argv[4]);
  let last = 0;
  for (let k = 0; k < 5; k++) last = await timeReadings(path, times, readRaw);
  console.log(last);
  process.exit(0);
}

function timeInHugePages(path: string, times: number): number {
  const { stdout } = spawnSync(
    process.execPath,
    [fileURLToPath(import.meta.url), '--last', path, String(times)],
    {
      encoding: 'utf8',
      env: { ...process.env, GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1' },
    },
  );
  return Number(stdout);
}

/** A disk with a corona, structure and photon noise, about as hard to compress as a level-1 frame at 193 A. */
function makeFrame(): Int16Array {
  const random = createRandom(1);
  const frame = new Int16Array(SIZE * SIZE);
  const half = SIZE / 2;
  for (let y = 0; y < SIZE; y++) {
    for (let x = 0; x < SIZE; x++) {
      const r = Math.hypot(x - half, y - half) / (0.39 * SIZE);
      const disk =
        400 + 200 * Math.sin(x / 37) * Math.cos(y / 53) + 300 * Math.sin(x / 411) * Math.sin(y / 300);
      const mean = r < 1.05 ? disk : Math.max(2, 500 * Math.exp(-9 * (r - 1)));
      frame[y * SIZE + x] = Math.round(mean + Math.sqrt(Math.max(1, mean)) * random.normal());
    }
  }
  return frame;
}

function openOurs(path: string): ImageHdu {
  return firstImage(readFits(readFileSync(path)));
}

/** Mean of readings one after the other. */
async function timeReadings(path: string, times: number, read: (hdu: ImageHdu) => unknown): Promise<number> {
  const started = performance.now();
  for (let k = 0; k < times; k++) {
    const { bytes, release } = await memory.read(path);
    read(firstImage(readFits(bytes)));
    release();
  }
  return (performance.now() - started) / times;
}

async function checkSum(path: string, python: PythonReader): Promise<void> {
  const theirs = (await python.read('fitsio', path, 1)).sum;
  let ours = 0;
  for (const value of readImage(openOurs(path)).data) ours += value;
  if (Math.abs(ours - theirs) > 1e-6 * Math.abs(theirs))
    throw new Error(`${path}: sums differ, ${ours} and ${theirs}`);
}

/** `times`: readings in a row, where one is too short to be timed alone. */
async function benchFile(
  title: string,
  path: string,
  python: PythonReader | undefined,
  times: number,
): Promise<void> {
  if (python !== undefined) await checkSum(path, python);
  const ask = (how: PythonRoute) => async () => (await python!.read(how, path, 1, times)).ms;
  const devNull = openSync('/dev/null', 'w');
  const hasFunpack = spawnSync('funpack', ['-V']).status === 0;
  const fresh: Competitor[] = [
    { name: 'sungan readRaw', measure: () => timeReadings(path, times, readRaw) },
    ...(python === undefined
      ? []
      : [
          { name: 'cfitsio (fitsio.read)', measure: ask('fitsio') },
          { name: 'astropy', measure: ask('astropy') },
        ]),
    ...(hasFunpack
      ? [
          {
            name: 'cfitsio (funpack -S, whole process)',
            measure: () =>
              time(() => spawnSync('funpack', ['-S', path], { stdio: ['ignore', devNull, 'ignore'] })),
          },
        ]
      : []),
    { name: 'sungan readRaw, huge pages by GLIBC_TUNABLES', measure: () => timeInHugePages(path, times) },
    { name: 'sungan readImageFloat32', measure: () => timeReadings(path, times, readImageFloat32) },
  ];
  printTimings(`${title}: a new array for each reading`, await compare(fresh, rounds));
  const into = readRaw(openOurs(path)).data;
  const kept: Competitor[] = [
    {
      name: 'sungan readRaw, into',
      measure: () => timeReadings(path, times, (hdu) => readRaw(hdu, { into })),
    },
  ];
  if (python !== undefined) kept.push({ name: 'cfitsio (fits_read_pix)', measure: ask('kept') });
  printTimings(`${title}: into an array that is kept`, await compare(kept, rounds));
  const first: Competitor[] = [
    {
      name: 'sungan, rows [0, 1]',
      measure: () => timeReadings(path, times, (hdu) => readRaw(hdu, { rows: [0, 1] })),
    },
  ];
  if (python !== undefined) first.push({ name: 'cfitsio (fitsio)', measure: ask('first row') });
  printTimings(`${title}: first row`, await compare(first, rounds));
  closeSync(devNull);
}

/** Fresh processes, so that nothing but this file has been read. */
async function benchMemory(path: string, pixelBytes: number): Promise<void> {
  const own = spawnSync(process.execPath, [fileURLToPath(import.meta.url), '--memory', path], {
    encoding: 'utf8',
  });
  const { before, after } = JSON.parse(own.stdout) as { before: number; after: number };
  const fresh = PythonReader.start();
  const answer = await fresh?.read('fitsio', path, 1);
  fresh?.stop();
  const mebi = (kibi: number) => `${(kibi / 1024).toFixed(0)} MiB`;
  console.log(
    `\nPeak memory over an idle process (the pixels alone are ${mebi((SIZE * SIZE * pixelBytes) / 1024)})`,
  );
  console.log(
    `  sungan ${mebi(after - before)}${answer ? `, cfitsio (fitsio) ${mebi(answer.peak - answer.peakBefore)}` : ''}`,
  );
}

const folder = mkdtempSync(join(tmpdir(), 'sungan-bench-'));
const python = PythonReader.start();
if (python === undefined) console.log('no Python with fitsio and astropy: ours alone');
try {
  const frame = makeFrame();
  const files = [
    ['int16', frame, 2],
    ['int32', Int32Array.from(frame, (value) => value * 16), 4],
  ] as const;
  for (const [name, data, pixelBytes] of files) {
    const path = join(folder, `${name}.fits`);
    const writing = () => writeImage({ width: SIZE, height: SIZE, data, compression: 'RICE_1' });
    writeFileSync(path, writing());
    await benchFile(`synthetic ${SIZE} x ${SIZE} ${name}, RICE_1`, path, python, 1);
    printTimings(
      'writing it',
      await compare([{ name: 'sungan writeImage', measure: () => time(writing) }], Math.min(rounds, 5)),
    );
    await benchMemory(path, pixelBytes);
  }
  const real = findRealData(fileURLToPath(new URL('../../../', import.meta.url)));
  if (real === undefined) console.log('\nno real frames: set SUNGAN_TEST_DATA');
  else
    await benchFile(
      'real 1024 x 1024 int32 (AIA 193 synoptic)',
      join(real, 'aia-synoptic-1024/aia20170103_2300_0193.fits'),
      python,
      20,
    );
} finally {
  python?.stop();
  rmSync(folder, { recursive: true, force: true });
}
