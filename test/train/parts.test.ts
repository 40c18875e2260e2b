/** A batch in parts must be the whole batch within rounding, where the loss permits. */
import { afterAll, describe, expect, it } from 'vitest';
import { createNetworks, networkOptions, stepRecipe } from '../../src/train/assemble.ts';
import type { TrainingImages } from '../../src/train/data/images.ts';
import { openEngine } from '../../src/train/engines/index.ts';
import { RECIPE_DEFAULTS, type RecipeOptions } from '../../src/train/options.ts';
import { differenceOfParts, imagesAtOnce, rowsOfPart } from '../../src/train/parts.ts';
import { initialCounters, initialState, type StateValues } from '../../src/train/state.ts';
import { trainingPhases } from '../../src/train/steps/index.ts';
import { createTrainer } from '../../src/train/trainer.ts';
import { diskImages, labelled } from './support.ts';

const engine = await openEngine('ort:cpu', { threads: 1 });
afterAll(() => engine.close());

const SMALL: RecipeOptions = {
  ...RECIPE_DEFAULTS,
  resolution: 8,
  batch: 16,
  latentSize: 8,
  styleSize: 8,
  channelBase: 64,
  channelMax: 8,
  r1Gamma: 1,
  penaltyInterval: 1,
  pathWeight: 0,
  styleMixing: 0.5,
  augment: ['translation', 'cutout'],
};

interface Outcome {
  state: StateValues;
  statistics: Record<string, number>;
}

async function oneStep(change: Partial<RecipeOptions>, images: TrainingImages): Promise<Outcome> {
  const recipe = { ...SMALL, ...change };
  const networks = createNetworks(networkOptions(recipe, images.channels, images.labels?.names.length));
  const values = initialState(networks, trainingPhases(networks, stepRecipe(recipe, recipe.batch)), 3);
  const trainer = await createTrainer(
    { engine, images, recipe, seed: 3, sampleBatch: 4 },
    values,
    initialCounters(),
  );
  const statistics = await trainer.step();
  const state = await trainer.readState();
  await trainer.close();
  return { state, statistics };
}

/** Largest relative length of a difference between the states of both. */
function worst(a: Outcome, b: Outcome, names = [...a.state.keys()]): number {
  const length = (values: Float32Array) => Math.hypot(...values);
  return Math.max(
    ...names.map((name) => {
      const [left, right] = [a.state.get(name)!, b.state.get(name)!];
      return length(left.map((value, i) => value - right[i]!)) / Math.max(1e-12, length(left));
    }),
  );
}

describe('a batch of 16 in parts', () => {
  const images = diskImages(24, 8);

  const cases: [RecipeOptions['loss'], number, Partial<RecipeOptions>][] = [
    ['logistic', 8, { augment: ['bgc', 'cutout'] }],
    ['pairing', 4, { r2Gamma: 1, penaltyInterval: 4 }],
    ['wasserstein', 4, { unitPenalty: 10, beta1: 0.5 }],
  ];
  it.each(cases)('%s, %i at a time: the same step', async (loss, atOnce, change) => {
    const whole = await oneStep({ loss, ...change }, images);
    const parts = await oneStep({ loss, ...change, atOnce: [atOnce] }, images);
    const moments = [...whole.state.keys()].filter((name) => /first|second|Average/.test(name));
    expect(worst(whole, parts, moments)).toBeLessThan(2e-5);
    // Adam's first step takes the sign of every gradient, that of rounding errors too.
    expect(worst(whole, parts)).toBeLessThan(1e-3);
    for (const [name, value] of Object.entries(whole.statistics))
      expect(parts.statistics[name], name).toBeCloseTo(value, 4);
    expect(differenceOfParts(16, atOnce, loss)).toBeUndefined();
  });

  it('with labels', async () => {
    const some = labelled(images);
    const whole = await oneStep({ label: 'year' }, some);
    const parts = await oneStep({ label: 'year', atOnce: [8] }, some);
    expect(worst(whole, parts, ['generator/second', 'discriminator/second'])).toBeLessThan(2e-5);
  });

  it('the running mean of path lengths is that of the whole batch, its penalty nearly', async () => {
    const whole = await oneStep({ pathWeight: 2 }, images);
    const parts = await oneStep({ pathWeight: 2, atOnce: [8] }, images);
    expect(worst(whole, parts, ['generator/pathLength', 'generator/styleAverage'])).toBeLessThan(1e-5);
    expect(worst(whole, parts, ['generator/second'])).toBeLessThan(0.03);
  });

  it('says what differs where a loss looks at the whole batch, or groups are cut', async () => {
    expect(differenceOfParts(16, 8, 'relativistic')).toContain('average is taken over 8');
    expect(differenceOfParts(16, 2, 'logistic')).toContain('groups of 2 images instead of 4');
    const whole = await oneStep({}, images);
    const parts = await oneStep({ atOnce: [2] }, images);
    expect(worst(whole, parts, ['discriminator/second'])).toBeGreaterThan(1e-3);
  });
});

describe('parts', () => {
  it('keep the groups of the discriminator whole', () => {
    // Groups of 16: 0 4 8 12, 1 5 9 13, ...
    expect(rowsOfPart(16, 2, 0)).toEqual([0, 1, 4, 5, 8, 9, 12, 13]);
    expect(rowsOfPart(16, 4, 3)).toEqual([3, 7, 11, 15]);
    expect(rowsOfPart(6, 3, 1)).toEqual([2, 3]);
    for (const [total, parts] of [
      [32, 4],
      [8, 8],
    ] as const) {
      const all = Array.from({ length: parts }, (_, part) => rowsOfPart(total, parts, part)).flat();
      expect(all.sort((a, b) => a - b)).toEqual(Array.from({ length: total }, (_, i) => i));
    }
  });

  it('divide a batch', () => {
    expect([16, 15, 8, 7, 3, 1].map((limit) => imagesAtOnce(16, limit))).toEqual([16, 8, 8, 4, 2, 1]);
    expect(imagesAtOnce(12, 6)).toBe(4);
    expect(imagesAtOnce(6, 5)).toBe(3);
  });
});
