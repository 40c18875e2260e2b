import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ingest, verifyFrames, verifyFramesOptions } from '../../src/ingest/index.ts';
import { frameBytes } from './frames.ts';
import { audit, fastEffects, options, type TestWorkspace, temporaryWorkspace } from './workspace.ts';

let workspace: TestWorkspace;
let folder: string;

beforeEach(async () => {
  workspace = temporaryWorkspace();
  folder = mkdtempSync(join(tmpdir(), 'sungan-verify-'));
  for (let day = 1; day <= 6; day++) {
    const wavelength = day < 5 ? 193 : 171;
    writeFileSync(join(folder, `${day}.fits`), frameBytes({ time: `2017-01-0${day}T00:00:00Z`, wavelength }));
  }
  await adopt();
});

afterEach(() => {
  workspace.remove();
  rmSync(folder, { recursive: true });
});

const adopt = () => ingest(options({ source: 'files', path: folder }), { workspace, effects: fastEffects() });
const verify = (given: object = {}) =>
  verifyFrames(verifyFramesOptions.parse(given), { workspace, effects: fastEffects() });
const pathOf = (day: number) => join(workspace.root, `raw/files/aia.lev1.5s/2017/01/0${day}/${day}.fits`);

/** One bit of a file turned, its size as before. The file that was adopted may be the same one by another name. */
function spoil(path: string): Buffer {
  const bytes = readFileSync(path);
  bytes[bytes.length - 100]! ^= 1;
  rmSync(path);
  writeFileSync(path, bytes);
  return bytes;
}

test('a turned bit, a shorter file and a lost one are found; nothing is changed', async () => {
  expect(await verify()).toMatchObject({ files: 6, faulty: [] });
  spoil(pathOf(1));
  truncateSync(pathOf(2), 2880);
  rmSync(pathOf(3));
  const { files, faulty } = await verify();
  expect(files).toBe(6);
  expect(faulty.map(({ slot, fault, repaired }) => [slot.slice(0, 10), fault, repaired])).toEqual([
    ['2017-01-01', 'damaged', false],
    ['2017-01-02', 'damaged', false],
    ['2017-01-03', 'lost', false],
  ]);
  expect(faulty[0]!.detail).toMatch(/^SHA-256 [0-9a-f]{64} instead of [0-9a-f]{64}$/);
  expect(faulty[1]!.detail).toMatch(/^2880 bytes instead of \d+$/);
  workspace.withCatalog((catalog) => {
    expect(catalog.frames({}).every(({ state }) => state === 'stored')).toBe(true);
  });
});

test('only what was asked for is read', async () => {
  expect((await verify({ wavelength: 171 })).files).toBe(2);
  expect((await verify({ from: '2017-01-02', to: '2017-01-04' })).files).toBe(2);
  expect((await verify({ source: 'synoptic' })).files).toBe(0);
  await expect(verify({ from: '2017-01-04', to: '2017-01-02' })).rejects.toMatchObject({ where: '--to' });
  await expect(verify({ from: 'noon' })).rejects.toMatchObject({ kind: 'usage', where: '--from' });
});

test('with --repair the next run of ingest brings them again, and nothing is thrown away', async () => {
  const whole = readFileSync(pathOf(1));
  const damaged = spoil(pathOf(1));
  rmSync(pathOf(3));
  const { faulty } = await verify({ repair: true });
  expect(faulty.map(({ repaired }) => repaired)).toEqual([true, true]);
  expect(existsSync(pathOf(1))).toBe(false);
  const kept = join(workspace.root, 'damaged/raw/files/aia.lev1.5s/2017/01/01/1.fits');
  expect(readFileSync(kept)).toEqual(damaged);
  workspace.withCatalog((catalog) => {
    const reasons = catalog.frames({ states: ['expected'] }).map(({ reason }) => reason);
    expect(reasons).toEqual([expect.stringMatching(/^damaged: SHA-256/), 'lost: there is no such file']);
  });
  expect(await verify()).toMatchObject({ files: 4, faulty: [] });
  expect(await adopt()).toMatchObject({ stored: 2, already: 4 });
  expect(readFileSync(pathOf(1))).toEqual(whole);
  expect(await verify()).toMatchObject({ files: 6, faulty: [] });
  rmSync(join(workspace.root, 'damaged'), { recursive: true });
  expect(audit(workspace)).toEqual([]);
});

test('a workspace without a catalog is told, and none is made', async () => {
  const elsewhere = temporaryWorkspace();
  const work = verifyFrames(verifyFramesOptions.parse({}), { workspace: elsewhere, effects: fastEffects() });
  await expect(work).rejects.toMatchObject({ message: 'there is no catalog yet' });
  expect(existsSync(elsewhere.catalog)).toBe(false);
  elsewhere.remove();
});
