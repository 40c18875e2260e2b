import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { quietEffects } from '../../src/core/effects.ts';
import { type Label, simulateFolder, simulateOptions } from '../../src/simulate/index.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sungan-simulate-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const options = (changes = {}) =>
  simulateOptions.parse({
    from: '2014-01-01',
    to: '2014-01-02',
    cadence: '6h',
    size: 32,
    faults: 0.3,
    absent: 0.1,
    seed: 5,
    ...changes,
  });
const files = () =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /\.\w+$/.test(name));
const truth = () =>
  JSON.parse(readFileSync(join(folder, 'labels.json'), 'utf8')) as { simulated: boolean; frames: Label[] };

test('writes the archive layout and the truth beside it', async () => {
  const report = await simulateFolder(options(), folder, quietEffects());
  const { simulated, frames } = truth();
  expect(simulated).toBe(true);
  expect(frames).toHaveLength(4);
  const expected = frames.filter(({ fault }) => fault !== 'absent').map(({ path }) => path);
  expect(files().sort()).toEqual([...expected, 'labels.json'].sort());
  expect(report).toMatchObject({ written: expected.length, kept: 0 });
});

test('a second run writes nothing, a longer one adds', async () => {
  await simulateFolder(options(), folder, quietEffects());
  const again = await simulateFolder(options(), folder, quietEffects());
  expect(again.written).toBe(0);
  await simulateFolder(options({ from: '2014-01-02', to: '2014-01-03' }), folder, quietEffects());
  expect(truth().frames).toHaveLength(8);
});

test('a stopped run leaves whole files and is completed by the next', async () => {
  const controller = new AbortController();
  let advanced = 0;
  const effects = quietEffects({
    signal: controller.signal,
    progress: () => ({ advance: () => ++advanced === 1 && controller.abort(), done() {} }),
  });
  await expect(simulateFolder(options({ absent: 0 }), folder, effects)).rejects.toMatchObject({
    kind: 'interrupted',
  });
  expect(files().filter((name) => name.endsWith('.part'))).toEqual([]);
  const report = await simulateFolder(options({ absent: 0 }), folder, quietEffects());
  expect(report).toMatchObject({ written: 3, kept: 1 });
});

test('frames of other options do not mix', async () => {
  await simulateFolder(options(), folder, quietEffects());
  await expect(simulateFolder(options({ seed: 6 }), folder, quietEffects())).rejects.toThrow('other options');
});

test('level 1 and HMI have their own places', async () => {
  await simulateFolder(
    options({ level: '1', faults: 0, absent: 0, to: '2014-01-01T01:00:00Z' }),
    folder,
    quietEffects(),
  );
  await simulateFolder(
    options({ product: 'hmi', faults: 0, absent: 0, to: '2014-01-01T01:00:00Z' }),
    folder,
    quietEffects(),
  );
  expect(
    files()
      .filter((name) => name.endsWith('.fits'))
      .sort(),
  ).toEqual([
    'data/aia/lev1/2014/01/01/aia.lev1_euv_12s.2014-01-01T000000Z.193.image_lev1.fits',
    'data/hmi/fits/2014/01/01/hmi.M_720s.20140101_000000_TAI.fits',
  ]);
});

test('no two frames share a file, and so its truth', async () => {
  const close = { cadence: '30s', to: '2014-01-01T00:02:00Z', faults: 0, absent: 0 };
  await expect(simulateFolder(options(close), folder, quietEffects())).rejects.toMatchObject({
    where: '--cadence',
  });
  const { written, labels } = await simulateFolder(options({ ...close, level: '1' }), folder, quietEffects());
  expect(written).toBe(4);
  expect(new Set(labels.map(({ path }) => path)).size).toBe(4);
});
