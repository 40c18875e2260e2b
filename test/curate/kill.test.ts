/** The whole stage under SIGKILL: a child process of the built package is killed at random moments and run again. */
import { spawn } from 'node:child_process';
import { cpSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openCatalog, type Verdict } from '../../src/catalog/index.ts';
import { openWorkspace, type Workspace } from '../../src/core/workspace.ts';
import { type Dataset, openDataset } from '../../src/curate/index.ts';
import { createRandom } from '../../src/numeric/index.ts';
import { addFrame, temporaryWorkspace } from './support.ts';

const dist = fileURLToPath(new URL('../../dist/', import.meta.url));
const FRAMES = 200;
/** SUNGAN_KILLS=50 for the long form, whose figures are in the notes. */
const KILLS = Number(process.env['SUNGAN_KILLS'] ?? 5);

/** Runs curate in a process of its own; true when it came to its end before `milliseconds`. */
function runKilledAfter(root: string, milliseconds: number): Promise<boolean> {
  const script = `
    const { curate, curateOptions } = await import(${JSON.stringify(`file://${dist}curate/index.js`)});
    const { quietEffects } = await import(${JSON.stringify(`file://${dist}core/effects.js`)});
    const { openWorkspace } = await import(${JSON.stringify(`file://${dist}core/workspace.js`)});
    await curate(curateOptions.parse({}), { workspace: openWorkspace(${JSON.stringify(root)}), effects: quietEffects() });`;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let errors = '';
    child.stderr.on('data', (text) => (errors += text));
    const timer = setTimeout(() => child.kill('SIGKILL'), milliseconds);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (code !== 0 && signal !== 'SIGKILL') reject(new Error(`curate failed: ${errors}`));
      else resolve(code === 0);
    });
  });
}

interface Outcome {
  dataset: Dataset;
  verdicts: Verdict[];
}

async function outcomeOf({ datasets, catalog: path }: Workspace): Promise<Outcome> {
  const catalog = openCatalog(path);
  const verdicts = [...catalog.verdicts('aia-193')];
  catalog.close();
  return { dataset: await openDataset(join(datasets, 'aia-193')), verdicts };
}

const temporary = temporaryWorkspace();
const { root } = temporary.workspace;
let lives = 0;
let undisturbed: Outcome;
let wholeMs: number;

/** A workspace with the 200 frames and no dataset. */
function newLife(): Workspace {
  const life = join(root, `life-${lives++}`);
  cpSync(join(root, 'template'), life, { recursive: true });
  return openWorkspace(life);
}

beforeAll(async () => {
  expect(existsSync(`${dist}curate/index.js`), 'build first: npm run build').toBe(true);
  for (let i = 0; i < FRAMES; i++) {
    const slot = new Date(Date.UTC(2017, 0, 1, 3 * i)).toISOString().replace('.000Z', 'Z');
    const header = { QUALITY: i % 17 === 3 ? 0x2000 : 0 };
    addFrame(openWorkspace(join(root, 'template')), { slot, size: 64, header });
  }
  const life = newLife();
  const started = performance.now();
  await runKilledAfter(life.root, 100_000);
  wholeMs = performance.now() - started;
  undisturbed = await outcomeOf(life);
});
afterAll(() => temporary.remove());

test(`after ${KILLS} kills at random moments the dataset is that of an undisturbed run`, async () => {
  const random = createRandom(11);
  const left = { 'no dataset yet': 0, 'a commit begun': 0, 'between commits': 0 };
  let kills = 0;
  let completed = 0;
  while (kills < KILLS) {
    const life = newLife();
    const folder = join(life.datasets, 'aia-193');
    let isDone = false;
    while (!isDone) {
      // Beyond the last kill the run is left alone; before, it dies anywhere between its start and its end.
      isDone = await runKilledAfter(life.root, kills < KILLS ? wholeMs * random.uniform() : 100_000);
      if (isDone) break;
      kills++;
      const isBegun = existsSync(join(folder, '.staging')) || existsSync(join(folder, '.commit.json'));
      if (isBegun) left['a commit begun']++;
      else if (existsSync(join(folder, 'manifest.json'))) left['between commits']++;
      else left['no dataset yet']++;
    }
    completed++;
    const { dataset, verdicts } = await outcomeOf(life);
    expect(dataset.hash).toBe(undisturbed.dataset.hash);
    expect(dataset.frames).toEqual(undisturbed.dataset.frames);
    expect(verdicts).toEqual(undisturbed.verdicts);
    expect(new Set(dataset.frames.map(({ frameId }) => frameId)).size).toBe(dataset.count);
    expect(existsSync(join(folder, '.staging')) || existsSync(join(folder, '.commit.json'))).toBe(false);
    rmSync(life.root, { recursive: true });
  }
  if (KILLS > 10)
    console.log(
      `${kills} kills of runs of ${wholeMs.toFixed(0)} ms over ${completed} datasets of ${FRAMES} frames; left: ${JSON.stringify(left)}; every content hash ${undisturbed.dataset.hash.slice(0, 12)}`,
    );
});
