/** What is to be trained: a new run or one that goes on, with everything that its options name opened. */
import { totalmem } from 'node:os';
import { dirname } from 'node:path';
import type { Effects } from '../core/effects.ts';
import { SunganError } from '../core/errors.ts';
import { flagName } from '../core/options.ts';
import type { Workspace } from '../core/workspace.ts';
import { stagesOf } from './curriculum.ts';
import { openTrainingImages } from './data/dataset.ts';
import type { TrainingImages } from './data/images.ts';
import type { OpenJudge } from './judge.ts';
import { RECIPE_DEFAULTS, type RecipeOptions, recipeOptions, type TrainOptions } from './options.ts';
import { differenceOfParts } from './parts.ts';
import { fitParts } from './planner.ts';
import { resolveRecipe } from './presets.ts';
import { type Checkpoint, findCheckpoint, readCheckpoint, readLatestCheckpoint } from './run/checkpoint.ts';
import { findRun, type RunFolder, readRunOptions } from './run/folder.ts';

/** Of the machine's memory; the rest is for the data, the program and others. */
const USABLE_SHARE = 0.8;

export interface TrainContext {
  workspace: Workspace;
  effects: Effects;
  /** Images to use instead of the dataset that `options.data` names. */
  images?: TrainingImages;
  /** Scores the generator from time to time. */
  judge?: OpenJudge | undefined;
}

/** What belongs to a run from its first moment; `options.json` holds it. */
export interface Job {
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

/** Reads what the options name: recipe, data, and for a resumed run its folder and newest checkpoint. */
export async function prepareJob(options: TrainOptions, context: TrainContext): Promise<Job> {
  if (options.resume !== undefined) return resumedJob(options, options.resume, context);
  const { data = '' } = options;
  if (data === '' && !context.images) {
    throw new SunganError('usage', 'no dataset given', {
      where: '--data',
      remedy: 'name one, for example --data aia-193; `sungan status` lists them',
    });
  }
  const wanted = await resolveRecipe(options);
  const images = await openImages(context, data, wanted);
  const recipe = fitToMemory(wanted, images, options, context.effects);
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

async function openImages(
  { workspace, images: given }: TrainContext,
  data: string,
  { resolution, label }: RecipeOptions,
): Promise<TrainingImages> {
  const images = given ?? (await openTrainingImages(workspace, data, resolution, label));
  if (label === 'none') return { ...images, labels: undefined };
  if (images.labels) return images;
  throw new SunganError('usage', `these images do not tell their ${label}`, {
    where: '--label',
    remedy: 'train on a dataset of `sungan curate` or `sungan import`',
  });
}

/** Memory of cards is not known here, so the limit of the machine holds for the processor only. */
function fitToMemory(
  recipe: RecipeOptions,
  { channels, labels }: TrainingImages,
  { memory, engine }: TrainOptions,
  effects: Effects,
): RecipeOptions {
  const onProcessor = engine === 'auto' || engine === 'ort:cpu';
  const limit =
    memory > 0 ? memory * 2 ** 30 : onProcessor ? USABLE_SHARE * totalmem() : Number.POSITIVE_INFINITY;
  const fitted = fitParts(recipe, channels, limit, labels?.names.length);
  if (fitted === recipe) return recipe;
  for (const { side, batch, atOnce } of stagesOf(fitted)) {
    if (atOnce === batch) continue;
    const difference = differenceOfParts(batch, atOnce, recipe.loss) ?? 'the same result';
    effects.log.warn(
      `a batch of ${batch} at ${side} pixels does not fit ${(limit / 2 ** 30).toPrecision(2)} GB of memory: computed ${atOnce} at a time, gradients averaged (${difference})`,
    );
  }
  return fitted;
}

/** A resumed run keeps its recipe and seed; only its length may be changed. */
async function resumedJob(options: TrainOptions, wanted: string, context: TrainContext): Promise<Job> {
  // One of the checkpoints lies in a folder of the run's folder.
  const fromFile = wanted.endsWith('.safetensors');
  const folder = await findRun(context.workspace, fromFile ? dirname(dirname(wanted)) : wanted);
  const {
    recipe: written,
    data,
    seed,
    samples,
    dataset,
  } = (await readRunOptions(folder)) as unknown as RunRecord;
  const recipe = resumedRecipe(options, recipeOptions.parse({ ...RECIPE_DEFAULTS, ...written }), folder);
  const images = await openImages(context, data, recipe);
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
  const checkpoint = fromFile ? await readCheckpoint(wanted) : await readLatestCheckpoint(folder);
  refuseNewClasses(checkpoint, images);
  return { recipe, data, seed, samples, images, folder, checkpoint, source: undefined };
}

/** New data may have frames of a year that the network has no input for. */
function refuseNewClasses(checkpoint: Checkpoint | undefined, { labels }: TrainingImages): void {
  const known = checkpoint?.dataset.labels?.names;
  if (!known || !labels || known.join() === labels.names.join()) return;
  throw new SunganError('data', `the network knows the labels ${known.join(', ')}`, {
    where: `the data has ${labels.names.join(', ')}`,
    remedy: 'begin a new run with these weights by --from',
  });
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
