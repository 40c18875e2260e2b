/** Which frames make a picture: cubes of several channels, places on a grid of times, stand-ins, lists of bad times. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openCatalog } from '../../src/catalog/index.ts';
import { quietEffects } from '../../src/core/effects.ts';
import type { Workspace } from '../../src/core/workspace.ts';
import { curate, curateOptions, openDataset } from '../../src/curate/index.ts';
import { reasonsOf } from '../../src/curate/rules/index.ts';
import { addFrame, drawSun, temporaryWorkspace } from './support.ts';

let workspace: Workspace;
let remove: () => void;
beforeEach(() => {
  ({ workspace, remove } = temporaryWorkspace());
});
afterEach(() => remove());

const at = (hours: number, minutes = 0) =>
  new Date(Date.UTC(2017, 0, 1, hours, minutes)).toISOString().replace('.000Z', 'Z');
const run = (options: Record<string, unknown> = {}) =>
  curate(curateOptions.parse(options), { workspace, effects: quietEffects() });
const BAD = { QUALITY: 0x2000 };

function reasons(dataset: string): Record<string, string> {
  const catalog = openCatalog(workspace.catalog);
  const rows = [...catalog.verdicts(dataset)].map(({ frameId, scores }) => {
    const { slot, wavelength } = catalog.frame(frameId)!;
    return [`${wavelength} ${slot.slice(11, 16)}`, reasonsOf(scores).join('; ')];
  });
  catalog.close();
  return Object.fromEntries(rows);
}

describe('several channels', () => {
  const header = (wavelength: number, more = {}) => ({ WAVELNTH: wavelength, EXPTIME: 2, ...more });

  test('the nearest good frame of each channel joins the first, and incomplete times are told', async () => {
    for (const hours of [0, 6, 12])
      addFrame(workspace, { slot: at(hours), header: header(193), seed: 10 + hours });
    addFrame(workspace, { slot: at(0, 4), header: header(171), seed: 2 });
    addFrame(workspace, { slot: at(6, 2), header: header(171, BAD), seed: 3 });
    addFrame(workspace, { slot: at(6, 8), header: header(171), seed: 4 });
    addFrame(workspace, { slot: at(12, 30), header: header(171), seed: 5 });
    const { directory, dataset: name, count } = await run({ wavelength: [193, 171] });
    expect(name).toBe('aia-193-171');
    expect(count).toBe(2);
    const dataset = await openDataset(directory);
    expect(dataset.channels).toEqual(['193', '171']);
    const pixels = await dataset.read(64, [1]);
    expect(pixels.length).toBe(2 * 64 * 64);
    const second = dataset.transforms[1]!.inverse(await dataset.readFloat(64, [1])).subarray(64 * 64);
    const expected = drawSun(64, 4);
    const middle = 32 * 64 + 32;
    expect(second[middle]! / expected[middle]!).toBeCloseTo(1, 2);
    expect(reasons(name)).toEqual({
      '193 00:00': '',
      '171 00:04': '',
      '193 06:00': '',
      '171 06:08': '',
      '193 12:00': 'companions (171: no frame within 600 s)',
    });
  });

  test('a bad companion is the reason', async () => {
    addFrame(workspace, { slot: at(0), header: header(193) });
    addFrame(workspace, { slot: at(0, 1), header: header(171, BAD) });
    await run({ wavelength: [193, 171] });
    expect(reasons('aia-193-171')).toMatchObject({
      '193 00:00': 'companions (171: quality)',
      '171 00:01': 'quality (QUALITY 0x00002000: eclipse)',
    });
  });

  test.each([{}, { cadence: '6h' }])('a companion that comes later brings its time in: %o', async (more) => {
    for (const hours of [0, 6])
      addFrame(workspace, { slot: at(hours), header: header(193), seed: 10 + hours });
    addFrame(workspace, { slot: at(6), header: header(171) });
    const options = { wavelength: [193, 171], ...more };
    expect(await run(options)).toMatchObject({ considered: 3, count: 1 });
    expect(await run(options)).toMatchObject({ considered: 0, changed: false });
    addFrame(workspace, { slot: at(0, 1), header: header(171) });
    expect(await run(options)).toMatchObject({ considered: 2, count: 2 });
    expect(reasons('aia-193-171')['193 00:00']).toBe('');
    expect(await run(options)).toMatchObject({ considered: 0, count: 2 });
  });

  test('a companion of two times is in the dataset when one of them is', async () => {
    for (const minutes of [0, 6, 12])
      addFrame(workspace, {
        slot: at(0, minutes),
        header: header(193),
        brightness: minutes === 0 ? 1 : 0.02,
      });
    addFrame(workspace, { slot: at(0, 3), header: header(171), seed: 2 });
    expect(await run({ wavelength: [193, 171] })).toMatchObject({ count: 1 });
    expect(reasons('aia-193-171')['171 00:03']).toBe('');
    addFrame(workspace, { slot: at(0, 9), header: header(193), brightness: 0.03 });
    expect(await run({ wavelength: [193, 171] })).toMatchObject({ count: 1 });
    expect(reasons('aia-193-171')['171 00:03']).toBe('');
  });

  test('a magnetogram is a channel with its own transform, upside down frames turned', async () => {
    addFrame(workspace, { slot: at(0), header: header(193) });
    const hmi = {
      WAVELNTH: 6173,
      CROTA2: 180,
      QUALITY: 0x400,
      T_OBS: '2017.01.01_00:01:37_TAI',
      EXPTIME: null,
    };
    addFrame(workspace, { slot: at(0, 1), product: 'hmi.M_720s', header: hmi, seed: 9, brightness: 0.1 });
    const { directory } = await run({ with: ['hmi-m'] });
    const dataset = await openDataset(directory);
    expect(dataset.channels).toEqual(['193', 'hmi-m']);
    expect(dataset.transforms.map((transform) => transform.name)).toEqual(['log1p', 'signed-log']);
    const field = dataset.transforms[1]!.inverse((await dataset.readFloat(64, [0])).subarray(64 * 64));
    const turned = drawSun(64, 9, 0.1).reverse();
    const middle = 20 * 64 + 40;
    expect(field[middle]! / turned[middle]!).toBeCloseTo(1, 2);
  });
});

describe('a grid of times', () => {
  test('--cadence takes one frame a place', async () => {
    for (let hours = 0; hours < 12; hours++) addFrame(workspace, { slot: at(hours) });
    const { directory } = await run({ cadence: '6h' });
    expect((await openDataset(directory)).frames.map((frame) => frame.time.slice(11, 16))).toEqual([
      '00:00',
      '06:00',
    ]);
  });

  test('--substitute takes the nearest good neighbour of a bad or absent frame', async () => {
    addFrame(workspace, { slot: at(0), header: BAD });
    addFrame(workspace, { slot: at(0, 4), header: BAD });
    addFrame(workspace, { slot: at(0, 10) });
    addFrame(workspace, { slot: at(0, 12) });
    addFrame(workspace, { slot: at(5, 56) });
    addFrame(workspace, { slot: at(12, 20) });
    const options = { cadence: '6h', substitute: '15m' };
    const { directory, count } = await run(options);
    expect(count).toBe(2);
    const frames = () =>
      openDataset(directory).then(({ frames: all }) => all.map(({ time }) => time.slice(11, 16)));
    expect(await frames()).toEqual(['00:10', '05:56']);
    // A place that is filled stays so when its own frame comes late.
    addFrame(workspace, { slot: at(6) });
    expect(await run(options)).toMatchObject({ considered: 0, count: 2 });
    await expect(run({ name: 'other', substitute: '15m' })).rejects.toThrow('stand-ins need places');
  });

  test('further runs take nothing that one run would not', async () => {
    addFrame(workspace, { slot: at(0), header: BAD });
    addFrame(workspace, { slot: at(0, 1) });
    addFrame(workspace, { slot: at(0, 2), header: BAD });
    addFrame(workspace, { slot: at(6) });
    expect(await run({ cadence: '6h' })).toMatchObject({ considered: 2, count: 1 });
    expect(await run({ cadence: '6h' })).toMatchObject({ considered: 0, count: 1, changed: false });
    expect(await run({ cadence: '6h' })).toMatchObject({ considered: 0, count: 1 });
  });

  test('a new frame nearer to its place is looked at, one farther away is not', async () => {
    addFrame(workspace, { slot: at(0, 1), header: BAD });
    addFrame(workspace, { slot: at(6) });
    await run({ cadence: '6h' });
    addFrame(workspace, { slot: at(0, 2) });
    expect(await run({ cadence: '6h' })).toMatchObject({ considered: 0, count: 1 });
    addFrame(workspace, { slot: at(0) });
    expect(await run({ cadence: '6h' })).toMatchObject({ considered: 1, count: 2 });
  });

  test('stand-ins from afar do not keep the next place empty', async () => {
    const options = { cadence: '1h', substitute: '1h' };
    for (const hours of [0, 1]) addFrame(workspace, { slot: at(hours) });
    await run(options);
    for (const hours of [2, 3]) addFrame(workspace, { slot: at(hours) });
    expect(await run(options)).toMatchObject({ considered: 2, count: 4 });
  });

  test('a stand-in takes the place of a frame whose pixels are bad', async () => {
    addFrame(workspace, { slot: at(6), brightness: 0 });
    addFrame(workspace, { slot: at(6, 6) });
    const { reasons: found, count } = await run({ cadence: '6h', substitute: '15m' });
    expect(found).toEqual({ dark: 1 });
    expect(count).toBe(1);
  });
});

describe('times that are known to be bad', () => {
  test('a block list rejects, with its reason', async () => {
    addFrame(workspace, { slot: at(0) });
    addFrame(workspace, { slot: at(3) });
    const blockList = join(workspace.root, 'bad.txt');
    writeFileSync(blockList, `# found by eye\n2017-01-01T02:00 2017-01-01T04:00 193,171 # streaks\n`);
    await run({ blockList });
    expect(reasons('aia-193')).toEqual({ '193 00:00': '', '193 03:00': 'blocked (streaks)' });
    writeFileSync(blockList, '2017-01-01 2017-01-02 171,195');
    await expect(run({ blockList, name: 'b' })).rejects.toMatchObject({
      message: expect.stringContaining("no channel '195'"),
      where: `${blockList}, line 1`,
    });
    writeFileSync(blockList, 'yesterday');
    await expect(run({ blockList, name: 'b' })).rejects.toMatchObject({
      where: expect.stringContaining('line 1'),
    });
  });

  test('known events explain and do not reject', async () => {
    addFrame(workspace, { slot: at(3) });
    addFrame(workspace, { slot: at(3, 30), header: BAD });
    addFrame(workspace, { slot: at(5), header: BAD });
    const catalog = openCatalog(workspace.catalog);
    const event = { source: 'list', start: at(2), end: at(4), instrument: 'SDO', comment: 'eclipse' };
    catalog.recordEvents([event, { ...event, instrument: 'HMI', comment: 'roll' }]);
    catalog.close();
    const summary = await run();
    expect(summary).toMatchObject({ accepted: 1, rejected: 2, explained: 1 });
    const card = readFileSync(join(summary.directory, 'card.md'), 'utf8');
    expect(card).toContain('1 of the rejected lie in events');
    expect(card).toMatch(/03:30:00Z: quality .*; known event: SDO: eclipse/);
    const again = openCatalog(workspace.catalog);
    const score = [...again.verdicts('aia-193')][0]!.scores.find(({ rule }) => rule === 'known-event');
    again.close();
    expect(score).toMatchObject({ score: 1, passed: true, note: 'SDO: eclipse' });
  });

  test('--limit moves the limit of a rule', async () => {
    addFrame(workspace, { slot: at(0), header: { PERCENTD: 98 } });
    expect(await run()).toMatchObject({ accepted: 0 });
    expect(await run({ name: 'loose', limit: ['completeness=95'] })).toMatchObject({ accepted: 1 });
    await expect(run({ limit: ['completness=95'] })).rejects.toThrow("no rule 'completness'");
  });
});
