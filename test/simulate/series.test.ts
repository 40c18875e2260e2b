/** A series of pictures changes without a jump, also where patterns are renewed and regions, flares and spots end. */
import { describe, expect, test } from 'vitest';
import { hmiGeometry } from '../../src/simulate/headers/hmi.ts';
import { flaresAt } from '../../src/simulate/sun/flares.ts';
import { ephemerisAt, renderMagnetogramSteps, renderSun, sunStateAt } from '../../src/simulate/sun/index.ts';
import { SEED } from './support.ts';

const SIZE = 128;
const DAY_MS = 86_400_000;
const STEP_MS = 12 * 60_000;

type Render = (time: Date) => Float32Array;
const sun =
  (wavelength: number): Render =>
  (time) =>
    renderSun({ seed: SEED, time, wavelength, size: SIZE });
const magnetogram: Render = (time) => {
  const steps = renderMagnetogramSteps({ seed: SEED, time, geometry: hmiGeometry(SIZE) });
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
};

/** Mean difference of neighbouring frames, relative to the mean brightness, where the distance from the centre fits. */
function changes(frames: readonly Float32Array[], from: number, to: number): number[] {
  const radius = ephemerisAt(new Date('2014-03-01')).radiusArcsec / ((4096 * 0.6) / SIZE);
  const inside = (i: number) => {
    const rho = Math.hypot((i % SIZE) - (SIZE - 1) / 2, Math.floor(i / SIZE) - (SIZE - 1) / 2) / radius;
    return rho >= from && rho < to;
  };
  return frames.slice(1).map((frame, k) => {
    let [sum, total] = [0, 0];
    frame.forEach((value, i) => {
      if (!inside(i) || Number.isNaN(value - frames[k]![i]!)) return;
      sum += Math.abs(value - frames[k]![i]!);
      total += Math.abs(value);
    });
    return sum / total;
  });
}

/** Times around the middle one: the fourth change of six is the one across it. */
function around(middle: number): Date[] {
  return [-3, -2, -1, 0, 1, 2, 3].map((k) => new Date(middle + (k - 0.5) * STEP_MS));
}

describe('where a pattern is renewed, frames differ no more than elsewhere', () => {
  test.each([
    ['coronal rays, 27 days', sun(193), 27 * 598, 1.03, 1.25],
    ['polarities, 3 days', magnetogram, 3 * 5380, 0, 0.9],
    ['lanes and mottles, between two generations', sun(1700), 3 * 5380.5, 0, 0.9],
    ['holes and filaments, 45 days', sun(193), 45 * 359, 0, 0.9],
  ] as const)('%s', (_, render, day, from, to) => {
    const all = changes(around(day * DAY_MS).map(render), from, to);
    const across = all.splice(3, 1)[0]!;
    expect(across).toBeGreaterThan(0);
    expect(across).toBeLessThan(1.25 * Math.max(...all));
  });
});

test('within a generation the pattern becomes another one', () => {
  const rays = [0, 27].map((days) => sun(193)(new Date((27 * 598 + days) * DAY_MS)));
  expect(changes(rays, 1.03, 1.25)[0]).toBeGreaterThan(0.1);
});

describe('within a second nothing comes or goes', () => {
  const start = Date.UTC(2014, 1, 1);
  const pairs = (stepMs: number, count: number) =>
    Array.from({ length: count }, (_, k) =>
      [-500, 500].map((offset) => sunStateAt(SEED, new Date(start + k * stepMs + offset))),
    );

  test('regions, at midnight, when the oldest are forgotten', () => {
    for (const [before, after] of pairs(DAY_MS, 90)) {
      const later = new Map(after!.regions.map(({ key, flux }) => [key, flux]));
      for (const { key, flux } of before!.regions)
        expect(Math.abs((later.get(key) ?? 0) - flux)).toBeLessThan(1e-3);
    }
  });

  test('flares, at the ends of their bins', () => {
    for (const [before, after] of pairs(3 * 3_600_000, 160)) {
      const total = (state: typeof before) =>
        state!.flares.reduce((sum, { brightness }) => sum + brightness, 0);
      expect(Math.abs(total(after) - total(before))).toBeLessThan(0.01 + 0.02 * total(before));
    }
  });

  test('flares, while their region grows or decays', () => {
    const { regions } = sunStateAt(SEED, new Date(start));
    const glow = (factor: number, hour: number) =>
      flaresAt(
        SEED,
        regions.map((region) => ({ ...region, flux: region.flux * factor })),
        new Date(start + hour * 3_600_000),
      ).map(({ brightness }) => brightness);
    for (let hour = 0; hour < 24; hour++) expect(glow(1.2, hour)).toEqual(glow(1, hour));
    expect(glow(1, 0).length).toBeGreaterThan(0);
  });
});
