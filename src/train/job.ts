/** What is to be trained: a new run or one that goes on, with everything that its options name opened. */
import { basename, dirname, join, resolve } from 'node:path';
import type { Effects } from '../core/effects.ts';
import { SunganError } from '../core/errors.ts';
import { exists } from '../core/files.ts';
import { flagName } from '../core/options.ts';
import type { Workspace } from '../core/workspace.ts';
import { type NetworkOptions, networkOptions } from './assemble.ts';
import { stagesOf } from './curriculum.ts';
import { openTrainingImages } from './data/dataset.ts';
import type { TrainingImages } from './data/images.ts';
import type { OpenJudge } from './judge.ts';
import { flawOfClasses } from './labels.ts';
import { machineMemory } from './machine.ts';
import {
  type RecipeOptions,
  type RunSettings,
  SETTING_DEFAULTS,
  type TrainOptions,
  trainOptions,
} from './options.ts';
import { differenceOfParts } from './parts.ts';
import { bytesOn, estimateStages, fitParts } from './planner.ts';
import { resolveRecipe } from './presets.ts';
import { type Checkpoint, findCheckpoint, readCheckpoint, readLatestCheckpoint } from './run/checkpoint.ts';
import { findRun, type RunFolder } from './run/folder.ts';
import { type RunRecord, readRunRecord } from './run/record.ts';

/** Of the machine's memory; the rest is for the data, the program and others. */
const USABLE_SHARE = 0.8;

export interface TrainContext {
  workspace: Workspace;
  effects: Effects;
  /** Images to use instead of the dataset that `options.data` names. */
  images?: TrainingImages;
  /** Scores the generator from time to time. */
  judge?: OpenJudge | undefined;
  /** How it scores, for the run's record: `recordedJudge` gives it back. JSON-safe. */
  judgeRecord?: object | undefined;
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
  /** Whether that is to be the newest of the run, whatever it is called. */
  isNewest: boolean;
  /** Whose weights a new run begins with. */
  source: Checkpoint | undefined;
  /** A resumed run is computed by the engine that it was computed by, unless another is asked for. */
  engine: TrainOptions['engine'];
  settings: RunSettings;
}

/** Reads what the options name: recipe, data, and for a resumed run its folder and newest checkpoint. */
export async function prepareJob(options: TrainOptions, context: TrainContext): Promise<Job> {
  if (options.resume !== undefined) return resumedJob(options, options.resume, context);
  const data = await placeOf(context, options.data ?? '');
  if (data === '' && !context.images) {
    throw new SunganError('usage', 'no dataset given', {
      where: '--data',
      remedy: 'name one, for example --data aia-193; `sungan status` lists them',
    });
  }
  const source =
    options.from === undefined ? undefined : await findCheckpoint(context.workspace, options.from);
  const resolved = await resolveRecipe(options);
  const wanted = source ? warmRecipe(resolved, source, options) : resolved;
  const images = await openImages(context, data, wanted);
  if (source) warnOfTransform(source, images, context.effects);
  const flaw = images.labels && flawOfClasses(images.labels);
  if (flaw) context.effects.log.warn(flaw);
  const recipe = fitToMemory(wanted, images, options, context.effects);
  return {
    recipe,
    data,
    seed: options.seed,
    samples: options.samples,
    images,
    folder: undefined,
    checkpoint: undefined,
    isNewest: false,
    source,
    engine: options.engine,
    settings: settingsOf(options, SETTING_DEFAULTS),
  };
}

function settingsOf(
  { snapshotTicks, keep, onCollapse }: TrainOptions,
  before: Readonly<RunSettings>,
): RunSettings {
  return {
    snapshotTicks: snapshotTicks ?? before.snapshotTicks,
    keep: keep ?? before.keep,
    onCollapse: onCollapse ?? before.onCollapse,
  };
}

/** Thousands of images in which adaptive augmentation finds its strength for weights that have learnt already. */
const WARM_ADAPTIVE_KIMG = 100;

