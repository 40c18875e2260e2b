import { describe, expect, test } from 'vitest';
import { FAULTS, planFault } from '../../src/simulate/faults/index.ts';
import { FAULT_NAMES, makeFrame, renderSun } from '../../src/simulate/index.ts';
import { labelOf } from '../../src/simulate/labels.ts';
import { nominalObservation } from '../../src/simulate/observation.ts';
import { plannedFrames, requireContents } from '../../src/simulate/plan.ts';
import { frame, idOf, mean, ringMedian, SEED, STEP_MS } from './support.ts';

const ID = idOf('2014-01-02T06:00:00Z');
const SIZE = 96;
const good = frame(ID, SIZE);
const quality = (header: Record<string, unknown>) => (header['QUALITY'] as number) >>> 0;
const share = (data: Float32Array, test: (value: number, index: number) => boolean) =>
  data.reduce((count, value, index) => count + (test(value, index) ? 1 : 0), 0) / data.length;

/** High-frequency content: mean absolute difference of horizontal neighbours. */
function roughness(data: Float32Array): number {
  let sum = 0;
  for (let i = 1; i < data.length; i++) sum += Math.abs(data[i]! - data[i - 1]!);
  return sum / data.length;
}

describe('what each fault does to pixels and header', () => {
  test('a good frame is clean', () => {
    expect(quality(good.header)).toBe(0);
    expect(good.header).toMatchObject({
      ACS_MODE: 'SCIENCE',
      ACS_ECLP: 'NO',
      IMG_TYPE: 'LIGHT',
      AISTATE: 'CLOSED',
      MISSVALS: 0,
    });
  });

  test('eclipse: dark on one side', () => {
    const bad = frame(ID, SIZE, 'eclipse');
    expect(quality(bad.header) & 0x2000).toBe(0x2000);
    expect(bad.header['ACS_ECLP']).toBe('YES');
    expect(share(bad.data, (value, i) => good.data[i]! > 50 && value < 0.1 * good.data[i]!)).toBeGreaterThan(
      0.03,
    );
  });

  test('lunar transit: black with a sharp edge', () => {
    const bad = frame(ID, SIZE, 'lunar-transit');
    expect(quality(bad.header) & 0x1000000).toBe(0x1000000);
    expect(share(bad.data, (value, i) => good.data[i]! > 50 && value < 0.02 * good.data[i]!)).toBeGreaterThan(
      0.03,
    );
    expect(quality(frame(ID, SIZE, 'lunar-transit', false).header)).toBe(0);
  });

  test('off-point: the Sun is not where the header says', () => {
    const bad = frame(ID, SIZE, 'off-point');
    expect(quality(bad.header) & 0x1000).toBe(0x1000);
    expect(bad.header['ACS_MODE']).not.toBe('SCIENCE');
    expect(bad.header['CRPIX1']).toBe(good.header['CRPIX1']);
    const centroid = (data: Float32Array) => {
      let [x, y, total] = [0, 0, 0];
      data.forEach((value, i) => {
        const lit = value > 30 ? 1 : 0;
        x += lit * (i % SIZE);
        y += lit * Math.floor(i / SIZE);
        total += lit;
      });
      return [x / total, y / total] as const;
    };
    const [a, b] = [centroid(good.data), centroid(bad.data)];
    expect(Math.hypot(a[0] - b[0], a[1] - b[1])).toBeGreaterThan(2);
  });

  test('dark: noise only', () => {
    const bad = frame(ID, SIZE, 'dark');
    expect(quality(bad.header) & 0x10000).toBe(0x10000);
    expect(bad.header['IMG_TYPE']).toBe('DARK');
    expect(Math.max(...bad.data)).toBeLessThan(28);
    expect(frame(ID, SIZE, 'dark', false).header['IMG_TYPE']).toBe('LIGHT');
  });

  test('short exposure: keywords and brightness agree, quality says nothing', () => {
    const bad = frame(ID, SIZE, 'short-exposure');
    const ratio = (bad.header['EXPTIME'] as number) / (good.header['EXPTIME'] as number);
    expect(ratio).toBeLessThan(0.36);
    expect(bad.header['AIMGSHCE'] as number).toBeLessThan(1931);
    expect(bad.header['AECTYPE']).toBe(2);
    expect(quality(bad.header)).toBe(0);
    const level = (data: Float32Array) => ringMedian(data, SIZE, 38, 0, 0.9);
    expect(level(bad.data) / level(good.data) / ratio).toBeCloseTo(1, 1);
  });

  test('missing blocks: blank pixels, counted in the header', () => {
    const bad = frame(ID, SIZE, 'missing-blocks');
    const missing = share(bad.data, Number.isNaN);
    expect(missing).toBeGreaterThan(0.01);
    expect((bad.header['MISSVALS'] as number) / 4096 ** 2).toBeCloseTo(missing, 3);
    expect(bad.header['PERCENTD'] as number).toBeCloseTo(100 * (1 - missing), 1);
    expect(quality(bad.header) & 0x300).toBe(0x300);
    expect(frame(ID, SIZE, 'missing-blocks', false).header).toMatchObject({ MISSVALS: 0, QUALITY: 0 });
  });

  test('particle storm: bright pixels everywhere, counted in level 1 only', () => {
    const bad = frame(ID, SIZE, 'particle-storm');
    expect(share(bad.data, (value, i) => value > good.data[i]! + 60)).toBeGreaterThan(0.005);
    const id = idOf('2014-01-02T06:00:00Z', 193, 'aia-level1');
    expect(frame(id, 64, 'particle-storm').header['NSPIKES'] as number).toBeGreaterThan(300_000);
    expect(frame(id, 64).header['NSPIKES'] as number).toBeLessThan(100_000);
  });

  test('blur: the loop is open, or only the picture tells', () => {
    const bad = frame(ID, SIZE, 'blur');
    expect(quality(bad.header) & 0x20000).toBe(0x20000);
    expect(bad.header['AISTATE']).toBe('OPEN');
    expect(roughness(bad.data)).toBeLessThan(0.85 * roughness(good.data));
    expect(frame(ID, SIZE, 'blur', false).header).toMatchObject({ QUALITY: 0, AISTATE: 'CLOSED' });
  });

  test('wrong wavelength: another channel under this name', () => {
    expect(frame(ID, SIZE, 'wrong-wavelength').header).toMatchObject({ WAVELNTH: 211, WAVE_STR: '211_THIN' });
    const silent = frame(ID, SIZE, 'wrong-wavelength', false);
    expect(silent.header['WAVELNTH']).toBe(193);
    expect(silent.data).not.toEqual(good.data);
  });

  test('truncated: the start of the true file', () => {
    const bytes = makeFrame({
      id: ID,
      seed: SEED,
      size: SIZE,
      stepMs: STEP_MS,
      fault: { fault: FAULTS.truncated, noticed: true },
    });
    expect(bytes.length).toBeLessThan(0.96 * good.bytes.length);
    expect(Buffer.from(bytes).equals(good.bytes.subarray(0, bytes.length))).toBe(true);
  });

  test('truncated: small files lack more than the padding of their last block', () => {
    const bytes = new Uint8Array(8 * 2880);
    for (let hour = 0; hour < 100; hour++) {
      const id = idOf(new Date(Date.UTC(2014, 0, 1, hour)).toISOString());
      const cut = FAULTS.truncated.file!(bytes, nominalObservation(id, 16, SEED));
      expect(cut.length).toBeLessThanOrEqual(7 * 2880);
      expect(cut.length).toBeGreaterThan(0);
    }
  });

  test('html: a page', () => {
    const bytes = makeFrame({
      id: ID,
      seed: SEED,
      size: SIZE,
      stepMs: STEP_MS,
      fault: { fault: FAULTS.html, noticed: true },
    });
    expect(Buffer.from(bytes).toString('latin1')).toMatch(/^<!DOCTYPE HTML/);
  });

  test('duplicate: the file of the slot before, byte for byte', () => {
    const before = frame(idOf('2014-01-02T00:00:00Z'), SIZE);
    const bad = frame(ID, SIZE, 'duplicate');
    expect(Buffer.from(bad.bytes).equals(before.bytes)).toBe(true);
    expect(bad.header['FSN']).not.toBe(good.header['FSN']);
  });

  test('no faulty header names its fault', () => {
    for (const name of FAULT_NAMES) {
      const bytes = makeFrame({
        id: ID,
        seed: SEED,
        size: 32,
        stepMs: STEP_MS,
        fault: { fault: FAULTS[name], noticed: true },
      });
      expect(Buffer.from(bytes).toString('latin1')).not.toContain('SIMFAULT');
    }
  });
});

