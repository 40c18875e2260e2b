/** The use case: options in, a run folder with a trained generator out. */
import { availableParallelism, totalmem } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { type Lock, takeLock } from '../catalog/index.ts';
import type { Effects } from '../core/effects.ts';
import { isSunganError, SunganError } from '../core/errors.ts';
import { writeAtomic } from '../core/files.ts';
import { flagName } from '../core/options.ts';
import { VERSION } from '../core/version.ts';
import type { Workspace } from '../core/workspace.ts';
import { createNetworks, networkOptions, stepRecipe } from './assemble.ts';
import { stagesOf } from './curriculum.ts';
import { openTrainingImages } from './data/dataset.ts';
import type { TrainingImages } from './data/images.ts';
import { type Engine, openEngine } from './engines/index.ts';
import { type LoopResult, type Tick, trainingLoop } from './loop.ts';
import { parameterCount } from './networks/parameters.ts';
import { type RecipeOptions, recipeOptions, type TrainOptions } from './options.ts';
import { estimateStages, fitBatches, mayHoldMemory, type StageCost } from './planner.ts';
import { resolveRecipe } from './presets.ts';
import { type Checkpoint, findCheckpoint, readLatestCheckpoint } from './run/checkpoint.ts';
import {
  createRunFolder,
  findRun,
  type RunFolder,
  readRunOptions,
  truncateStatistics,
} from './run/folder.ts';
import { writeReals } from './run/pictures.ts';
import { initialCounters, initialState, type StateValues } from './state.ts';
import { trainingPhases } from './steps/index.ts';
import { createTrainer } from './trainer.ts';
import { takeWeights } from './warm-start.ts';

/** Of the machine's memory; the rest is for the data, the program and others. */
const USABLE_SHARE = 0.8;
/** Up to this share, speed is worth memory. */
const HELD_SHARE = 0.25;

export interface TrainContext {
  workspace: Workspace;
  effects: Effects;
  /** Images to use instead of the dataset that `options.data` names. */
  images?: TrainingImages;
}

export interface TrainPlan {
  recipe: RecipeOptions;
  dataset: { name: string; count: number; hash: string; simulated: boolean; channels: number };
  parameters: { generator: number; discriminator: number };
  /** What a step costs, for every side that is learnt. */
  costs: StageCost[];
  /** The run that is resumed. */
  resumes: string | undefined;
}

export interface TrainSummary {
  directory: string;
  /** Why it ended: the images asked for were seen, or the hours were over. */
  finished: LoopResult['finished'];
  images: number;
  checkpoint: string;
  /** Statistics of the last tick of this call. */
  lastTick: Tick | undefined;
}

/** What belongs to a run from its first moment; `options.json` holds it. */
interface Job {
  recipe: RecipeOptions;
  data: string;
  seed: number;
  samples: number;
  images: TrainingImages;
  folder: RunFolder | undefined;
  checkpoint: Checkpoint | undefined;
  /** Whose weights a new run begins with. */
  source: Checkpoint | undefined;
}

export async function planTraining(options: TrainOptions, context: TrainContext): Promise<TrainPlan> {
  const { recipe, images, folder } = await prepareJob(options, context);
  const networks = createNetworks(networkOptions(recipe, images.channels));
  const { name, count, hash, simulated, channels } = images;
  return {
    recipe,
    dataset: { name, count, hash, simulated, channels },
    parameters: {
      generator: parameterCount(networks.generator),
      discriminator: parameterCount(networks.discriminator),
    },
    costs: estimateStages(recipe, images.channels),
    resumes: folder?.directory,
  };
}

/** Two trainings of one run would write each other's files. */
function lockRun({ directory }: RunFolder, { effects }: TrainContext): Lock {
  const path = join(dirname(directory), `.${basename(directory)}.lock`);
  return takeLock(path, 'sungan train', () => effects.clock.now());
}

