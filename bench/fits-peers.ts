/**
 * Which images other FITS readers of the npm registry read right, and how fast: fitsjs and fitsjs-ng beside ours, over the
 * real files. Right means every pixel within 1e-6 of ours (relative) and NaN in the same places; ours is held to astropy's
 * values by test/fits/conformance.test.ts.
 *
 *   npm install --no-save fitsjs fitsjs-ng
 *   SUNGAN_TEST_DATA=FOLDER node scripts/bench.mjs fits-peers
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { firstImage, readFits, readImage } from '../src/fits/index.ts';
import { findRealData } from '../test/support/real-data-folder.ts';

const FOLDERS = ['aia-synoptic-1024', 'aia-lev1-cutouts', 'hmi', 'fits-conformance', 'aia-bad'];
const TIME_LIMIT_MS = 10_000;
const REPEATS = 3;

type Pixels = ArrayLike<number>;
type Read = (path: string) => Promise<Pixels>;

/** Resolves packages from the repository and, for a trial without touching it, from SUNGAN_PEERS. */
const require = createRequire(join(process.env['SUNGAN_PEERS'] ?? process.cwd(), 'package.json'));

async function readOurs(path: string): Promise<Pixels> {
  return readImage(firstImage(readFits(readFileSync(path)))).data;
}

/** The browser's reader of blobs, as far as fitsjs uses it. */
class BlobReader {
  result: ArrayBuffer | undefined;
  onloadend: ((event: { target: BlobReader }) => void) | undefined;

  readAsArrayBuffer(blob: Blob): void {
    void blob.arrayBuffer().then((buffer) => {
      this.result = buffer;
      this.onloadend?.({ target: this });
    });
  }
}

/** fitsjs is made for browsers: it gets a reader of blobs, and its worker's job is done at once. */
function loadFitsjs(name: string): Read {
  const code = readFileSync(require.resolve(name), 'utf8');
  const room = vm.createContext({ FileReader: BlobReader, File, Blob, console });
  // biome-ignore lint/suspicious/noExplicitAny: the package has no types
  const astro = vm.runInContext(`${code}; this.astro`, room) as any;
  astro.FITS.Image.prototype._getFrameAsync = function (
    buffers: ArrayBuffer[],
    callback: unknown,
    options: unknown,
  ) {
    const parts = buffers.map((buffer) => this._getFrame(buffer, this.bitpix, this.bzero, this.bscale));
    this.invoke(callback, options, parts.length === 1 ? parts[0] : parts.flatMap((part) => Array.from(part)));
  };
  return (path) =>
    new Promise((resolve, reject) => {
      process.once('unhandledRejection', reject);
      // biome-ignore lint/suspicious/noExplicitAny: the package has no types
      new astro.FITS(new Blob([readFileSync(path)]), (fits: any) => {
        const unit = fits.hdus.find(({ data }: { data?: { getFrame?: unknown } }) => data?.getFrame)?.data;
        if (unit === undefined) reject(new Error('no image'));
        else unit.getFrame(0, resolve);
      });
    });
}

async function loadFitsjsNg(name: string): Promise<Read> {
  // biome-ignore lint/suspicious/noExplicitAny: an optional package
  const { FITS } = (await import(require.resolve(name))) as any;
  return async (path) => {
    const fits = FITS.fromNodeBuffer(readFileSync(path));
    // biome-ignore lint/suspicious/noExplicitAny: an optional package
    const unit = fits.hdus.map(({ data }: any) => data).find((data: any) => data?.getFrame);
    const frames: number[][] = [];
    for (let i = 0; i < (unit.isDataCube?.() ? unit.depth : 1); i++) frames.push(await unit.getFrame(i));
    return frames.length === 1 ? frames[0]! : frames.flatMap((frame) => Array.from(frame));
  };
}

const READERS: Record<string, (name: string) => Read | Promise<Read>> = {
  sungan: () => readOurs,
  fitsjs: loadFitsjs,
  'fitsjs-ng': loadFitsjsNg,
};

/** Ours are the values to compare with; a file that we refuse must be refused. */
async function judge(read: Read, path: string): Promise<string> {
  const wanted = await readOurs(path).catch(() => undefined);
  let found: Pixels;
  try {
    found = await read(path);
  } catch {
    return wanted === undefined ? 'right' : 'refused';
  }
  if (wanted === undefined) return 'read a broken file';
  if (found.length !== wanted.length) return 'wrong';
  for (let i = 0; i < wanted.length; i++) {
    const [a, b] = [wanted[i]!, found[i]!];
    if (Number.isNaN(a) !== Number.isNaN(b) || Math.abs(a - b) > 1e-6 * Math.max(Math.abs(a), 1e-30))
      return 'wrong';
  }
  return 'right';
}

async function work(): Promise<void> {
  const { name, path } = workerData as { name: string; path: string };
  const read = await READERS[name]!(name);
  const verdict = await judge(read, path);
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < REPEATS && verdict !== 'refused'; i++) {
    const started = performance.now();
    await read(path).catch(() => undefined);
    least = Math.min(least, performance.now() - started);
  }
  parentPort!.postMessage({ verdict, milliseconds: least });
}

/** One reader, one file, in a thread that is ended when it does not end. */
function tryFile(name: string, path: string): Promise<{ verdict: string; milliseconds: number }> {
  return new Promise((resolve) => {
    const worker = new Worker(fileURLToPath(import.meta.url), { workerData: { name, path }, stderr: true });
    const end = (verdict: string) => resolve({ verdict, milliseconds: Number.POSITIVE_INFINITY });
    const timer = setTimeout(() => {
      end('never ended');
      void worker.terminate();
    }, TIME_LIMIT_MS);
    worker.on('message', resolve).on('error', () => end('refused'));
    worker.on('exit', () => {
      clearTimeout(timer);
      end('refused');
    });
  });
}

async function main(): Promise<void> {
  const folder = findRealData(fileURLToPath(new URL('../../../', import.meta.url)));
  if (folder === undefined) throw new Error('no real files: set SUNGAN_TEST_DATA');
  const paths = FOLDERS.flatMap((name) =>
    readdirSync(join(folder, name), { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.(?:fits|fz|gz)$/.test(path))
      .map((path) => join(folder, name, path)),
  ).sort();
  const present = Object.keys(READERS).filter((name) => name === 'sungan' || isInstalled(name));
  const totals = new Map(present.map((name) => [name, new Map<string, number>()]));
  console.log(`${'file'.padEnd(52)}${present.map((name) => name.padEnd(24)).join('')}`);
  for (const path of paths) {
    const cells: string[] = [];
    for (const name of present) {
      const { verdict, milliseconds } = await tryFile(name, path);
      totals.get(name)!.set(verdict, (totals.get(name)!.get(verdict) ?? 0) + 1);
      cells.push(
        `${verdict}${Number.isFinite(milliseconds) ? ` ${milliseconds.toFixed(1)} ms` : ''}`.padEnd(24),
      );
    }
    console.log(
      `${path
        .slice(folder.length + 1)
        .slice(-50)
        .padEnd(52)}${cells.join('')}`.trimEnd(),
    );
  }
  for (const [name, counts] of totals) {
    console.log(
      `${name}: ${[...counts].map(([verdict, count]) => `${count} ${verdict}`).join(', ')} of ${paths.length}`,
    );
  }
}

function isInstalled(name: string): boolean {
  try {
    require.resolve(name);
    return true;
  } catch {
    console.log(`${name} is not installed: npm install --no-save ${name}`);
    return false;
  }
}

if (isMainThread) await main();
else await work();
