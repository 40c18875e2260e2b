/** The use case: options in, a run folder with a trained generator out. */
import { availableParallelism } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { type Lock, takeLock } from '../catalog/index.ts';
import { isSunganError, SunganError } from '../core/errors.ts';
import type { Workspace } from '../core/workspace.ts';
import { createNetworks, networkOptions } from './assemble.ts';
import { beginRun, datasetRecord, factsOf, firstValues, labelFacts } from './begin.ts';
import { stagesOf } from './curriculum.ts';
import { type Engine, type EngineName, openEngine } from './engines/index.ts';
import { type Job, prepareJob, type TrainContext } from './job.ts';
import type { LabelFacts } from './labels.ts';
import { type LoopResult, type Tick, trainingLoop } from './loop.ts';
import { machineMemory } from './machine.ts';
import { parameterCount } from './networks/parameters.ts';
import type { RecipeOptions, TrainOptions } from './options.ts';
import { type CostPlan, describeCosts, estimateStages, mayHoldMemory } from './planner.ts';
import { newestCheckpoint, setAsideLater } from './run/checkpoint.ts';
import { type RunFolder, removeUnfinished, truncateStatistics } from './run/folder.ts';
import { writeReals } from './run/pictures.ts';
import { readRunRecord, updateRunRecord } from './run/record.ts';
import { initialCounters, type StateValues } from './state.ts';
import { createTrainer } from './trainer.ts';

/** Up to this share of the machine's memory, where no limit is given, speed is worth memory. */
const HELD_SHARE = 0.25;

export interface TrainPlan extends CostPlan {
  recipe: RecipeOptions;
  dataset: {
    name: string;
    count: number;
    hash: string;
    simulated: boolean;
    channels: number;
    labels: LabelFacts | undefined;
  };
  /** The run that is resumed. */
  resumes: string | undefined;
}

export interface TrainSummary {
  directory: string;
  /** Why it ended: the images asked for were seen, the hours were over, or the scores got no better. */
  finished: LoopResult['finished'];
  images: number;
  checkpoint: string;
  /** Statistics of the last tick of this call. */
  lastTick: Tick | undefined;
}

export async function planTraining(options: TrainOptions, context: TrainContext): Promise<TrainPlan> {
  const job = await prepareJob(options, context);
  const { recipe, images, folder } = job;
  const { name, count, hash, simulated, channels } = images;
  if (!context.images) await images.close();
  return {
    recipe,
    dataset: { name, count, hash, simulated, channels, labels: labelFacts(images) },
    ...costsOf(job, options),
    resumes: folder?.directory,
  };
}

function costsOf(
  { recipe, images: { channels, labels } }: Job,
  { memory }: Pick<TrainOptions, 'memory'>,
): CostPlan {
  const networks = createNetworks(networkOptions(recipe, channels, labels?.names.length));
  const costs = estimateStages(recipe, channels, labels?.names.length);
  const room = memory > 0 ? memory * 2 ** 30 : HELD_SHARE * machineMemory();
  return {
    parameters: {
      generator: parameterCount(networks.generator),
      discriminator: parameterCount(networks.discriminator),
    },
    costs,
    holdsMemory: mayHoldMemory(costs, room),
  };
}

/** Two trainings of one run would write each other's files. */
function lockRun({ directory }: RunFolder, { effects }: TrainContext): Lock {
  const path = join(dirname(directory), `.${basename(directory)}.lock`);
  return takeLock(path, 'sungan train', () => effects.clock.now());
}

/** A new call would begin a new run: the way back into this one is said. */
function explainStop(error: unknown, { directory }: RunFolder, { runs }: Workspace): unknown {
  if (!isSunganError(error) || error.kind !== 'interrupted') return error;
  // Elsewhere a number would name another run.
  const name = dirname(directory) === runs ? Number.parseInt(basename(directory), 10) : directory;
  return new SunganError('interrupted', 'stopped on request; a checkpoint was written', {
    where: directory,
    remedy: `sungan train --resume ${name}`,
  });
}

