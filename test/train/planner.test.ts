import { totalmem } from 'node:os';
import { describe, expect, it, vi } from 'vitest';
import { machineMemory } from '../../src/train/machine.ts';
import {
  describeCosts,
  estimateStages,
  fitParts,
  mayHoldMemory,
  processorBytes,
} from '../../src/train/planner.ts';
import { resolveRecipe } from '../../src/train/presets.ts';

const PLAIN = { channels: 1, labelCount: 0 };

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
    const fitInto = (limitBytes: number, engine = 'ort:cpu') =>
      fitParts(recipe, PLAIN, { engine, limitBytes });
    expect(fitInto(Number.POSITIVE_INFINITY)).toEqual(recipe);
    const fitted = fitInto(processorBytes(cost!) - 1);
    expect(fitted).toMatchObject({ batch: 8, atOnce: [4] });
    expect(estimateStages(fitted, 1)[0]!.totalBytes).toBeLessThan(cost!.totalBytes);
    expect(fitInto(1).atOnce).toEqual([1]);
    expect(fitInto(cost!.totalBytes, 'ort:cuda')).toEqual(recipe);
  });

  it('fits every side of a growing network apart', async () => {
    const growing = await resolveRecipe({ preset: 'pggan-512', resolution: 16 });
    const stages = estimateStages(growing, 1);
    expect(stages.map(({ side, batch }) => [side, batch])).toEqual([
      [4, 128],
      [8, 128],
      [16, 128],
    ]);
    const limitBytes = processorBytes(stages[1]!);
    const fitted = fitParts(growing, PLAIN, { engine: 'auto', limitBytes });
    expect(fitted.atOnce.slice(0, 2)).toEqual([128, 128]);
    expect(fitted.atOnce[2]).toBeLessThan(128);
  });

  it('programs keep their memory only where all of them together fit', () => {
    expect(mayHoldMemory([cost!], 100 * cost!.totalBytes)).toBe(true);
    expect(mayHoldMemory([cost!], processorBytes(cost!))).toBe(false);
  });

  it('says what a step takes, by engine', () => {
    const parameters = { generator: 5, discriminator: 6 };
    const [weights, stage] = describeCosts({ parameters, costs: [cost!], holdsMemory: false });
    const [, held] = describeCosts({ parameters, costs: [cost!], holdsMemory: true });
    const told = (line: string) => Number(/memory about (\S+)/.exec(line)![1]);
    expect(told(held!)).toBeGreaterThan(told(stage!));
    expect(weights).toBe('generator 5 weights, discriminator 6 weights');
    expect(stage).toMatch(
      /^64 pixels, 8 images a step: activations .*weights and moments .*ort:cpu.*other engines/,
    );
  });

  it('knows the memory of its container', () => {
    const limit = vi.spyOn(process, 'constrainedMemory');
    limit.mockReturnValue(2 ** 20);
    expect(machineMemory()).toBe(2 ** 20);
    // What systems without a limit answer.
    for (const none of [0, 2 ** 64]) {
      limit.mockReturnValue(none);
      expect(machineMemory()).toBe(totalmem());
    }
    limit.mockRestore();
  });
});
