/** A run that is killed and resumed must write the same checkpoints, byte for byte, as one that was left alone. */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { quietEffects } from '../../src/core/effects.ts';
import type { Workspace } from '../../src/core/workspace.ts';
import { openGenerator, openRun, train, trainOptions } from '../../src/train/index.ts';
import { diskImages, tinyOptions, workspaceOfTest } from './support.ts';

const dist = fileURLToPath(new URL('../../dist/', import.meta.url));
/** Trains in a process of its own, which is killed as soon as it has reported `lines` ticks. */
async function trainUntilKilled(root: string, options: object, lines: number, signal: NodeJS.Signals) {
  const images = diskImages(24, 8);
  const pictures = Array.from(await images.read(Array.from({ length: 24 }, (_, i) => i)));
  const script = `
    const { imagesInMemory, train } = await import(${JSON.stringify(`file://${dist}train/index.js`)});
    const { quietEffects } = await import(${JSON.stringify(`file://${dist}core/effects.js`)});
    const { openWorkspace } = await import(${JSON.stringify(`file://${dist}core/workspace.js`)});
    const stop = new AbortController();
    process.on('SIGTERM', () => stop.abort());
    const log = { debug() {}, info: (text) => text.startsWith('tick ') && console.log(text), warn() {}, error() {} };
    const images = imagesInMemory({ name: 'disks', resolution: 8, channels: 1, hash: 'disks', transforms: ${JSON.stringify(images.transforms)}, simulated: true,
      values: Float32Array.from(${JSON.stringify(pictures)}) });
    await train(${JSON.stringify(options)}, { workspace: openWorkspace(${JSON.stringify(root)}), images,
      effects: quietEffects({ log, signal: stop.signal }) }).catch((error) => { if (error.kind !== 'interrupted') throw error; });`;
  return new Promise<void>((resolve, reject) => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [seen, errors] = [0, ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      seen += text.split('\n').length - 1;
      if (seen >= lines) child.kill(signal);
    });
    child.stderr.on('data', (text) => (errors += text));
    child.on('close', () => (errors === '' ? resolve() : reject(new Error(errors))));
  });
}

function checkpoints(workspace: Workspace): Map<string, string> {
  const folder = join(workspace.runs, '0001-demo', 'checkpoints');
  return new Map(
    readdirSync(folder)
      .filter((name) => !name.startsWith('.'))
      .map((name) => [name, readFileSync(join(folder, name)).toString('base64')]),
  );
}

async function undisturbed(): Promise<Workspace> {
  const workspace = workspaceOfTest();
  await train(tinyOptions(), { workspace, effects: quietEffects(), images: diskImages(24, 8) });
  return workspace;
}

test('killed and resumed: the same checkpoints, byte for byte, and no line of statistics twice', async () => {
  expect(existsSync(`${dist}train/index.js`), 'build first: npm run build').toBe(true);
  const expected = checkpoints(await undisturbed());
  const workspace = workspaceOfTest();
  await trainUntilKilled(workspace.root, tinyOptions({ snapshotTicks: 2 }), 3, 'SIGKILL');
  await trainUntilKilled(workspace.root, tinyOptions({ resume: 'latest', kimg: undefined }), 1, 'SIGKILL');
  await train(tinyOptions({ resume: 'latest', kimg: undefined }), {
    workspace,
    effects: quietEffects(),
    images: diskImages(24, 8),
  });

  const survived = checkpoints(workspace);
  for (const [name, content] of survived) expect(content === expected.get(name), name).toBe(true);
  expect([...survived.keys()].at(-1)).toBe([...expected.keys()].at(-1));
  const { stats, samples } = await openRun(join(workspace.runs, '0001-demo'));
  expect(stats.map((line) => line['tick'])).toEqual([1, 2, 3, 4]);
  expect(samples).toHaveLength(4);
});

test('SIGTERM in the middle of a tick writes a checkpoint from which the run goes on exactly', async () => {
  const expected = checkpoints(await undisturbed());
  const workspace = workspaceOfTest();
  await trainUntilKilled(workspace.root, tinyOptions({ snapshotTicks: 100 }), 1, 'SIGTERM');
  expect(checkpoints(workspace).size).toBe(1);
  await train(tinyOptions({ resume: '1', kimg: undefined }), {
    workspace,
    effects: quietEffects(),
    images: diskImages(24, 8),
  });
  const last = [...expected.keys()].at(-1)!;
  expect(checkpoints(workspace).get(last) === expected.get(last)).toBe(true);
});

test('a growing network resumes exactly from the middle of its growth', async () => {
  const growing = {
    architecture: 'pggan' as const,
    kimg: 0.08,
    loss: 'wasserstein' as const,
    unitPenalty: 10,
    r1Gamma: 0,
    pathWeight: 0,
    styleMixing: 0,
    augment: [],
    growBatches: [8, 4],
    fadeKimg: 0.016,
    holdKimg: 0.032,
    snapshotTicks: 1,
  };
  const images = () => diskImages(24, 8);
  const whole = workspaceOfTest();
  await train(tinyOptions(growing), { workspace: whole, effects: quietEffects(), images: images() });
  const parts = workspaceOfTest();
  await train(tinyOptions({ ...growing, kimg: 0.04 }), {
    workspace: parts,
    effects: quietEffects(),
    images: images(),
  });
  await train(
    trainOptions.parse({ resume: 'latest', kimg: growing.kimg, snapshotTicks: 1, keep: 0, threads: 2 }),
    {
      workspace: parts,
      effects: quietEffects(),
      images: images(),
    },
  );
  const [expected, resumed] = [checkpoints(whole), checkpoints(parts)];
  const last = [...expected.keys()].at(-1)!;
  expect(resumed.get(last) === expected.get(last)).toBe(true);
  const { stats } = await openRun(join(parts.runs, '0001-demo'));
  expect(stats.map((line) => line['side'])).toEqual([4, 4, 8, 8, 8, 8, 8]);
});

test('two trainings of one run do not mix', async () => {
  const workspace = await undisturbed();
  const options = tinyOptions({ resume: 'latest', kimg: 0.5 });
  const context = () => ({ workspace, effects: quietEffects(), images: diskImages(24, 8) });
  const both = await Promise.allSettled([train(options, context()), train(options, context())]);
  const refused = both.filter((result) => result.status === 'rejected');
  expect(refused).toHaveLength(1);
  expect(refused[0]!.reason).toMatchObject({ kind: 'io', message: expect.stringContaining('sungan train') });
});

test('what would change a resumed run is refused', async () => {
  const workspace = await undisturbed();
  const resumed = train(tinyOptions({ resume: 'latest', batch: 8 }), {
    workspace,
    effects: quietEffects(),
    images: diskImages(24, 8),
  });
  await expect(resumed).rejects.toMatchObject({ kind: 'usage', remedy: expect.stringContaining('--batch') });
});

test('a new run begins with the weights of another, where names and shapes agree', async () => {
  const workspace = await undisturbed();
  const messages: string[] = [];
  const log = { debug() {}, info: (text: string) => void messages.push(text), warn() {}, error() {} };
  const options = tinyOptions({ from: 'latest', kimg: 0.012, generatorRate: 1e-12 });
  const { directory } = await train(options, {
    workspace,
    effects: quietEffects({ log }),
    images: diskImages(24, 8),
  });
  expect(messages.some((text) => /^(\d+) of \1 weight tensors/.test(text))).toBe(true);
  const images = async (run: string) => {
    const generator = await openGenerator(run);
    const pixels = await generator.generate([3]);
    await generator.close();
    return pixels;
  };
  const before = await images(join(workspace.runs, '0001-demo'));
  const after = await images(directory);
  expect(Math.max(...after.map((value, i) => Math.abs(value - before[i]!)))).toBeLessThan(1e-3);
});

test('a run whose data changed is refused with a remedy', async () => {
  const workspace = await undisturbed();
  const images = { ...diskImages(24, 8), hash: 'other' };
  const resumed = train(tinyOptions({ resume: 'latest', kimg: 1 }), {
    workspace,
    effects: quietEffects(),
    images,
  });
  await expect(resumed).rejects.toMatchObject({
    kind: 'data',
    remedy: expect.stringContaining('--new-data'),
  });
});

test('a damaged newest checkpoint is refused, and the error names the one to go on from', async () => {
  const expected = await undisturbed();
  const last = [...checkpoints(expected).keys()].at(-1)!;
  const workspace = await undisturbed();
  const folder = join(workspace.runs, '0001-demo', 'checkpoints');
  const [older, newest] = readdirSync(folder).sort().slice(-2) as [string, string];
  writeFileSync(join(folder, newest), readFileSync(join(folder, newest)).subarray(0, 2000));
  const context = () => ({ workspace, effects: quietEffects(), images: diskImages(24, 8) });
  const refused = await train(tinyOptions({ resume: 'latest', kimg: undefined }), context()).catch(
    (error) => error,
  );
  expect(refused).toMatchObject({ kind: 'format', where: join(folder, newest) });
  const path = /--resume (\S+)/.exec(refused.remedy)![1]!;
  expect(path).toBe(join(folder, older));
  await train(tinyOptions({ resume: path, kimg: undefined }), context());
  expect(checkpoints(workspace).get(last) === checkpoints(expected).get(last)).toBe(true);
});