/** A new call would begin a new run: the way back into this one is said. */
function explainStop(error: unknown, { directory }: RunFolder): unknown {
  if (!isSunganError(error) || error.kind !== 'interrupted') return error;
  return new SunganError('interrupted', 'stopped on request; a checkpoint was written', {
    where: directory,
    remedy: `sungan train --resume ${Number.parseInt(basename(directory), 10)}`,
  });
}

/** Trains until the images or the hours are used up. SIGTERM ends the step, writes a checkpoint and stops. */
export async function train(options: TrainOptions, context: TrainContext): Promise<TrainSummary> {
  const job = await prepareJob(options, context);
  const engine = await openEngine(options.engine, {
    threads: options.threads || Math.min(16, availableParallelism()),
    holdMemory: mayHoldMemory(estimateStages(job.recipe, job.images.channels), HELD_SHARE * totalmem()),
  });
  try {
    const folder = job.folder ?? (await beginRun(options, job, engine, context));
    context.effects.log.info(`run ${folder.directory}, ${engine.description}`);
    const lock = lockRun(folder, context);
    try {
      const result = await runJob(options, job, folder, engine, context.effects);
      return { directory: folder.directory, ...result };
    } catch (error) {
      throw explainStop(error, folder);
    } finally {
      lock.release();
    }
  } finally {
    await engine.close();
    if (!context.images) await job.images.close();
  }
}

async function runJob(options: TrainOptions, job: Job, folder: RunFolder, engine: Engine, effects: Effects) {
  const { recipe, images, checkpoint, seed, samples } = job;
  const counters = checkpoint?.counters ?? initialCounters();
  const values = checkpoint?.values ?? (await firstValues(options, job, effects));
  const before = await truncateStatistics(folder, counters.step);
  const sampleBatch = Math.min(samples, recipe.batch);
  const trainer = await createTrainer({ engine, images, recipe, seed, sampleBatch }, values, counters);
  try {
    await writeReals(folder, images, samples);
    const { name, hash, transforms, simulated } = images;
    const result = await trainingLoop({
      folder,
      trainer,
      images,
      recipe,
      facts: {
        network: networkOptions(recipe, images.channels),
        seed,
        dataset: { name, hash, transforms, simulated },
      },
      snapshotTicks: options.snapshotTicks,
      keep: options.keep,
      onCollapse: options.onCollapse,
      timeLimit: options.hours === undefined ? Number.POSITIVE_INFINITY : options.hours * 3_600_000,
      sampleSeeds: Array.from({ length: samples }, (_, i) => i),
      secondsBefore: before.at(-1)?.['seconds'] ?? 0,
      effects,
    });
    return { ...result, images: counters.images };
  } finally {
    await trainer.close();
  }
}

/** Fresh weights, or those of another run where --from asks for them. */
async function firstValues({ from }: TrainOptions, job: Job, effects: Effects): Promise<StateValues> {
  const { recipe, images, seed } = job;
  const networks = createNetworks(networkOptions(recipe, images.channels));
  const values = initialState(networks, trainingPhases(networks, stepRecipe(recipe, recipe.batch)), seed);
  if (!job.source) return values;
  const { taken, total } = takeWeights(values, networks, job.source);
  effects.log.info(`${taken} of ${total} weight tensors taken from ${from}`);
  return values;
}

async function prepareJob(options: TrainOptions, context: TrainContext): Promise<Job> {
  if (options.resume !== undefined) return resumedJob(options, options.resume, context);
  const { data = '' } = options;
  if (data === '' && !context.images) {
    throw new SunganError('usage', 'no dataset given', {
      where: '--data',
      remedy: 'name one, for example --data aia-193; `sungan status` lists them',
    });
  }
  const wanted = await resolveRecipe(options);
  const images = context.images ?? (await openTrainingImages(context.workspace, data, wanted.resolution));
  const recipe = fitToMemory(wanted, images.channels, options, context.effects);
  return {
    recipe,
    data,
    seed: options.seed,
    samples: options.samples,
    images,
    folder: undefined,
    checkpoint: undefined,
    source: options.from === undefined ? undefined : await findCheckpoint(context.workspace, options.from),
  };
}