describe('the plan', () => {
  const contents = requireContents({
    seed: 3,
    from: '2014-01-01',
    to: '2015-01-01',
    cadence: '6h',
    product: 'aia-synoptic',
    wavelengths: [193],
    size: 64,
    faults: 0.12,
    unnoticed: 0.25,
    absent: 0.03,
  });
  const frames = plannedFrames(contents);
  const labels = frames.map(({ id, planned }) => labelOf(id, planned));

  test('plants every fault at about its rate', () => {
    const faulty = labels.filter(({ fault }) => fault !== null && fault !== 'absent');
    expect(faulty.length / labels.length).toBeCloseTo(0.12 * 0.97, 1);
    expect(new Set(faulty.map(({ fault }) => fault))).toEqual(new Set(FAULT_NAMES));
    expect(mean(labels.map(({ fault }) => (fault === 'absent' ? 1 : 0)))).toBeCloseTo(0.03, 1);
  });

  test('most eclipses fall in their seasons, about the equinoxes', () => {
    const eclipses = labels.filter(({ fault }) => fault === 'eclipse');
    const inSeason = eclipses.filter(({ slot }) => /-(02-2[2-9]|03-|08-2[6-9]|08-3|09-)/.test(slot));
    expect(eclipses.length).toBeGreaterThan(8);
    expect(inSeason.length / eclipses.length).toBeGreaterThan(0.55);
    expect(inSeason.length).toBeLessThan(eclipses.length);
  });

  test('a frame in season is no more often faulty than another, and has other faults too', () => {
    const dense = plannedFrames({ ...contents, cadenceMs: 600_000, from: new Date('2014-03-01'), absent: 0 });
    const spring = dense
      .slice(0, 2300)
      .map(({ planned }) => (planned as { fault: { name: string } })?.fault.name);
    expect(mean(spring.map((name) => (name ? 1 : 0)))).toBeCloseTo(0.12, 1);
    expect(new Set(spring).size).toBeGreaterThan(8);
  });

  test('leaves some faults without a word in the header', () => {
    const eclipses = planFaults('eclipse');
    const silent = eclipses.filter((planned) => !planned.noticed).length / eclipses.length;
    expect(silent).toBeCloseTo(0.25, 1);
  });

  test('labels say where each fault shows', () => {
    const of = (name: (typeof FAULT_NAMES)[number], noticed: boolean) =>
      labelOf(ID, { fault: FAULTS[name], noticed });
    expect(of('eclipse', true)).toMatchObject({ visibleInHeader: true, evidence: 'header' });
    expect(of('eclipse', false)).toMatchObject({ visibleInHeader: false, evidence: 'pixels' });
    expect(of('particle-storm', true)).toMatchObject({ visibleInHeader: false, evidence: 'pixels' });
    expect(of('truncated', true)).toMatchObject({ visibleInHeader: false, evidence: 'file' });
    expect(labelOf(ID, undefined)).toMatchObject({ fault: null, visibleInHeader: false, evidence: null });
  });

  test('labels tell the time of the slot in UTC, of magnetograms too', () => {
    expect(labelOf(ID, undefined).time).toBe('2014-01-02T06:00:00Z');
    const { slot, time, path } = labelOf(idOf('2017-01-01T00:00:00Z', 0, 'hmi'), undefined);
    expect(time).toBe('2016-12-31T23:59:24Z');
    expect(slot).toBe('2017-01-01T00:00:00Z');
    expect(path).toContain('20170101_000000_TAI');
  });

  test('does not depend on the range that is asked for', () => {
    const part = plannedFrames({ ...contents, from: new Date('2014-06-01'), to: new Date('2014-06-11') });
    const whole = new Map(frames.map(({ id, planned }) => [id.slot.getTime(), planned]));
    for (const { id, planned } of part) expect(planned).toEqual(whole.get(id.slot.getTime()));
  });

  test('rates by name plant only those', () => {
    const only = plannedFrames({ ...contents, faults: { dark: 0.5 }, absent: 0 }).map(
      ({ planned }) => planned,
    );
    const names = only.map((planned) => (typeof planned === 'object' ? planned.fault.name : null));
    expect(new Set(names)).toEqual(new Set([null, 'dark']));
  });

  test('refuses rates above 1 and unknown channels', () => {
    const base = {
      seed: 1,
      from: '2014-01-01',
      to: '2014-01-02',
      cadence: '6h',
      product: 'aia-synoptic' as const,
      wavelengths: [193],
      size: 64,
      faults: 0,
      unnoticed: 0,
      absent: 0,
    };
    expect(() => requireContents({ ...base, faults: { dark: 0.7, blur: 0.5 } })).toThrow('more than 1');
    expect(() => requireContents({ ...base, wavelengths: [195] })).toThrow('no channel at 195');
    expect(() => requireContents({ ...base, to: '2013-01-01' })).toThrow('empty');
    expect(() => renderSun({ seed: 1, time: new Date(), wavelength: 195, size: 32 })).toThrow(
      'no channel at 195',
    );
  });

  function planFaults(name: 'eclipse') {
    return Array.from(
      { length: 400 },
      (_, hour) => planFault(9, { ...ID, slot: new Date(Date.UTC(2014, 0, 1, hour)) }, { [name]: 1 }, 0.25)!,
    );
  }
});

