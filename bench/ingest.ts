/**
 * Downloading over the loopback: ours, with every check, hash, fdatasync and catalog row, against `curl --parallel` and
 * Python's parfive, which write bytes and no more, and against curl followed by `sha256sum` and `sync`. One server for
 * all, which keeps the bodies in memory; same files, same number of connections, in turn.
 *
 *   node scripts/bench.mjs ingest [FILES] [ROUNDS]
 *   pip install parfive    for the peer; PYTHON names another interpreter than python3
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pLimit from 'p-limit';
import { openCatalog } from '../src/catalog/index.ts';
import { sha256OfBytes } from '../src/core/files.ts';
import { card, writeImage } from '../src/fits/index.ts';
import { inspectFrame } from '../src/ingest/check.ts';
import { finishFile } from '../src/ingest/finish-file.ts';
import { createHttpClient } from '../src/ingest/http/client.ts';
import { recordFrame } from '../src/ingest/store-frame.ts';
import { createRandom } from '../src/numeric/random.ts';
import { type Competitor, compare, time } from './timing.ts';

const CONNECTIONS = 5;
const SIZE = 720;
const START = Date.UTC(2017, 0, 1);
const STEP_MS = 3_600_000;
/** Where the server tells how many seconds of the processor it has used. */
const PROCESSOR_PATH = '/processor';
const PYTHON = process.env['PYTHON'] ?? 'python3';

/** Seconds of processor time of a program's runs, and of the server meanwhile, by the program's name. */
const cpu: Record<string, number[]> = {};
const serverCpu: Record<string, number[]> = {};
let peakBytes = 0;

if (process.argv[2] === '--serve') serve(Number(process.argv[3]));
else if (process.argv[2] === '--take') await take(process.argv[3]!, Number(process.argv[4]));
else await main(Number(process.argv[2] ?? 2000), Number(process.argv[3] ?? 3));

/** In a process of its own. Frames differ in their header only, so that thousands fit into memory. */
function serve(count: number): void {
  const random = createRandom(1);
  const data = Int16Array.from({ length: SIZE * SIZE }, () => random.int(2000));
  const frames = Array.from({ length: count }, (_, index) => frameOf(index, data));
  const heads = new Map(frames.map(({ name, head }) => [name, head]));
  const rest = frames[0]!.rest;
  const server = createServer((request, response) => {
    if (request.url === PROCESSOR_PATH) {
      const { user, system } = process.cpuUsage();
      response.end(String((user + system) / 1e6));
      return;
    }
    const name = basename(request.url!);
    const head = heads.get(name);
    if (!head) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'content-length': head.length + rest.length, etag: `"${name}"` });
    response.write(head);
    response.end(rest);
  });
  server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
}

/** What the network alone takes with the client of `ingest`: every byte is thrown away. */
async function take(port: string, files: number): Promise<void> {
  const host = `127.0.0.1:${port}`;
  const client = createHttpClient({
    connectionsOf: () => CONNECTIONS,
    idleTimeoutMs: 60_000,
    allowedHosts: new Set([host]),
  });
  const { signal } = new AbortController();
  const limit = pLimit(CONNECTIONS);
  const fetchOne = async (name: string) => {
    const { body } = await client.get(`http://${host}/${folderOf(name)}${name}`, {}, signal);
    await body.read(() => undefined);
  };
  await Promise.all(Array.from({ length: files }, (_, index) => limit(fetchOne, nameOf(index))));
  await client.close();
}

/** A frame of noise, 1.04 MB, with checksums. */
function frameOf(index: number, data: Int16Array) {
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
  const bytes = writeImage({ width: SIZE, height: SIZE, data, cards });
  return { name: nameOf(index), head: bytes.slice(0, 2880), rest: bytes.subarray(2880), bytes };
}

function nameOf(index: number): string {
  const time = new Date(START + index * STEP_MS).toISOString();
  return `AIA${time.slice(0, 16).replace(/[-:]/g, '').replace('T', '_')}_0193.fits`;
}

async function main(files: number, rounds: number): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'sungan-bench-'));
  const server = spawn(process.execPath, [fileURLToPath(import.meta.url), '--serve', String(files)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const port = await firstLine(server);
    await printSteps(root);
    await race(port, files, root, rounds);
  } finally {
    server.kill();
    rmSync(root, { recursive: true });
  }
}