/**
 * As stylegan2-ada-pytorch begins with weights of another run: their average is one already, so it is not begun
 * anew; and augmentation adapts faster.
 */
function warmRecipe(
  recipe: RecipeOptions,
  { network, path }: Checkpoint,
  { averageRampup = 0, adaptiveKimg = WARM_ADAPTIVE_KIMG }: TrainOptions,
): RecipeOptions {
  const { architecture } = network;
  if (architecture === recipe.architecture) return { ...recipe, averageRampup, adaptiveKimg };
  throw new SunganError('usage', `these are weights of ${architecture}, none for ${recipe.architecture}`, {
    where: path,
    remedy: `add --architecture ${architecture}, or leave --from out`,
  });
}

function warnOfTransform({ dataset, path }: Checkpoint, images: TrainingImages, { log }: Effects): void {
  if (JSON.stringify(dataset.transforms) === JSON.stringify(images.transforms)) return;
  const [before, now] = [dataset.transforms.length, images.transforms.length];
  log.warn(
    before === now
      ? `${path} has learnt values in another transform (${transformNames(dataset)}) than these images have (${transformNames(images)})`
      : `${path} has learnt ${before} channel(s), these images have ${now}: the layers next to the images begin anew`,
  );
}

const transformNames = ({ transforms }: Pick<TrainingImages, 'transforms'>) =>
  transforms.map(({ name }) => name).join(', ');

/** A dataset of the workspace by its name, any other by its whole path: a run goes on from wherever it is called. */
async function placeOf({ workspace }: TrainContext, data: string): Promise<string> {
  const isNamed = data === '' || (await exists(join(workspace.datasets, data)));
  return isNamed ? data : resolve(data);
}

async function openImages(
  { workspace, images: given }: TrainContext,
  data: string,
  { resolution, label }: RecipeOptions,
): Promise<TrainingImages> {
  const images = given ?? (await openTrainingImages(workspace, data, resolution, label));
  if (images.resolution < resolution) {
    throw new SunganError(
      'usage',
      `these images have ${images.resolution} pixels a side, not ${resolution}`,
      {
        where: '--resolution',
        remedy: `take --resolution ${images.resolution} or less`,
      },
    );
  }
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
  { log }: Effects,
): RecipeOptions {
  const onProcessor = engine === 'auto' || engine === 'ort:cpu';
  const limitBytes =
    memory > 0 ? memory * 2 ** 30 : onProcessor ? USABLE_SHARE * machineMemory() : Number.POSITIVE_INFINITY;
  const data = { channels, labelCount: labels?.names.length ?? 0 };
  const fitted = fitParts(recipe, data, { engine, limitBytes });
  const room = `${(limitBytes / 2 ** 30).toPrecision(2)} GB of memory`;
  const costs = estimateStages(fitted, channels, data.labelCount);
  for (const [i, { side, batch, atOnce }] of stagesOf(fitted).entries()) {
    const bytes = bytesOn(engine, costs[i]!);
    if (bytes > limitBytes) {
      const least = (bytes / 2 ** 30).toPrecision(2);
      log.warn(`${side} pixels do not fit ${room}: ${atOnce} at a time take about ${least} GB`);
    }
    if (atOnce === batch) continue;
    const difference = differenceOfParts(batch, atOnce, recipe.loss);
    const words = `computed ${atOnce} at a time, gradients averaged (${difference ?? 'the same result'})`;
    if (fitted !== recipe) log.warn(`a batch of ${batch} at ${side} pixels does not fit ${room}: ${words}`);
    else if (difference) log.warn(`a batch of ${batch} at ${side} pixels is ${words}`);
  }
  return fitted;
}

