import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { quietEffects } from '../../src/core/effects.ts';
import type { Workspace } from '../../src/core/workspace.ts';
import { empiricalFactor, fitDegradation } from '../../src/curate/calibrate/empirical.ts';
import { parsePointingTable, pointingAt } from '../../src/curate/calibrate/pointing-table.ts';
import { degradationFactor, parseResponseTable } from '../../src/curate/calibrate/response-table.ts';
import { curate, curateOptions, openDataset } from '../../src/curate/index.ts';
import { readProvenance } from '../../src/curate/provenance.ts';
import { card, writeImage } from '../../src/fits/index.ts';
import { createRandom } from '../../src/numeric/index.ts';
import { addFrame, drawSun, enter, frameHeader, temporaryWorkspace } from './support.ts';

let workspace: Workspace;
let remove: () => void;
beforeEach(() => {
  ({ workspace, remove } = temporaryWorkspace());
});
afterEach(() => remove());

const run = (options: Record<string, unknown> = {}) =>
  curate(curateOptions.parse(options), { workspace, effects: quietEffects() });

const POINTING = `T_START,T_STOP,A_094_X0,A_094_Y0,A_094_IMSCALE,A_094_INSTROT,A_193_X0,A_193_Y0,A_193_IMSCALE,A_193_INSTROT
2017-01-01T00:00:00Z,2017-01-01T03:00:00Z,2050.1,2040.2,0.5999,0.02,2041.73,2039.8,0.600714,0.0577
2017-01-01T03:00:00Z,2017-01-01T06:00:00Z,2050.1,2040.2,0.5999,0.02,2042.73,2037.8,0.6008,0.1577
2017-01-01T06:00:00Z,2017-01-01T09:00:00Z,2050.1,2040.2,0.5999,0.02,,,,
`;

describe('the pointing table', () => {
  const table = parsePointingTable(POINTING, 'test');
  const at = (time: string) => pointingAt(table, Date.parse(time))?.channels['193'];

  test('a row holds from its start up to its stop', () => {
    expect(at('2017-01-01T02:59:59Z')?.x0).toBe(2041.73);
    expect(at('2017-01-01T03:00:00Z')?.x0).toBe(2042.73);
    expect(at('2016-12-31T23:59:59Z')).toBeUndefined();
    expect(at('2017-01-01T09:00:00Z')).toBeUndefined();
    expect(at('2017-01-01T06:00:00Z')?.x0).toBeNaN();
  });

  test('anything else is refused', () => {
    expect(() => parsePointingTable('a,b\n1,2\n', 'table.csv')).toThrow('T_START');
  });

  test('moves, scales and turns level 1 frames; the step is in their provenance', async () => {
    const path = join(workspace.root, 'pointing.csv');
    writeFileSync(path, POINTING);
    const header = { LVL_NUM: 1, X0_MP: 2041.73, Y0_MP: 2039.8, SAT_ROT: -0.0002 };
    for (const slot of ['2017-01-01T04:00:00Z', '2017-01-01T07:00:00Z', '2017-01-01T12:00:00Z']) {
      addFrame(workspace, { slot, size: 128, header });
    }
    const { directory, count } = await run({ pointing: 'table', pointingTable: path, limit: ['centre=1'] });
    expect(count).toBe(3);
    const [moved, empty, beyond] = await readProvenance(directory, 3);
    expect(moved!.members[0]!.steps).toEqual([
      'exposure 1.999657 s to 2 s',
      'pointing table, row of 2017-01-01T03:00:00.000Z',
      expect.stringContaining('registered: turned by 0.1575 deg, 19.2256" to 19.2" a pixel'),
    ]);
    expect(empty!.members[0]!.steps).toHaveLength(2);
    expect(empty!.members[0]!.steps[1]).toContain('of the header where it has no value');
    expect(beyond!.members[0]!.steps[1]).toContain('no row for this time');
  });
});

test('a synoptic frame is registered, also where its header has no level', async () => {
  const path = join(workspace.root, 'pointing.csv');
  writeFileSync(path, POINTING);
  addFrame(workspace, { slot: '2017-01-01T04:00:00Z' });
  const { directory } = await run({ pointing: 'table', pointingTable: path });
  expect((await readProvenance(directory, 1))[0]!.members[0]!.steps).toHaveLength(1);
});

test('a pointing table without the channel is refused: the set would say that it was used', async () => {
  const path = join(workspace.root, 'pointing.csv');
  writeFileSync(path, POINTING);
  addFrame(workspace, {
    slot: '2017-01-01T04:00:00Z',
    header: { WAVELNTH: 131, EXPTIME: 2.9, AIMGSHCE: 2900 },
  });
  await expect(run({ wavelength: 131, pointing: 'table', pointingTable: path })).rejects.toMatchObject({
    message: expect.stringContaining('nothing of 131 angstrom'),
    where: path,
  });
});

const RESPONSE = `# comment
DATE T_START T_STOP VER_NUM WAVE_STR WAVELNTH EPERDN DNPERPHT EFF_AREA EFF_WVLN EFFA_P1 EFFA_P2 EFFA_P3 RMSE
2020-11-19T19:00:00 2010-05-01T00:00:00.000 2012-01-01T00:00:00.000 10 193_THIN 193 18.3 0.96 2.0 193.5 -1.0E-4 0.0 0.0 0.01
2020-11-19T19:00:00 2012-01-01T00:00:00.000 2014-01-01T00:00:00.000 10 193_THIN 193 18.3 0.96 1.8 193.5 -2.0E-4 1.0E-7 0.0 0.01
2020-11-19T19:00:00 2010-05-01T00:00:00.000 2014-01-01T00:00:00.000 9 193_THIN 193 18.3 0.96 1.0 193.5 0 0 0 0.01
2020-11-19T19:00:00 2010-05-01T00:00:00.000 2014-01-01T00:00:00.000 10 1600 1600 18.3 0.12 1.0 1600 0 0 0 0.01
`;

