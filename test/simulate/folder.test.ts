import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { quietEffects } from '../../src/core/effects.ts';
import { contentsOf, type Label, simulateFolder, simulateOptions } from '../../src/simulate/index.ts';

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
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /^[^.].*\.\w+$/.test(name));
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

test('runs of neighbouring ranges at the same time lose no labels', async () => {
  const days = ['01', '02', '03', '04', '05'];
  await Promise.all(
    days.slice(0, -1).map((day, i) => {
      const range = { from: `2014-01-${day}`, to: `2014-01-${days[i + 1]!}`, cadence: '12h', size: 16 };
      return simulateFolder(options({ ...range, faults: 0, absent: 0 }), folder, quietEffects());
    }),
  );
  expect(truth().frames).toHaveLength(8);
});

test.each(['null', '[]', '{"recipe":', '{"recipe":{},"frames":7}'])(
  'a labels.json that holds %s is told, and stays',
  async (text) => {
    const path = join(folder, 'labels.json');
    writeFileSync(path, text);
    await expect(simulateFolder(options(), folder, quietEffects())).rejects.toMatchObject({
      kind: 'format',
      where: path,
    });
    expect(readFileSync(path, 'utf8')).toBe(text);
  },
);

test('what cannot be written to is told as such', async () => {
  writeFileSync(join(folder, 'file'), '');
  const run = simulateFolder(options(), join(folder, 'file'), quietEffects());
  await expect(run).rejects.toMatchObject({ name: 'SunganError', kind: 'io' });
  mkdirSync(join(folder, 'other', 'labels.json'), { recursive: true });
  const other = simulateFolder(options(), join(folder, 'other'), quietEffects());
  await expect(other).rejects.toMatchObject({
    name: 'SunganError',
    where: join(folder, 'other', 'labels.json'),
  });
});

describe('what is asked for', () => {
  test.each([
    ['a range between two slots', { from: '2014-01-01T00:01:00Z', to: '2014-01-01T05:00:00Z' }, 'no slot'],
    ['a cadence longer than the range', { cadence: '100000d' }, 'no slot'],
    ['no channel', { wavelength: [] }, 'no channel'],
    ['parts of seconds', { level: '1', cadence: '12.3456s', to: '2014-01-01T01:00:00Z' }, 'fractions'],
    [
      'years of every exposure',
      { level: '1', cadence: '12s', from: '2010-05-13', to: '2025-01-01' },
      'more than',
    ],
  ])('%s is refused', (_, changes, message) => {
    expect(() => contentsOf(options(changes))).toThrow(message);
  });

  test('a cadence of 1.1 hours is 66 minutes', () => {
    expect(contentsOf(options({ cadence: '1.1h' })).cadenceMs).toBe(66 * 60_000);
  });

  test('a channel named twice is one channel', async () => {
    const twice = options({ wavelength: [193, 193], faults: 0, absent: 0, size: 16 });
    expect(await simulateFolder(twice, folder, quietEffects())).toMatchObject({ written: 4, kept: 0 });
  });
});
