/** Deciding anew: from the catalog's headers and the stored scores, pixels only for what comes in. */
import { existsSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openCatalog } from '../../src/catalog/index.ts';
import { quietEffects } from '../../src/core/effects.ts';
import type { Workspace } from '../../src/core/workspace.ts';
import { curate, curateOptions, openDataset } from '../../src/curate/index.ts';
import { readProvenance } from '../../src/curate/provenance.ts';
import { finishSwap } from '../../src/curate/rescreen.ts';
import { addFrame, temporaryWorkspace } from './support.ts';

let workspace: Workspace;
let remove: () => void;
beforeEach(() => {
  ({ workspace, remove } = temporaryWorkspace());
  for (let day = 1; day <= 8; day++) {
    const header = { PERCENTD: day === 3 ? 97 : 100, QUALITY: day === 6 ? 0x100 : 0 };
    addFrame(workspace, { slot: `2017-01-0${day}T00:00:00Z`, header, brightness: day === 5 ? 0.02 : 1 });
  }
});
afterEach(() => remove());

const run = (options: Record<string, unknown> = {}) =>
  curate(curateOptions.parse(options), { workspace, effects: quietEffects() });
const days = async (directory: string) =>
  (await openDataset(directory)).frames.map((frame) => frame.time.slice(8, 10)).join(' ');
const removeRaw = () => rmSync(workspace.raw, { recursive: true });

test('a stricter limit takes frames out without reading a pixel', async () => {
  const first = await run();
  expect(await days(first.directory)).toBe('01 02 04 06 07 08');
  const before = await (await openDataset(first.directory)).read(64, [4, 5]);
  removeRaw();
  const second = await run({ rescreen: true, strict: true });
  expect(second).toMatchObject({ considered: 8, accepted: 5, count: 5 });
  expect(await days(second.directory)).toBe('01 02 04 07 08');
  expect(await (await openDataset(second.directory)).read(64, [3, 4])).toEqual(before);
  expect(await run({ strict: true })).toMatchObject({ considered: 0, count: 5 });
  await expect(run()).rejects.toThrow('strict true, asked for false');
});

test('a wider limit takes frames in: those that were out are read', async () => {
  await run();
  const { directory, count } = await run({
    rescreen: true,
    limit: ['completeness=95', 'dark=1', 'disk-level=100'],
  });
  expect(count).toBe(8);
  expect(await days(directory)).toBe('01 02 03 04 05 06 07 08');
});

test('the same limits give the same dataset', async () => {
  const { directory } = await run();
  const before = (await openDataset(directory)).manifest.files;
  await run({ rescreen: true });
  expect((await openDataset(directory)).manifest.files).toEqual(before);
});

test('what was done to the pixels stays on record', async () => {
  addFrame(workspace, { slot: '2017-01-09T00:00:00Z', header: { CROTA2: 5 }, product: 'aia.lev1' });
  const { directory, count } = await run();
  const before = await readProvenance(directory, count);
  expect(before.at(-1)!.members[0]!.steps.join()).toContain('registered: turned by 5 deg');
  await run({ rescreen: true });
  expect(await readProvenance(directory, count)).toEqual(before);
});

test('frames outside --from and --to keep their places', async () => {
  const { count } = await run();
  const later = await run({ rescreen: true, from: '2017-01-05' });
  expect(later.count).toBe(count);
  expect(await run()).toMatchObject({ considered: 0, count });
});

test('a file that could not be read is tried again', async () => {
  const path = join(workspace.raw, 'test', 'aia.lev1.5s.193.2017-01-02T000000Z.fits');
  renameSync(path, `${path}.away`);
  const { count } = await run();
  renameSync(`${path}.away`, path);
  expect((await run({ rescreen: true })).count).toBe(count + 1);
});

test('a companion that comes in brings its own pixels', async () => {
  const header = { WAVELNTH: 171, EXPTIME: 2 };
  const slot = (minutes: number) => `2017-01-01T00:0${minutes}:00Z`;
  addFrame(workspace, { slot: slot(1), header: { ...header, PERCENTD: 97 }, seed: 1 });
  addFrame(workspace, { slot: slot(5), header, seed: 2 });
  const channels = { wavelength: [193, 171], to: '2017-01-02' };
  const { directory } = await run(channels);
  const second = async () => (await (await openDataset(directory)).read(64, [0])).slice(64 * 64);
  const before = await second();
  await run({ ...channels, rescreen: true, limit: ['completeness=95'] });
  const [line] = await readProvenance(directory, 1);
  expect(line!.members[1]!.path).toContain('00010');
  expect(await second()).not.toEqual(before);
  // Its scores of the first run are known, its pixels are not in the dataset any more.
  await run({ ...channels, rescreen: true });
  expect(await second()).toEqual(before);
});

test('a rehearsal refuses what the run would refuse', async () => {
  const rehearse = (options: Record<string, unknown>) =>
    curate(curateOptions.parse({ rescreen: true, ...options }), {
      workspace,
      effects: quietEffects(),
      dryRun: true,
    });
  await expect(rehearse({})).rejects.toThrow('no dataset to decide anew on');
  await run();
  await expect(rehearse({ size: 32 })).rejects.toThrow('pixels depend on size');
});

test('what pixels depend on cannot be changed so', async () => {
  await expect(run({ rescreen: true })).rejects.toThrow('no dataset to decide anew on');
  await run();
  await expect(run({ rescreen: true, size: 32 })).rejects.toThrow('pixels depend on size');
});

test('a swap that was broken off is finished, one that was not begun is forgotten', async () => {
  const { directory } = await run();
  const hidden = (suffix: string) => join(workspace.datasets, `.aia-193.${suffix}`);
  const catalog = openCatalog(workspace.catalog);
  const verdicts = [...catalog.verdicts('aia-193')].map((verdict) => ({ ...verdict, by: 'later' }));
  renameSync(directory, hidden('next'));
  await finishSwap(directory, catalog);
  expect(existsSync(directory)).toBe(false);
  catalog.close();

  await run({ name: 'again' });
  renameSync(join(workspace.datasets, 'again'), hidden('next'));
  writeFileSync(hidden('swap.json'), JSON.stringify(verdicts));
  const reopened = openCatalog(workspace.catalog);
  await finishSwap(directory, reopened);
  expect([...reopened.verdicts('aia-193')][0]!.by).toBe('later');
  reopened.close();
  expect(existsSync(join(directory, 'manifest.json'))).toBe(true);
  expect(readdirSync(workspace.datasets).filter((name) => /next|old|swap/.test(name))).toEqual([]);
});