/** A resumed run keeps its recipe and seed; only its length may be changed. */
async function resumedJob(options: TrainOptions, wanted: string, context: TrainContext): Promise<Job> {
  const fromFile = isFile(wanted);
  const folder = await findResumed(context.workspace, wanted);
  const record = await readRunRecord(folder);
  const isSameData = options.data !== undefined && (await placeOf(context, options.data)) === record.data;
  refuseChanges(isSameData ? { ...options, data: record.data } : options, record, folder);
  const recipe = { ...record.recipe, kimg: options.kimg ?? record.recipe.kimg };
  const { data, seed, samples } = record;
  const images = await openImages(context, data, recipe);
  if (images.hash !== record.dataset.hash && !options.newData) {
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
  if (checkpoint) {
    refuseNewClasses(checkpoint, images);
    refuseOtherNetwork(checkpoint, networkOptions(recipe, images.channels, images.labels?.names.length));
  }
  const settings = settingsOf(options, record.settings);
  const engine = options.engine === 'auto' ? (record.engineName ?? 'auto') : options.engine;
  return {
    recipe,
    data,
    seed,
    samples,
    images,
    folder,
    checkpoint,
    isNewest: !fromFile,
    source: undefined,
    engine,
    settings,
  };
}

const isFile = (wanted: string) => wanted.endsWith('.safetensors');

/** One of the checkpoints lies in a folder of the run's folder. */
function findResumed(workspace: Workspace, wanted: string): Promise<RunFolder> {
  return findRun(workspace, isFile(wanted) ? dirname(dirname(wanted)) : wanted);
}

/** How the run that `resume` names was scored until now, as its caller wrote it down. */
export async function recordedJudge(workspace: Workspace, resume: string): Promise<unknown> {
  return (await readRunRecord(await findResumed(workspace, resume))).judge;
}

/** New data may have frames of a year that the network has no input for. */
function refuseNewClasses(checkpoint: Checkpoint, { labels }: TrainingImages): void {
  const known = checkpoint.dataset.labels?.names;
  if (!known || !labels || known.join() === labels.names.join()) return;
  throw new SunganError('data', `the network knows the labels ${known.join(', ')}`, {
    where: `the data has ${labels.names.join(', ')}`,
    remedy: 'begin a new run with these weights by --from',
  });
}

/** The data may have other channels now, or the checkpoint be of another run. */
function refuseOtherNetwork({ network, path }: Checkpoint, expected: NetworkOptions): void {
  const keys = Object.keys(expected) as (keyof NetworkOptions)[];
  const other = keys.find((key) => (network[key] ?? 0) !== expected[key]);
  if (other === undefined) return;
  throw new SunganError(
    'data',
    `its network has ${other} ${network[other]}, but run and data want ${expected[other]}`,
    { where: path, remedy: 'begin a new run with what fits of these weights by --from' },
  );
}

/** Options that a resumed run has of its own. Those with a default count as given when they differ from it. */
const KEPT = ['data', 'preset', 'seed', 'samples'] as const;

function refuseChanges(options: TrainOptions, record: RunRecord, folder: RunFolder): void {
  const refuse = (key: string, own: unknown) => {
    throw new SunganError('usage', `a resumed run keeps its ${key} (${own})`, {
      where: folder.directory,
      remedy: `leave ${flagName(key)} out, of the configuration file too, or begin a new run with these weights by --from`,
    });
  };
  for (const key of Object.keys(record.recipe) as (keyof RecipeOptions)[]) {
    const [given, own] = [options[key], record.recipe[key]];
    if (key !== 'kimg' && given !== undefined && String(given) !== String(own)) refuse(key, own);
  }
  const defaults: Partial<TrainOptions> = trainOptions.parse({});
  for (const key of KEPT) {
    if (options[key] !== defaults[key] && options[key] !== record[key]) refuse(key, record[key]);
  }
  const name = basename(folder.directory).replace(/^\d+-/, '');
  if (options.name !== undefined && options.name !== name) refuse('name', name);
  if (options.from === undefined) return;
  throw new SunganError('usage', '--resume goes on with a run, --from begins a new one', {
    where: '--from',
    remedy: 'leave one of the two out',
  });
}