async function race(port: string, files: number, root: string, rounds: number): Promise<void> {
  const names = Array.from({ length: files }, (_, index) => nameOf(index));
  const urls = names.map((name) => `http://127.0.0.1:${port}/${folderOf(name)}${name}`);
  const out = join(root, 'out');
  const competitors: Competitor[] = [];
  const add = (name: string, work: () => void) =>
    competitors.push({ name, measure: () => fresh(out, () => withServer(name, port, work)) });
  add('curl --parallel', () => curl(urls, out, root));
  add('sungan ingest', () => ours(port, files, out));
  add('curl, then sha256sum and sync', () => curlWithChecks(urls, out, root));
  const alone = 'our connections, bytes thrown away';
  const args = [fileURLToPath(import.meta.url), '--take', port, String(files)];
  add(alone, () => void measured(alone, process.execPath, args));
  if (spawnSync(PYTHON, ['-c', 'import parfive']).status === 0)
    add('parfive', () => parfive(urls, out, root));
  const timings = await compare(competitors, rounds);
  console.log(`\n${files} files of 1.04 MB, ${CONNECTIONS} connections, ${rounds} rounds\n`);
  console.log('| | median, s | least, s | processor, s | server, s | MB/s | time / curl (least) |');
  console.log('|---|---:|---:|---:|---:|---:|---:|');
  for (const { name, median, least } of timings) {
    const processor = Math.min(...cpu[name]!).toFixed(1);
    const server = Math.min(...serverCpu[name]!).toFixed(1);
    const rate = ((files * 1.04) / (median / 1000)).toFixed(0);
    const ratio = `${(median / timings[0]!.median).toFixed(2)} (${(least / timings[0]!.least).toFixed(2)})`;
    console.log(
      `| ${name} | ${(median / 1000).toFixed(2)} | ${(least / 1000).toFixed(2)} | ${processor} | ${server} | ${rate} | ${ratio} |`,
    );
  }
  console.log(`\npeak memory of sungan ingest: ${(peakBytes / 2 ** 20).toFixed(0)} MiB`);
}

/** What the work that curl does not do costs one file, alone on the machine. */
async function printSteps(root: string): Promise<void> {
  const random = createRandom(1);
  const data = Int16Array.from({ length: SIZE * SIZE }, () => random.int(2000));
  const { bytes, name } = frameOf(0, data);
  const catalog = openCatalog(join(root, 'steps.sqlite'));
  const folder = join(root, 'steps');
  mkdirSync(folder);
  const time0 = new Date(START).toISOString();
  const held = Uint8Array.from(bytes);
  const key = { source: 'synoptic', product: 'aia.lev1.5s', wavelength: 193 };
  catalog.expectSlots(
    Array.from({ length: 100 }, (_, i) => ({ ...key, slot: new Date(START + i * STEP_MS).toISOString() })),
  );
  const expected = { fileName: name, time: time0, toleranceMs: 0, bytes: undefined, header: undefined };
  const inspected = inspectFrame(bytes, name);
  if (!inspected.ok) throw new Error(inspected.problem.reason);
  const steps: [string, (index: number) => unknown][] = [
    ['SHA-256', () => sha256OfBytes(bytes)],
    ['opening, checksums, first and last rows', () => inspectFrame(bytes, name)],
    ['write under another name', (index) => writeFileSync(join(folder, `w${index}`), bytes)],
    [
      'hash, checks, write, fdatasync, rename',
      (index) =>
        finishFile({
          path: join(folder, `f${index}`),
          partPath: join(folder, `.f${index}.part`),
          held,
          writtenBytes: 0,
          expected: { ...expected, key: { slot: time0, wavelength: 193 }, takesFlagged: true },
        }),
    ],
    [
      'catalog: begin, attempt, frame, header',
      (index) => {
        const path = `raw/${index}`;
        catalog.beginDownload(index + 1, 'http://x/', path);
        catalog.transaction(() => {
          const attempt = { url: 'http://x/', startedAt: time0, status: 200, bytes: 1, milliseconds: 1 };
          catalog.recordAttempt({ ...attempt, frameId: index + 1, error: null });
          const file = { path, url: null, etag: null, bytes: 1, sha256: String(index) };
          recordFrame(catalog, index + 1, file, inspected.frame);
        });
      },
    ],
  ];
  console.log('\n| work on one file of 1.04 MB that curl does not do | ms |\n|---|---:|');
  for (const [what, step] of steps) {
    const times = await timesOf(step);
    const median = times.slice(20).sort((a, b) => a - b)[40]!;
    console.log(`| ${what} | ${median.toFixed(2)} |`);
  }
  catalog.close();
}

