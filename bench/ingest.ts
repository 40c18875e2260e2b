/**
 * Downloading over the loopback: ours, with every check, hash, fsync and catalog row, against `curl --parallel` and
 * Python's parfive, which write bytes and no more. Same server, same files, same number of connections, in turn.
 *
 *   node scripts/bench.mjs ingest [FILES] [ROUNDS]
 *   pip install parfive    for the peer
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { card, writeImage } from '../src/fits/index.ts';
import { createRandom } from '../src/numeric/random.ts';
import { type Competitor, compare, printTimings } from './timing.ts';

const CONNECTIONS = 5;
const SIZE = 720;
const START = Date.UTC(2017, 0, 1);
const STEP_MS = 3_600_000;

let peakBytes = 0;

if (process.argv[2] === '--serve') serve(process.argv[3]!);
else await main(Number(process.argv[2] ?? 2000), Number(process.argv[3] ?? 3));

/** A static server in a process of its own, so that it does not share a core's time with the one that is measured. */
function serve(folder: string): void {
  const server = createServer((request, response) => {
    const path = join(folder, basename(request.url!));
    if (!existsSync(path)) {
      response.writeHead(404).end();
      return;
    }
    const bytes = readFileSync(path);
    response.writeHead(200, { 'content-length': bytes.length, etag: `"${bytes.length}"` }).end(bytes);
  });
  server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
}

async function main(files: number, rounds: number): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'sungan-bench-'));
  const names = makeFiles(join(root, 'served'), files);
  const server = spawn(process.execPath, [fileURLToPath(import.meta.url), '--serve', join(root, 'served')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    await race(await firstLine(server), names, root, rounds);
  } finally {
    server.kill();
    rmSync(root, { recursive: true });
  }
}

async function race(port: string, names: string[], root: string, rounds: number): Promise<void> {
  const urls = names.map((name) => `http://127.0.0.1:${port}/${folderOf(name)}${name}`);
  const out = join(root, 'out');
  const competitors: Competitor[] = [
    { name: 'sungan ingest', measure: () => fresh(out, () => ours(port, names.length, out)) },
    { name: 'curl --parallel', measure: () => fresh(out, () => curl(urls, out, root)) },
  ];
  if (spawnSync('python3', ['-c', 'import parfive']).status === 0) {
    competitors.push({ name: 'parfive', measure: () => fresh(out, () => parfive(urls, out, root)) });
  }
  const megabytes = (names.length * readFileSync(join(root, 'served', names[0]!)).length) / 1e6;
  const title = `${names.length} files, ${megabytes.toFixed(0)} MB, ${CONNECTIONS} connections`;
  printTimings(title, await compare(competitors, rounds));
  console.log(`peak memory of sungan ingest: ${(peakBytes / 2 ** 20).toFixed(0)} MiB`);
}

/** Frames of noise, about 1 MB each, one an hour. */
function makeFiles(folder: string, count: number): string[] {
  mkdirSync(folder);
  const random = createRandom(1);
  const data = Int16Array.from({ length: SIZE * SIZE }, () => random.int(2000));
  return Array.from({ length: count }, (_, index) => {
    const time = new Date(START + index * STEP_MS).toISOString();
    const cards = [
      card('TELESCOP', 'SDO/AIA'),
      card('WAVELNTH', 193),
      card('T_OBS', time),
      card('EXPTIME', 2),
      card('LVL_NUM', 1.5),
      card('CDELT1', 2.4),
      card('QUALITY', 0),
      card('SIMULATD', true),
    ];
    data[index % data.length] = index % 2000;
    const name = `AIA${time.slice(0, 16).replace(/[-:]/g, '').replace('T', '_')}_0193.fits`;
    writeFileSync(join(folder, name), writeImage({ width: SIZE, height: SIZE, data, cards }));
    return name;
  });
}

function folderOf(name: string): string {
  const [, year, month, day, hour] = /^AIA(\d{4})(\d\d)(\d\d)_(\d\d)/.exec(name)!;
  return `${year}/${month}/${day}/H${hour}00/`;
}

async function fresh(folder: string, work: () => Promise<void> | void): Promise<number> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  spawnSync('sync');
  const started = performance.now();
  await work();
  return performance.now() - started;
}

function ours(port: string, files: number, out: string): void {
  const program = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));
  const to = new Date(START + files * STEP_MS).toISOString();
  const args = [
    'ingest',
    '--wavelength',
    '193',
    '--from',
    '2017-01-01',
    '--to',
    to,
    '--cadence',
    '1h',
    '--quiet',
    '--json',
  ];
  args.push('--base-url', `http://127.0.0.1:${port}/`, '--workspace', out, '--jobs', String(CONNECTIONS));
  const wrapper = `process.on('exit', () => process.stderr.write(String(process.resourceUsage().maxRSS * 1024)));`;
  const hook = `data:text/javascript,${encodeURIComponent(wrapper)}`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', hook, program, ...args], {
    encoding: 'utf8',
  });
  if (status !== 0 || JSON.parse(stdout).stored !== files)
    throw new Error(`ingest ended with ${status}: ${stdout}${stderr}`);
  peakBytes = Math.max(peakBytes, Number(stderr.trim().split('\n').at(-1)));
}

function curl(urls: string[], out: string, root: string): void {
  const config = join(root, 'curl.txt');
  writeFileSync(
    config,
    urls.map((url) => `url = "${url}"\noutput = "${join(out, basename(url))}"`).join('\n'),
  );
  const { status } = spawnSync('curl', [
    '--silent',
    '--fail',
    '--parallel',
    '--parallel-max',
    String(CONNECTIONS),
    '--config',
    config,
  ]);
  if (status !== 0) throw new Error(`curl ended with ${status}`);
}

function parfive(urls: string[], out: string, root: string): void {
  const script = join(root, 'fetch_with_parfive.py');
  const list = join(root, 'urls.txt');
  writeFileSync(list, urls.join('\n'));
  writeFileSync(
    script,
    `import sys, parfive
d = parfive.Downloader(max_conn=${CONNECTIONS}, max_splits=1, progress=False)
for url in open(sys.argv[1]).read().split():
    d.enqueue_file(url, path=sys.argv[2])
assert not d.download().errors
`,
  );
  const { status, stderr } = spawnSync('python3', [script, list, out], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`parfive ended with ${status}: ${stderr}`);
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => child.stdout!.once('data', (data) => resolve(String(data).trim())));
}
