/** The whole road through the built program on a small synthetic archive: once undisturbed, once killed again and again. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ownedName } from '../../src/core/abandoned.ts';
import { sha256OfFile } from '../../src/core/files.ts';
import { createRandom } from '../../src/numeric/random.ts';
import { deadPid, type ProgramResult, runProgram } from '../support/program.ts';

const SMALL = [
  '--days',
  '8',
  '--cadence',
  '3h',
  '--size',
  '64',
  '--faults',
  '0.3',
  '--kimg',
  '0.32',
  '--json',
  '--quiet',
];

interface Summary {
  report: string;
  run: string;
  audit: {
    faults: { fault: string; planted: number; visible: number; caughtVisible: number }[];
    goodFrames: number;
    goodRefused: unknown[];
    missed: unknown[];
  };
  scores: { results: { metric: string; scores: { value: number; floors: unknown[] }[] }[] };
}

let folder: string;
let first: ProgramResult;
let summary: Summary;

const demo = (workspace: string, extra: string[] = [], killAfterMs?: number) =>
  runProgram(['demo', '--workspace', join(folder, workspace), ...SMALL, ...extra], {
    onStart: (child) => {
      if (killAfterMs !== undefined) setTimeout(() => child.kill('SIGKILL'), killAfterMs);
    },
  });

async function filesUnder(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

async function lastCheckpoint(workspace: string): Promise<string> {
  const checkpoints = (await filesUnder(join(folder, workspace, 'demo', 'runs'))).filter((path) =>
    path.endsWith('.safetensors'),
  );
  return checkpoints.sort().at(-1) as string;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sungan-road-'));
  first = await demo('whole');
  if (first.code === 0) summary = JSON.parse(first.stdout);
}, 300_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the whole road', () => {
  it('ends well', () => {
    expect(first.code, first.stderr).toBe(0);
  });

  it('names every planted fault that header or file show, and refuses no good frame', () => {
    const { faults, missed, goodRefused, goodFrames } = summary.audit;
    expect(missed).toEqual([]);
    expect(goodRefused).toEqual([]);
    expect(goodFrames).toBeGreaterThan(30);
    expect(faults.length).toBeGreaterThan(5);
    expect(faults.reduce((sum, { visible }) => sum + visible, 0)).toBeGreaterThan(5);
  });

  it('gives every score with its floor', () => {
    expect(summary.scores.results.map(({ metric }) => metric)).toEqual([
      'swd',
      'ms-ssim',
      'solar',
      'memorisation',
    ]);
    const [swd, diversity] = summary.scores.results;
    for (const { floors } of [...swd.scores, ...diversity.scores]) expect(floors.length).toBeGreaterThan(0);
    for (const { scores } of summary.scores.results) {
      for (const { value } of scores) {
        expect(Number.isFinite(value)).toBe(true);
      }
    }
  });

  it('writes a report that says simulated and generated, and loads nothing', async () => {
    const html = await readFile(summary.report, 'utf8');
    expect(html).toMatch(/simulated/i);
    expect(html).toMatch(/generated/i);
    expect(html).not.toMatch(/(?:src|href)="(?!data:|#)[^"]*\.(?:png|css|js)"/);
  });

  it('changes no data and no weights when it is run again', async () => {
    const before = await sha256OfFile(await lastCheckpoint('whole'));
    const again = await demo('whole');
    expect(again.code, again.stderr).toBe(0);
    expect(await sha256OfFile(await lastCheckpoint('whole'))).toBe(before);
  });

  it('refuses to mix two demonstrations', async () => {
    const other = await demo('whole', ['--seed', '5']);
    expect(other.code).toBe(2);
    expect(other.stderr).toMatch(/--fresh/);
  });
});

describe('the road with SIGKILL at random moments', () => {
  it('ends with the same frames and, byte for byte, the same weights', async () => {
    // A kill between the folder of a run and its options leaves this.
    const begun = join(folder, 'killed', 'demo', 'runs', '0001-demo');
    await mkdir(join(begun, 'checkpoints'), { recursive: true });
    await writeFile(join(begun, ownedName('options.json', deadPid())), '{');
    const random = createRandom('kill the road');
    for (let kill = 0; kill < 6; kill++) await demo('killed', [], 400 + random.int(4000));
    const last = await demo('killed');
    expect(last.code, last.stderr).toBe(0);
    expect(await sha256OfFile(await lastCheckpoint('killed'))).toBe(
      await sha256OfFile(await lastCheckpoint('whole')),
    );
    const names = async (workspace: string) =>
      (await filesUnder(join(folder, workspace, 'demo', 'raw')))
        .map((path) => path.slice(join(folder, workspace).length))
        .sort();
    expect(await names('killed')).toEqual(await names('whole'));
    expect((await filesUnder(join(folder, 'killed'))).filter((path) => path.endsWith('.part'))).toEqual([]);
  }, 300_000);
});
