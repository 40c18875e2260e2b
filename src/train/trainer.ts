/**
 * One training step after another on an engine. Everything random comes from the seed and the step's number, so a step
 * is a function of the state and of which step it is.
 */
import { createNetworks, networkOptions, stepRecipe } from './assemble.ts';
import { adjustStrength } from './augment/index.ts';
import { fadeAt, isJustFaded, type Stage, stageAt, stagesOf } from './curriculum.ts';
import type { TrainingImages } from './data/images.ts';
import { withMirrorImages } from './data/mirror.ts';
import { createDataOrder } from './data/order.ts';
import { createBatchQueue } from './data/queue.ts';
import type { Engine } from './engines/index.ts';
import { drawFeeds } from './feeds.ts';
import { oneHot } from './labels.ts';
import type { GanNetworks } from './networks/network.ts';
import type { RecipeOptions } from './options.ts';
import { type CompiledPhase, closePhase, compilePhase, runPhase } from './phase-runner.ts';
import { createSampler, type Sampler } from './sampler.ts';
import { type Counters, resetMoments, type StateValues, stateShapes, uploadState } from './state.ts';
import { trainingPhases } from './steps/index.ts';

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
  phases: readonly CompiledPhase[];
  sampler: Sampler;
}

export async function createTrainer(
  options: TrainerOptions,
  values: StateValues,
  counters: Counters,
): Promise<Trainer> {
  const { engine, recipe, seed } = options;
  const images = withMirrorImages(options.images, recipe.mirror);
  const stages = stagesOf(recipe);
  const order = createDataOrder(seed, images.count);
  const batches = createBatchQueue(images, order);
  let workshop = await openWorkshop(options, stages[counters.stage]!);
  const state = await uploadState(engine, workshop.networks, phasesOf(workshop), values);

  /** Between two stages the weights stay and the optimisers begin anew, as in PG-GAN. */
  async function enterStage(stage: Stage): Promise<void> {
    await closeWorkshop(workshop);
    workshop = await openWorkshop(options, stage);
    counters.stage = stage.index;
    resetMoments(engine, state, counters);
  }

  /** Images of this step and what they are labelled, by the names of their feeds. */
  async function readReals(stage: Stage): Promise<[string, Float32Array][]> {
    const pixels = await batches.take(counters.images, stage);
    const real: [string, Float32Array] = ['real', pixels.map((value) => value * 2 - 1)];
    const { labels } = images;
    if (!labels) return [real];
    const classes = order.batch(counters.images, stage.batch).map((position) => labels.of[position]!);
    return [real, ['realLabels', oneHot(classes, labels.names.length)]];
  }

  async function step(compiled: CompiledPhase, reals: [string, Float32Array][]) {
    counters.applied[compiled.phase.player]++;
    const { batch, side } = workshop.stage;
    const fade = fadeAt(recipe, workshop.stage, counters.images);
    const context = { recipe, seed, counters, batch, side, fade, labels: images.labels };
    const given = drawFeeds(compiled.phase, context);
    for (const [name, values] of reals) given.set(name, values);
    return runPhase(engine, compiled, given, state);
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
      else if (isJustFaded(recipe, stage, counters.images)) resetMoments(engine, state, counters);
      const reals = await readReals(stage);
      const statistics: Record<string, number> = {};
      for (const compiled of workshop.phases) {
        const isDue = counters.step % compiled.phase.interval === 0;
        if (isDue) Object.assign(statistics, await step(compiled, reals));
      }
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
      for (const name of stateShapes(phasesOf(workshop)).keys())
        copy.set(name, await state.get(name)!.read());
      return copy;
    },
    async close() {
      await closeWorkshop(workshop);
      for (const value of state.values()) value.dispose();
    },
  };
}

const phasesOf = ({ phases }: Workshop) => phases.map(({ phase }) => phase);

async function openWorkshop(options: TrainerOptions, stage: Stage): Promise<Workshop> {
  const { engine, recipe, images } = options;
  const network = networkOptions(recipe, images.channels, images.labels?.names.length);
  const networks = createNetworks(network, stage.side);
  const { batch, atOnce } = stage;
  const phases: CompiledPhase[] = [];
  for (const phase of trainingPhases(networks, stepRecipe(recipe, atOnce, batch / atOnce)))
    phases.push(await compilePhase(engine, phase));
  const sampler = await createSampler(engine, networks, options.sampleBatch, images.labels);
  return { stage, networks, phases, sampler };
}

async function closeWorkshop({ phases, sampler }: Workshop): Promise<void> {
  for (const phase of phases) await closePhase(phase);
  await sampler.close();
}
