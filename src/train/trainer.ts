/**
 * One training step after another on an engine. Everything random comes from the seed and the step's number, so a step
 * is a function of the state and of which step it is.
 */
import { createNetworks, networkOptions, stepRecipe } from './assemble.ts';
import { adjustStrength } from './augment/index.ts';
import { fadeAt, type Stage, stageAt, stagesOf } from './curriculum.ts';
import type { TrainingImages } from './data/images.ts';
import { createDataOrder } from './data/order.ts';
import { createBatchQueue } from './data/queue.ts';
import type { CompiledProgram, Engine, Value } from './engines/index.ts';
import { drawFeeds } from './feeds.ts';
import type { GanNetworks } from './networks/network.ts';
import type { RecipeOptions } from './options.ts';
import { createSampler, type Sampler } from './sampler.ts';
import { type Counters, resetMoments, type StateValues, stateShapes, uploadState } from './state.ts';
import { type Phase, STATISTIC_PREFIX, trainingPhases } from './steps/index.ts';

/** Steps between two adjustments of adaptive augmentation, as in ADA. */
const ADAPTIVE_INTERVAL = 4;

export interface TrainerOptions {
  engine: Engine;
  images: TrainingImages;
  recipe: RecipeOptions;
  seed: number;
  /** Images made at once for sample pictures. */
  sampleBatch: number;
}

export interface Trainer {
  readonly counters: Counters;
  /** Of the images that are learnt now. */
  readonly stage: Stage;
  readonly networks: GanNetworks;
  /** Statistics of one step, by name. */
  step(): Promise<Record<string, number>>;
  /** Images of the averaged generator, 0..1. */
  sample(seeds: readonly number[]): Promise<Float32Array>;
  /** A copy of the state, in the order of its names. */
  readState(): Promise<StateValues>;
  close(): Promise<void>;
}

/** What is compiled for one stage. */
interface Workshop {
  stage: Stage;
  networks: GanNetworks;
  phases: readonly Phase[];
  programs: ReadonlyMap<Phase, CompiledProgram>;
  sampler: Sampler;
}

export async function createTrainer(
  options: TrainerOptions,
  values: StateValues,
  counters: Counters,
): Promise<Trainer> {
  const { engine, images, recipe, seed } = options;
  const stages = stagesOf(recipe);
  const batches = createBatchQueue(images, createDataOrder(seed, images.count));
  let workshop = await openWorkshop(options, stages[counters.stage]!);
  const state = uploadState(engine, workshop.networks, workshop.phases, values);

  /** Between two stages the weights stay and the optimisers begin anew, as in PG-GAN. */
  async function enterStage(stage: Stage): Promise<void> {
    await closeWorkshop(workshop);
    workshop = await openWorkshop(options, stage);
    counters.stage = stage.index;
    resetMoments(engine, state, counters);
  }

  async function runPhase(phase: Phase, real: Value): Promise<Record<string, number>> {
    counters.applied[phase.player]++;
    const { batch, side } = workshop.stage;
    const fade = fadeAt(recipe, workshop.stage, counters.images);
    const made = drawFeeds(phase, { recipe, seed, counters, batch, side, fade }).map(
      ([feed, data]) => [feed.name, engine.upload(data, feed.shape)] as const,
    );
    const inputs: Record<string, Value> = Object.fromEntries(made);
    for (const { name, kind } of phase.feeds) if (kind === 'state') inputs[name] = state.get(name)!;
    if (phase.feeds.some(({ kind }) => kind === 'real')) inputs['real'] = real;
    const outputs = await workshop.programs.get(phase)!.run(inputs);
    for (const [, value] of made) value.dispose();
    return takeOutputs(outputs, state);
  }

  function adaptAugmentation(statistics: Record<string, number>, batch: number): void {
    const { adaptiveTarget: target, adaptiveKimg: kimg } = recipe;
    const adaptive = { target, kimg, interval: ADAPTIVE_INTERVAL };
    counters.augment = adjustStrength(counters.augment, statistics['realSign']!, batch, adaptive);
    statistics['augmentStrength'] = counters.augment.strength;
  }

  return {
    counters,
    get stage() {
      return workshop.stage;
    },
    get networks() {
      return workshop.networks;
    },
    async step() {
      const stage = stageAt(stages, counters.images);
      if (stage.index !== counters.stage) await enterStage(stage);
      const pixels = await batches.take(counters.images, stage);
      const shape = [stage.batch, images.channels, stage.side, stage.side];
      const real = engine.upload(
        pixels.map((value) => value * 2 - 1),
        shape,
      );
      const statistics: Record<string, number> = {};
      for (const phase of workshop.phases) {
        if (counters.step % phase.interval === 0) Object.assign(statistics, await runPhase(phase, real));
      }
      real.dispose();
      if (recipe.adaptive) adaptAugmentation(statistics, stage.batch);
      counters.step++;
      counters.images += stage.batch;
      return statistics;
    },
    sample: (seeds) =>
      workshop.sampler.sample(seeds, {
        weights: state.get('generator/average')!,
        styleAverage: state.get('generator/styleAverage')!,
        truncation: 1,
        fade: fadeAt(recipe, workshop.stage, counters.images),
      }),
    async readState() {
      const copy: StateValues = new Map();
      for (const name of stateShapes(workshop.phases).keys()) copy.set(name, await state.get(name)!.read());
      return copy;
    },
    async close() {
      await closeWorkshop(workshop);
      for (const value of state.values()) value.dispose();
    },
  };
}

async function openWorkshop(options: TrainerOptions, stage: Stage): Promise<Workshop> {
  const { engine, recipe, images } = options;
  const networks = createNetworks(networkOptions(recipe, images.channels), stage.side);
  const phases = trainingPhases(networks, stepRecipe(recipe, stage.batch));
  const programs = new Map<Phase, CompiledProgram>();
  for (const phase of phases) programs.set(phase, await engine.compile(phase.program));
  const sampler = await createSampler(engine, networks, options.sampleBatch);
  return { stage, networks, phases, programs, sampler };
}

async function closeWorkshop({ programs, sampler }: Workshop): Promise<void> {
  for (const program of programs.values()) await program.close();
  await sampler.close();
}

/** New states replace the old ones; statistics are read. */
async function takeOutputs(
  outputs: Record<string, Value>,
  state: Map<string, Value>,
): Promise<Record<string, number>> {
  const statistics: Record<string, number> = {};
  for (const [name, value] of Object.entries(outputs)) {
    if (name.startsWith(STATISTIC_PREFIX)) {
      statistics[name.slice(STATISTIC_PREFIX.length)] = (await value.read())[0]!;
      value.dispose();
    } else {
      state.get(name)?.dispose();
      state.set(name, value);
    }
  }
  return statistics;
}
