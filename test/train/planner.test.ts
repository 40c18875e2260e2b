import { describe, expect, it } from 'vitest';
import { estimateStages, fitParts, mayHoldMemory } from '../../src/train/planner.ts';
import { resolveRecipe } from '../../src/train/presets.ts';

describe('planner', async () => {
  const recipe = await resolveRecipe({ preset: 'sungan-512', resolution: 64, channelBase: 2048 });
  const [cost] = estimateStages(recipe, 1);

  it('counts arithmetic: the penalty alone is a known part of the networks', () => {
    // One 3x3 layer of 32 channels at 64 pixels is 75.5 MFLOP an image; the step has dozens of such.
    expect(cost!.flopsPerImage).toBeGreaterThan(50 * 2 * 64 * 64 * 9 * 32 * 32);
    const twice = estimateStages({ ...recipe, batch: 16 }, 1)[0]!;
    expect(twice.flopsPerImage / cost!.flopsPerImage).toBeCloseTo(1, 1);
  });

  it('activations grow with the batch, the state does not', () => {
    const twice = estimateStages({ ...recipe, batch: 16 }, 1)[0]!;
    expect(twice.stateBytes).toBe(cost!.stateBytes);
    const ratio = (twice.totalBytes - twice.stateBytes) / (cost!.totalBytes - cost!.stateBytes);
    expect(ratio).toBeGreaterThan(1.7);
    expect(ratio).toBeLessThan(2.05);
  });

  it('computes a batch in parts until a step fits', () => {
    expect(fitParts(recipe, 1, Number.POSITIVE_INFINITY)).toEqual(recipe);
    const fitted = fitParts(recipe, 1, cost!.totalBytes - 1);
    expect(fitted).toMatchObject({ batch: 8, atOnce: [4] });
    expect(estimateStages(fitted, 1)[0]!.totalBytes).toBeLessThan(cost!.totalBytes);
    expect(fitParts(recipe, 1, 1).atOnce).toEqual([1]);
  });

  it('fits every side of a growing network apart', async () => {
    const growing = await resolveRecipe({ preset: 'pggan-512', resolution: 16 });
    const stages = estimateStages(growing, 1);
    expect(stages.map(({ side, batch }) => [side, batch])).toEqual([
      [4, 128],
      [8, 128],
      [16, 128],
    ]);
    const fitted = fitParts(growing, 1, stages[1]!.totalBytes);
    expect(fitted.atOnce.slice(0, 2)).toEqual([128, 128]);
    expect(fitted.atOnce[2]).toBeLessThan(128);
  });

  it('programs keep their memory only where all of them together fit', () => {
    expect(mayHoldMemory([cost!], 100 * cost!.totalBytes)).toBe(true);
    expect(mayHoldMemory([cost!], cost!.totalBytes)).toBe(false);
  });
});