describe('magnetograms', () => {
  const id = idOf('2014-01-02T06:00:00Z', 0, 'hmi');
  const whole = frame(id, SIZE);
  const spread = (data: Float32Array) =>
    Math.sqrt(mean(data.filter(Number.isFinite).map((value) => value ** 2)));

  test.each([
    ['eclipse', 0x200],
    ['dark', 0x80000000],
    ['off-point', 0x4000],
    ['missing-blocks', 0x10000],
    ['blur', 0x4000],
  ] as const)('%s changes the picture, and the quality word when it was noticed', (fault, bit) => {
    const bad = frame(id, SIZE, fault);
    expect(quality(bad.header)).toBe(bit);
    expect(quality(frame(id, SIZE, fault, false).header)).toBe(0);
    expect(bad.data).not.toEqual(whole.data);
    if (fault === 'eclipse' || fault === 'dark')
      expect(spread(bad.data)).toBeGreaterThan(2 * spread(whole.data));
    if (fault === 'blur') expect(spread(bad.data)).toBeLessThan(spread(whole.data));
    if (fault === 'off-point') expect(bad.header['CRPIX1']).toBe(whole.header['CRPIX1']);
    if (fault === 'missing-blocks') expect(bad.header['MISSVALS'] as number).toBeGreaterThan(0);
  });

  test('files are cut, replaced by pages and mixed up; what needs light is not planted', () => {
    const bytes = (name: 'truncated' | 'html' | 'duplicate') =>
      makeFrame({ id, seed: SEED, size: 32, stepMs: STEP_MS, fault: { fault: FAULTS[name], noticed: true } });
    expect(bytes('truncated').length).toBeLessThan(
      makeFrame({ id, seed: SEED, size: 32, stepMs: STEP_MS }).length,
    );
    expect(Buffer.from(bytes('html')).toString()).toContain('<h1>');
    expect(Buffer.from(bytes('duplicate')).toString('latin1')).toContain('2014.01.02_00:00:00_TAI');
    const contents = requireContents({
      seed: 1,
      from: '2014-01-01',
      to: '2014-02-01',
      cadence: '1h',
      product: 'hmi',
      wavelengths: [],
      size: 32,
      faults: 1,
      unnoticed: 0.2,
      absent: 0,
    });
    const names = new Set(plannedFrames(contents).map((one) => labelOf(one.id, one.planned).fault));
    expect([...names].sort()).toEqual(
      ['blur', 'dark', 'duplicate', 'eclipse', 'html', 'missing-blocks', 'off-point', 'truncated'].sort(),
    );
  });
});