/** Trains until the images or the hours are used up. SIGTERM ends the step, writes a checkpoint and stops. */
export async function train(options: TrainOptions, context: TrainContext): Promise<TrainSummary> {
  const startedAt = performance.now();
  const job = await prepareJob(options, context);
  try {
    return await trainJob(options, job, startedAt, context);
  } finally {
    if (!context.images) await job.images.close();
  }
}

async function trainJob(
  options: TrainOptions,
  job: Job,
  startedAt: number,
  context: TrainContext,
): Promise<TrainSummary> {
  const plan = costsOf(job, options);
  const engine = await openEngine(job.engine, {
    threads: options.threads || Math.min(16, availableParallelism()),
    spin: options.spin,
    holdMemory: plan.holdsMemory,
  });
  try {
    const values = job.checkpoint?.values ?? firstValues(options, job, context.effects);
    const folder = job.folder ?? (await beginRun(options, job, engine, values, context));
    context.effects.log.info(`run ${folder.directory}, ${engine.description}`);
    for (const line of describeCosts(plan)) context.effects.log.info(line);
    const lock = lockRun(folder, context);
    try {
      if (job.folder) {
        await refuseStale(job, folder);
        await noteChanges(job, folder, engine, context);
      }
      await removeUnfinished(folder);
      const result = await runJob(options, job, { folder, engine, values, startedAt }, context);
      return { directory: folder.directory, ...result };
    } catch (error) {
      throw explainStop(error, folder, context.workspace);
    } finally {
      lock.release();
    }
  } finally {
    await engine.close();
  }
}

/** Another training of this run may have ended after its newest checkpoint was read, and before the lock was free. */
async function refuseStale({ checkpoint, isNewest }: Job, folder: RunFolder): Promise<void> {
  if (!isNewest || (await newestCheckpoint(folder)) === checkpoint?.path) return;
  throw new SunganError('io', 'another training of this run has ended just now', {
    where: folder.directory,
    remedy: 'run the same command again',
  });
}

/** A run that is killed goes on with the length, the data and the engine of its last call. */
async function noteChanges(
  job: Job,
  folder: RunFolder,
  engine: Engine,
  { effects, judgeRecord }: TrainContext,
): Promise<void> {
  const { engine: before } = await readRunRecord(folder);
  if (before !== engine.description) {
    effects.log.warn(
      `until now computed by ${before}, from now on by ${engine.description}: not bit for bit what the same engine would give`,
    );
  }
  await updateRunRecord(folder, {
    kimg: job.recipe.kimg,
    dataset: datasetRecord(job.images),
    engine: engine.description,
    engineName: engine.name as EngineName,
    settings: job.settings,
    judge: judgeRecord,
  });
}

interface Means {
  folder: RunFolder;
  engine: Engine;
  /** The state to begin with. */
  values: StateValues;
  /** When the call began, by `performance.now()`. */
  startedAt: number;
}

async function runJob(
  options: TrainOptions,
  job: Job,
  { folder, engine, values, startedAt }: Means,
  context: TrainContext,
) {
  const { effects } = context;
  const { recipe, images, checkpoint, seed, samples, settings } = job;
  const counters = checkpoint?.counters ?? initialCounters();
  const replaced = await setAsideLater(folder, counters.step);
  if (replaced > 0)
    effects.log.warn(`${replaced} later checkpoints are in ${join(folder.directory, 'replaced')} now`);
  const before = await truncateStatistics(folder, counters.step);
  const sampleBatch = Math.min(samples, ...stagesOf(recipe).map(({ atOnce }) => atOnce));
  const trainer = await createTrainer({ engine, images, recipe, seed, sampleBatch }, values, counters);
  try {
    await writeReals(folder, images, samples);
    const result = await trainingLoop({
      folder,
      trainer,
      images,
      recipe,
      facts: factsOf(job),
      ...settings,
      deadline: startedAt + (options.hours ?? Number.POSITIVE_INFINITY) * 3_600_000,
      sampleSeeds: Array.from({ length: samples }, (_, i) => i),
      ticksBefore: before,
      judge: await context.judge?.({ data: job.data, images }),
      effects,
    });
    return { ...result, images: counters.images };
  } finally {
    await trainer.close();
  }
}
