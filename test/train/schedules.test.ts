import { describe, expect, it } from 'vitest';
import {
  assertFinite,
  collapseError,
  diversity,
  hasCollapsed,
  INITIAL_VARIETY,
  isFlat,
  watchVariety,
} from '../../src/train/alarms.ts';
import { fadeAt, isJustFaded, stageAt, stagesOf } from '../../src/train/curriculum.ts';
import { createDataOrder } from '../../src/train/data/order.ts';
import { anneal, averageDecay } from '../../src/train/schedule.ts';

describe('schedules', () => {
  it('halves the old average over the half-life, faster at the start', () => {
    expect(averageDecay(16, 1000, 0, 0) ** (1000 / 16)).toBeCloseTo(0.5);
    expect(averageDecay(16, 1000, 0.05, 2000) ** (100 / 16)).toBeCloseTo(0.5);
    expect(averageDecay(16, 1000, 0.05, 0)).toBeLessThan(1e-6);
  });

  it('anneals by half a cosine, and not at all when off', () => {
    const options = { annealKimg: 10, annealRate: 0.25, annealGamma: 0.1, annealBeta2: 0.9, beta2: 0.99 };
    expect(anneal(options, 0)).toEqual({ rate: 1, gamma: 1, beta2: 0.9 });
    expect(anneal(options, 5000).rate).toBeCloseTo(0.625);
    const end = anneal(options, 20_000);
    expect(end.gamma).toBeCloseTo(0.1);
    expect(end.beta2).toBeCloseTo(0.99);
    expect(anneal({ ...options, annealKimg: 0 }, 5000)).toEqual({ rate: 1, gamma: 1, beta2: 0.99 });
  });

  it('grows through all sides with their batches and fades', () => {
    const recipe = {
      architecture: 'pggan',
      resolution: 16,
      batch: 9,
      atOnce: [],
      growBatches: [8, 4],
      fadeKimg: 2,
      holdKimg: 3,
    } as const;
    const stages = stagesOf({ ...recipe, atOnce: [], growBatches: [8, 4] });
    expect(stages).toEqual([
      { index: 0, side: 4, batch: 8, atOnce: 8, beginsAt: 0 },
      { index: 1, side: 8, batch: 4, atOnce: 4, beginsAt: 3000 },
      { index: 2, side: 16, batch: 4, atOnce: 4, beginsAt: 8000 },
    ]);
    expect(stageAt(stages, 2999).side).toBe(4);
    expect(stageAt(stages, 3000).side).toBe(8);
    expect(stageAt(stages, 1e9).side).toBe(16);
    const fade = (images: number) =>
      fadeAt({ ...recipe, atOnce: [], growBatches: [8, 4] }, stageAt(stages, images), images);
    expect([0, 3000, 4000, 5000, 7999, 8000].map(fade)).toEqual([1, 0, 0.5, 1, 1, 0]);
    const faded = (images: number) =>
      isJustFaded({ ...recipe, atOnce: [], growBatches: [8, 4] }, stageAt(stages, images), images);
    const steps = Array.from({ length: 2501 }, (_, i) => 3000 + 4 * i);
    expect(steps.filter(faded)).toEqual([5000, 10_000]);
    expect([0, 8, 3000].some(faded)).toBe(false);
  });

  it('shows every image once an epoch, in an order that depends on the position alone', () => {
    const order = createDataOrder(1, 10);
    const epoch = [...order.batch(0, 4), ...order.batch(4, 4), ...order.batch(8, 2)];
    expect([...epoch].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(createDataOrder(1, 10).batch(6, 8)).toEqual([...order.batch(6, 4), ...order.batch(10, 4)]);
    expect(createDataOrder(2, 10).batch(0, 10)).not.toEqual(epoch);
  });
});

describe('alarms', () => {
  it('measures how much images vary', () => {
    const shape = { channels: 1, resolution: 1 };
    expect(diversity(Float32Array.of(0.5, 0.5, 0.5), shape)).toBe(0);
    expect(diversity(Float32Array.of(0, 1), shape)).toBe(0.5);
  });

  it('calls collapse only what was alive before, after three flat ticks', () => {
    const shares = (list: number[]) => list.reduce(watchVariety, INITIAL_VARIETY);
    expect(isFlat(shares([0.01, 0.02, 0.01]), 10)).toBe(false);
    expect(hasCollapsed(shares([0.8, 0.01, 0.01]), 10)).toBe(false);
    expect(isFlat(shares([0.8, 0.01]), 10)).toBe(true);
    expect(hasCollapsed(shares([0.8, 0.01, 0.01, 0.01]), 10)).toBe(true);
    expect(hasCollapsed(shares([0.8, 0.01, 0.01, 0.5]), 10)).toBe(false);
    expect(hasCollapsed(shares([0.01, 0.01, 0.01]), 300)).toBe(true);
    expect(collapseError(10, 'last.safetensors')).toMatchObject({ kind: 'data', where: 'last.safetensors' });
  });

  it('stops at the first number that is none', () => {
    expect(() => assertFinite({ a: 1 }, 0, undefined)).not.toThrow();
    expect(() => assertFinite({ a: 1, b: Number.NaN }, 7, undefined)).toThrow(/b is NaN after 7 images/);
  });
});
