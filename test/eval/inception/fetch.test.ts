import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { quietEffects } from '../../../src/core/effects.ts';
import { openWorkspace, type Workspace } from '../../../src/core/workspace.ts';
import { fetchWeights } from '../../../src/eval/inception/fetch.ts';
import { type KnownFile, loadGenuineWeights, weightsFolder } from '../../../src/eval/inception/genuine.ts';
import { manageWeights, weightsOptions } from '../../../src/eval/index.ts';
import { startServer, type TestServer } from '../../support/http-server.ts';

const content = Buffer.from(Array.from({ length: 50_000 }, (_, i) => (i * 7919) % 251));
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

let folder: string;
let workspace: Workspace;
let server: TestServer;
/** The server sends so many bytes and breaks off; each answer takes one from the list. */
let breaks: number[];
let served = content;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sungan-fetch-'));
  workspace = openWorkspace(folder);
  breaks = [];
  served = content;
  server = await startServer((request, response) => {
    if (request.url === '/moved') return void response.writeHead(302, { location: '/file' }).end();
    if (request.url === '/gone') return void response.writeHead(404).end('no');
    const begin = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const body = served.subarray(begin);
    response.writeHead(begin > 0 ? 206 : 200, { 'content-length': body.length });
    const stop = breaks.shift();
    if (stop === undefined) return void response.end(body);
    response.write(body.subarray(0, stop), () => response.destroy());
  });
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const effects = quietEffects({ clock: { now: () => new Date(0), sleep: async () => {} } });
const known = (overrides: Partial<KnownFile> = {}): KnownFile => ({
  file: 'weights.bin',
  summary: '',
  bytes: content.length,
  sha256: sha256(content).slice(0, 8),
  url: `${server.url}file`,
  read: async () => new Map(),
  ...overrides,
});

describe('fetching weights', () => {
  it('goes on where the connection broke, and puts the file in place whole', async () => {
    breaks = [10_000, 15_000];
    const { path, downloaded } = await fetchWeights(known({ url: `${server.url}moved` }), workspace, effects);
    expect(downloaded).toBe(true);
    expect(readFileSync(path).equals(content)).toBe(true);
    expect(existsSync(`${path}.part`)).toBe(false);
    expect(server.requests.filter((line) => line === 'GET /file').length).toBe(3);
  });

  it('goes on with what an earlier run has left', async () => {
    mkdirSync(weightsFolder(workspace), { recursive: true });
    writeFileSync(join(weightsFolder(workspace), 'weights.bin.part'), content.subarray(0, 30_000));
    const { path } = await fetchWeights(known(), workspace, effects);
    expect(readFileSync(path).equals(content)).toBe(true);
  });

  it('refuses another file of the same size and leaves nothing', async () => {
    served = Buffer.from(content);
    served[100] ^= 1;
    await expect(fetchWeights(known(), workspace, effects)).rejects.toThrow('another hash');
    expect(existsSync(join(weightsFolder(workspace), 'weights.bin'))).toBe(false);
    expect(existsSync(join(weightsFolder(workspace), 'weights.bin.part'))).toBe(false);
  });

  it('says what to do when the server has none', async () => {
    await expect(fetchWeights(known({ url: `${server.url}gone` }), workspace, effects)).rejects.toMatchObject(
      {
        kind: 'network',
        message: expect.stringContaining('404'),
        remedy: expect.stringContaining('--weights'),
      },
    );
    // Nor is it asked again.
    expect(server.requests.filter((line) => line === 'GET /gone')).toHaveLength(1);
  });

  it.each(['nonsense', 'ftp://mirror/file.pth', ''])('an address that is none is refused: "%s"', (url) => {
    const { success } = weightsOptions.safeParse({ action: 'fetch', url });
    expect(success).toBe(false);
  });

  it('takes the graph out of its archive', async () => {
    const header = Buffer.alloc(512);
    header.write('./imagenet/weights.bin');
    header.write(content.length.toString(8).padStart(11, '0'), 124);
    const first = Buffer.alloc(1024);
    first.write('README');
    first.write('00000000004', 124);
    first.write('text', 512);
    const tail = Buffer.alloc(512 - (content.length % 512) + 1024);
    served = gzipSync(Buffer.concat([first, header, content, tail]));
    const archive = { bytes: served.length, sha256: sha256(served) };
    const { path } = await fetchWeights(known({ archive }), workspace, effects);
    expect(readFileSync(path).equals(content)).toBe(true);
  });
});

describe('without genuine weights', () => {
  it('FID is refused with the remedy', async () => {
    await expect(loadGenuineWeights(undefined, workspace)).rejects.toMatchObject({
      message: expect.stringContaining('not here'),
      remedy: expect.stringContaining('sungan weights fetch'),
    });
  });

  it('any other file is refused too: nothing else may be called FID', async () => {
    const path = join(folder, 'mine.pth');
    writeFileSync(path, content);
    await expect(loadGenuineWeights(path, workspace)).rejects.toThrow('may not be called FID');
    await expect(loadGenuineWeights(join(folder, 'nowhere'), workspace)).rejects.toThrow('no such file');
    await expect(loadGenuineWeights(folder, workspace)).rejects.toMatchObject({
      message: 'not a file',
      remedy: expect.stringContaining('classify_image_graph_def.pb'),
    });
  });

  it('the command says what is here', async () => {
    const options = weightsOptions.parse({});
    const before = await manageWeights(options, { workspace, effects });
    expect(before.map(({ which, state }) => [which, state])).toEqual([
      ['torch', 'absent'],
      ['graph', 'absent'],
    ]);
    mkdirSync(weightsFolder(workspace), { recursive: true });
    writeFileSync(before[0].path, content);
    expect((await manageWeights(options, { workspace, effects }))[0].state).toBe('other');
  });

  it('a mirror with a wrong file is refused', async () => {
    const options = weightsOptions.parse({ action: 'fetch', url: `${server.url}file` });
    await expect(manageWeights(options, { workspace, effects })).rejects.toMatchObject({
      name: 'SunganError',
    });
    expect(await manageWeights(options, { workspace, effects, dryRun: true })).toHaveLength(2);
  });
});
