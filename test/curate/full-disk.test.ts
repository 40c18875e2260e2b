/** A file system that runs full in the middle of a run: told clearly, and completed when there is room again. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openCatalog } from '../../src/catalog/index.ts';
import { quietEffects } from '../../src/core/effects.ts';
import { isSunganError } from '../../src/core/errors.ts';
import { openWorkspace } from '../../src/core/workspace.ts';
import { curate, curateOptions, openDataset } from '../../src/curate/index.ts';
import { addFrame, temporaryWorkspace } from './support.ts';

const FRAMES = 80;
/** KiB left when the run begins: from none at all to nearly enough, so that every kind of file meets the end once. */
const ROOMS = [0, 64, 160, 288, 416, 544, 672, 800, 960];

const temporary = temporaryWorkspace();
const mount = join(temporary.workspace.root, 'small');
const reason = mountSmall();
const workspace = openWorkspace(mount);
const ballast = join(mount, 'ballast');
const options = curateOptions.parse({});

/** Why there is no small file system here; undefined when there is one. */
function mountSmall(): string | undefined {
  if (process.platform !== 'linux') return 'mounting a tmpfs needs Linux';
  mkdirSync(mount);
  try {
    execFileSync('/bin/mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', mount], { stdio: 'pipe' });
    return undefined;
  } catch (error) {
    return `mounting a tmpfs is not allowed: ${(error as Error).message.trim().split('\n').at(-1)}`;
  }
}

function leaveRoom(kibibytes: number): void {
  rmSync(ballast, { force: true });
  const { bavail, bsize } = statfsSync(mount);
  const spare = Math.max(0, bavail * bsize - kibibytes * 1024);
  writeFileSync(ballast, new Uint8Array(spare));
}

function addFrames(root: string): void {
  for (let i = 0; i < FRAMES; i++) {
    const slot = new Date(Date.UTC(2017, 0, 1, 3 * i)).toISOString().replace('.000Z', 'Z');
    addFrame(openWorkspace(root), { slot, size: 32 });
  }
}

beforeAll(() => {
  if (reason === undefined) addFrames(mount);
});
afterAll(() => {
  if (reason === undefined) execFileSync('/bin/umount', [mount]);
  temporary.remove();
});

if (reason !== undefined) console.warn(`full-disk tests are skipped: ${reason}`);

test.skipIf(reason !== undefined)(
  'wherever the disk runs full, the next run with room completes the dataset',
  async () => {
    const run = () => curate(options, { workspace, effects: quietEffects(), jobs: 1 });
    let told = 0;
    for (const room of ROOMS) {
      leaveRoom(room);
      try {
        await run();
      } catch (error) {
        told++;
        expect(isSunganError(error) && `${error.kind}: ${error.message}`).toMatch(/^io: the disk is full/);
        expect(isSunganError(error) && error.remedy).toMatch(/run the same command again/);
      }
    }
    rmSync(ballast);
    expect(told).toBeGreaterThan(3);
    const survived = await run();
    expect(survived.count).toBe(FRAMES);

    addFrames(temporary.workspace.root);
    const whole = await curate(options, { workspace: temporary.workspace, effects: quietEffects() });
    const [a, b] = [await openDataset(survived.directory), await openDataset(whole.directory)];
    expect(a.manifest).toEqual(b.manifest);
    expect(a.hash).toBe(b.hash);
    expect(a.frames).toEqual(b.frames);
    const verdicts = [workspace, temporary.workspace].map(({ catalog: path }) => {
      const catalog = openCatalog(path);
      const found = [...catalog.verdicts('aia-193')];
      catalog.close();
      return found;
    });
    expect(verdicts[0]).toEqual(verdicts[1]);
  },
);