/** Memory of cards is not known here, so the limit of the machine holds for the processor only. */
function fitToMemory(
  recipe: RecipeOptions,
  channels: number,
  { memory, engine }: TrainOptions,
  effects: Effects,
): RecipeOptions {
  const onProcessor = engine === 'auto' || engine === 'ort:cpu';
  const limit =
    memory > 0 ? memory * 2 ** 30 : onProcessor ? USABLE_SHARE * totalmem() : Number.POSITIVE_INFINITY;
  const fitted = fitBatches(recipe, channels, limit);
  const batches = (of: RecipeOptions) =>
    stagesOf(of)
      .map(({ batch }) => batch)
      .join(', ');
  if (batches(fitted) !== batches(recipe)) {
    effects.log.warn(
      `a batch of ${batches(recipe)} does not fit ${(limit / 2 ** 30).toFixed(1)} GB of memory: ${batches(fitted)} instead`,
    );
  }
  return fitted;
}

/** A resumed run keeps its recipe and seed; only its length may be changed. */
async function resumedJob(options: TrainOptions, wanted: string, context: TrainContext): Promise<Job> {
  const folder = await findRun(context.workspace, wanted);
  const {
    recipe: written,
    data,
    seed,
    samples,
    dataset,
  } = (await readRunOptions(folder)) as unknown as RunRecord;
  const recipe = resumedRecipe(options, recipeOptions.parse(written), folder);
  const images = context.images ?? (await openTrainingImages(context.workspace, data, recipe.resolution));
  if (images.hash !== dataset.hash && !options.newData) {
    throw new SunganError(
      'data',
      'the dataset has changed since this run began, so it cannot go on exactly as it was',
      {
        where: folder.directory,
        remedy: 'add --new-data to go on with the new images, or begin a new run',
      },
    );
  }
  return {
    recipe,
    data,
    seed,
    samples,
    images,
    folder,
    checkpoint: await readLatestCheckpoint(folder),
    source: undefined,
  };
}

function resumedRecipe(options: TrainOptions, written: RecipeOptions, folder: RunFolder): RecipeOptions {
  const keys = Object.keys(written) as (keyof RecipeOptions)[];
  const changed = keys.find(
    (key) => key !== 'kimg' && options[key] !== undefined && String(options[key]) !== String(written[key]),
  );
  if (changed) {
    throw new SunganError('usage', `a resumed run keeps its ${changed} (${written[changed]})`, {
      where: folder.directory,
      remedy: `leave ${flagName(changed)} out, or begin a new run with these weights by --from`,
    });
  }
  return options.kimg === undefined ? written : { ...written, kimg: options.kimg };
}

interface RunRecord {
  recipe: RecipeOptions;
  data: string;
  seed: number;
  samples: number;
  dataset: { name: string; hash: string };
}

async function beginRun(
  options: TrainOptions,
  job: Job,
  engine: Engine,
  context: TrainContext,
): Promise<RunFolder> {
  const folder = await createRunFolder(context.workspace.runs, options.name ?? presetLabel(options.preset));
  const { name, hash, count, channels, simulated, transforms } = job.images;
  const record = {
    sungan: VERSION,
    engine: engine.description,
    preset: options.preset,
    data: job.data,
    seed: job.seed,
    samples: job.samples,
    startedAt: context.effects.clock.now().toISOString(),
    recipe: job.recipe,
    dataset: { name, hash, count, channels, simulated, transforms },
  };
  await writeAtomic(folder.options, `${JSON.stringify(record, null, 2)}\n`);
  return folder;
}

function presetLabel(preset: string): string {
  const name = preset
    .split(/[/\\]/)
    .at(-1)!
    .replace(/\.ya?ml$/, '');
  return (
    name
      .toLowerCase()
      .replace(/[^a-z0-9._-]+/g, '-')
      .replace(/^[^a-z0-9]+/, '') || 'run'
  );
}