describe('the response table', () => {
  const epochs = parseResponseTable(RESPONSE, 'test');
  const factor = (wavelength: number, time: string) =>
    degradationFactor(epochs, wavelength, Date.parse(time));

  test('the last epoch that has begun counts, relative to the first', () => {
    expect(factor(193, '2010-05-01T00:00:00Z')).toBe(1);
    expect(factor(193, '2010-08-09T00:00:00Z')).toBeCloseTo(1 - 0.01, 12);
    expect(factor(193, '2012-04-10T00:00:00Z')).toBeCloseTo(0.9 * (1 - 0.02 + 0.001), 12);
    expect(factor(1600, '2013-01-01T00:00:00Z')).toBe(1);
    expect(factor(211, '2013-01-01T00:00:00Z')).toBeUndefined();
    expect(factor(193, '2010-04-01T00:00:00Z')).toBeUndefined();
  });

  test('pixels are divided by what is left, and the set remembers the table', async () => {
    const path = join(workspace.root, 'response.txt');
    writeFileSync(path, RESPONSE);
    const slot = '2012-04-10T00:00:00Z';
    addFrame(workspace, { slot });
    const corrected = await run({ degradation: 'v10', responseTable: path, name: 'v10' });
    const plain = await run({ name: 'plain' });
    const level = async (directory: string) => {
      const dataset = await openDataset(directory);
      return dataset.transform.inverse(await dataset.readFloat(4, [0]))[5]!;
    };
    expect((await level(corrected.directory)) / (await level(plain.directory))).toBeCloseTo(
      1 / (0.9 * 0.981),
      3,
    );
    writeFileSync(path, `${RESPONSE}\n# newer\n`);
    await expect(run({ degradation: 'v10', responseTable: path, name: 'v10' })).rejects.toThrow(
      'responseTableSha256',
    );
    await expect(run({ degradation: 'v10', name: 'other' })).rejects.toThrow(
      "'response' is not in the cache",
    );
  });

  test('a table without the channel is refused: the set would say that it is corrected', async () => {
    const path = join(workspace.root, 'response.txt');
    writeFileSync(path, RESPONSE);
    addFrame(workspace, {
      slot: '2012-04-10T00:00:00Z',
      header: { WAVELNTH: 211, EXPTIME: 2.9, AIMGSHCE: 2900 },
    });
    const given = { wavelength: 211, degradation: 'v10', responseTable: path };
    await expect(run(given)).rejects.toMatchObject({
      message: expect.stringContaining('no version 10 epochs of 211'),
      where: path,
    });
  });
});

describe('the empirical degradation', () => {
  test('finds the decay below activity that comes and goes', () => {
    const random = createRandom(4);
    const year = 365.25 * 86_400_000;
    const start = Date.parse('2012-01-01T00:00:00Z');
    const levels = Array.from({ length: 2000 }, (_, i) => {
      const t = i / 400;
      const activity = Math.max(0, random.normal()) * 0.3;
      return { timeMs: start + t * year, value: 150 * Math.exp(-0.12 * t + 0.01 * t * t) * (1 + activity) };
    });
    const fit = fitDegradation(levels, '193');
    const sensitivity = (years: number) => empiricalFactor(fit, fit.referenceMs + years * year);
    expect(sensitivity(0)).toBe(1);
    expect(sensitivity(4)).toBeCloseTo(Math.exp(-0.12 * 4 + 0.01 * 16), 1);
  });

  test('a short time is refused', async () => {
    addFrame(workspace, { slot: '2012-04-10T00:00:00Z' });
    await expect(run({ degradation: 'empirical' })).rejects.toThrow('too few');
  });
});

test('--respike puts back what despiking took', async () => {
  const slot = '2017-01-01T00:00:00Z';
  const header = frameHeader({ slot, header: { LVL_NUM: 1 } });
  const cards = Object.entries(header).map(([keyword, value]) => card(keyword, value));
  const data = Int16Array.from(drawSun(64, 1), Math.round);
  const bytes = writeImage({ width: 64, height: 64, data, cards, blank: -32768, compression: 'RICE_1' });
  enter(workspace, { slot, product: 'aia.lev1' }, bytes, header, 64);
  // The path that `enter` chose, renamed as exports are.
  const { openCatalog } = await import('../../src/catalog/index.ts');
  const catalog = openCatalog(workspace.catalog);
  const frame = catalog.frame(1)!;
  const path = 'raw/lev1/aia.lev1_euv_12s.193.image_lev1.fits';
  mkdirSync(join(workspace.root, 'raw/lev1'), { recursive: true });
  writeFileSync(join(workspace.root, path), bytes);
  catalog.recordStored(1, { ...frame, path, bytes: bytes.length, header } as never);
  catalog.close();
  const spikes = Int32Array.of(2080, 2081, 16000, 15000);
  const spikeFile = writeImage({ width: 2, height: 2, data: spikes, compression: 'RICE_1' });
  writeFileSync(join(workspace.root, path.replace('image_lev1', 'spikes')), spikeFile);

  const { directory } = await run({ respike: true });
  const dataset = await openDataset(directory);
  const linear = dataset.transform.inverse(await dataset.readFloat(64, [0]));
  expect(linear[2080]! / 16000).toBeCloseTo(1, 2);
  expect((await readProvenance(directory, 1))[0]!.members[0]!.steps).toContain('respiked: 2 pixels');
});
