/** The whole stage under SIGKILL: a child process of the built package is killed at random moments and run again. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { openCatalog } from '../../src/catalog/index.ts';
import { quietEffects } from '../../src/core/effects.ts';
import { curate, curateOptions, openDataset } from '../../src/curate/index.ts';
import { createRandom } from '../../src/numeric/index.ts';
import { addFrame, temporaryWorkspace } from './support.ts';

const dist = fileURLToPath(new URL('../../dist/', import.meta.url));
const FRAMES = 200;
const KILLS = 12;
const LONGEST_MS = 1200;

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

test('after any number of kills the dataset is that of an undisturbed run', async () => {
  expect(existsSync(`${dist}curate/index.js`), 'build first: npm run build').toBe(true);
  const { workspace, remove } = temporaryWorkspace();
  const undisturbed = temporaryWorkspace();
  try {
    for (const { root } of [workspace, undisturbed.workspace]) {
      for (let i = 0; i < FRAMES; i++) {
        const slot = new Date(Date.UTC(2017, 0, 1, 3 * i)).toISOString().replace('.000Z', 'Z');
        const header = { QUALITY: i % 17 === 3 ? 0x2000 : 0 };
        addFrame({ ...workspace, root, catalog: `${root}/catalog.sqlite` }, { slot, size: 16, header });
      }
    }
    const random = createRandom(11);
    for (let kills = 0; kills < KILLS; kills++)
      await runKilledAfter(workspace.root, LONGEST_MS * random.uniform());
    await runKilledAfter(workspace.root, 100_000);

    const end = (where: typeof workspace) =>
      curate(curateOptions.parse({}), { workspace: where, effects: quietEffects() });
    const survived = await end(workspace);
    const whole = await end(undisturbed.workspace);
    expect(survived).toMatchObject({ considered: 0, count: whole.count });
    const [a, b] = [await openDataset(survived.directory), await openDataset(whole.directory)];
    expect(a.manifest.files).toEqual(b.manifest.files);
    expect(a.frames).toEqual(b.frames);
    const verdicts = [workspace, undisturbed.workspace].map(({ catalog: path }) => {
      const catalog = openCatalog(path);
      const found = catalog.verdicts('aia-193');
      catalog.close();
      return found;
    });
    expect(verdicts[0]).toEqual(verdicts[1]);
  } finally {
    remove();
    undisturbed.remove();
  }
});