async function timesOf(step: (index: number) => unknown): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < 100; index++) {
    const started = performance.now();
    await step(index);
    times.push(performance.now() - started);
  }
  return times;
}

function folderOf(name: string): string {
  const [, year, month, day, hour] = /^AIA(\d{4})(\d\d)(\d\d)_(\d\d)/.exec(name)!;
  return `${year}/${month}/${day}/H${hour}00/`;
}

async function fresh(folder: string, work: () => void): Promise<number> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  spawnSync('sync');
  return time(work);
}

function withServer(name: string, port: string, work: () => void): void {
  const seconds = () =>
    Number(spawnSync('curl', ['--silent', `http://127.0.0.1:${port}${PROCESSOR_PATH}`]).stdout);
  const before = seconds();
  work();
  serverCpu[name] = [...(serverCpu[name] ?? []), seconds() - before];
}

/** Runs a program and notes its processor time; returns what it wrote. */
function measured(name: string, program: string, args: readonly string[]) {
  const timed = ['-c', 'TIMEFORMAT=\'%U %S\'; time "$@"', 'bash', program, ...args];
  const { status, stdout, stderr } = spawnSync('bash', timed, { encoding: 'utf8', maxBuffer: 2 ** 28 });
  const lines = stderr.trim().split('\n');
  const seconds = lines.at(-1)!.split(' ').map(Number);
  cpu[name] = [...(cpu[name] ?? []), seconds[0]! + seconds[1]!];
  if (status !== 0) throw new Error(`${name} ended with ${status}: ${stderr.slice(-500)}`);
  return { stdout, lines: lines.slice(0, -1) };
}

function ours(port: string, files: number, out: string): void {
  const program = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));
  const to = new Date(START + files * STEP_MS).toISOString();
  const wrapper = `process.on('exit', () => process.stderr.write(process.resourceUsage().maxRSS * 1024 + '\\n'));`;
  const hook = `data:text/javascript,${encodeURIComponent(wrapper)}`;
  const args = ['--import', hook, program, 'ingest', '--wavelength', '193', '--from', '2017-01-01'];
  args.push('--to', to, '--cadence', '1h', '--quiet', '--json', '--jobs', String(CONNECTIONS));
  args.push('--base-url', `http://127.0.0.1:${port}/`, '--workspace', out);
  const { stdout, lines } = measured('sungan ingest', process.execPath, args);
  if (JSON.parse(stdout).stored !== files) throw new Error(`not all are stored: ${stdout}`);
  peakBytes = Math.max(peakBytes, Number(lines.at(-1)));
}

function curl(urls: string[], out: string, root: string, name = 'curl --parallel', then = ''): void {
  const config = join(root, 'curl.txt');
  const entries = urls.map((url) => `url = "${url}"\noutput = "${join(out, basename(url))}"`);
  writeFileSync(config, entries.join('\n'));
  const command = `curl --silent --fail --parallel --parallel-max ${CONNECTIONS} --config "$1" ${then}`;
  measured(name, 'bash', ['-c', command, 'bash', config, out]);
  if (readdirSync(out).length < urls.length) throw new Error('curl left files out');
}

function curlWithChecks(urls: string[], out: string, root: string): void {
  const then = '&& find "$2" -name "*.fits" -print0 | xargs -0 sha256sum >"$2/SHA256SUMS" && sync -f "$2"';
  curl(urls, out, root, 'curl, then sha256sum and sync', then);
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
  measured('parfive', PYTHON, [script, list, out]);
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => child.stdout!.once('data', (data) => resolve(String(data).trim())));
}
