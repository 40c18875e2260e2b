/** The beginning of a run: its first weights, its folder, and what is put down of it. */
import type { Effects } from '../core/effects.ts';
import { VERSION } from '../core/version.ts';
import { createNetworks, networkOptions, stepRecipe } from './assemble.ts';
import { fadeAt, stagesOf } from './curriculum.ts';
import type { TrainingImages } from './data/images.ts';
import type { Engine } from './engines/index.ts';
import type { Job, TrainContext } from './job.ts';
import type { LabelFacts } from './labels.ts';
import type { TrainOptions } from './options.ts';
import { writeCheckpoint } from './run/checkpoint.ts';
import type { CheckpointFacts } from './run/facts.ts';
import { createRunFolder, type RunFolder } from './run/folder.ts';
import { writeRunRecord } from './run/record.ts';
import { initialCounters, initialState, type StateValues } from './state.ts';
import { trainingPhases } from './steps/index.ts';
import { takeWeights } from './warm-start.ts';

/** Fresh weights, or those of another run where --from asks for them. */
export function firstValues({ from }: TrainOptions, job: Job, effects: Effects): StateValues {
  const { recipe, images, seed } = job;
  const networks = createNetworks(networkOptions(recipe, images.channels, images.labels?.names.length));
  const values = initialState(networks, trainingPhases(networks, stepRecipe(recipe, recipe.batch)), seed);
  if (!job.source) return values;
  const { taken, total, unlike } = takeWeights(values, networks, job.source);
  const words = `${taken} of ${total} weight tensors taken from ${from}`;
  if (taken > unlike) effects.log.info(words);
  else
    effects.log.warn(
      `only ${words}, ${unlike} have another shape there: give --latent-size, --style-size, --channel-base and --channel-max as that run has them`,
    );
  return values;
}

/** What every checkpoint of the run says of it. */
export function factsOf({
  recipe,
  images,
  seed,
}: Job): Pick<CheckpointFacts, 'network' | 'seed' | 'dataset'> {
  const { name, hash, transforms, simulated } = images;
  return {
    network: networkOptions(recipe, images.channels, images.labels?.names.length),
    seed,
    dataset: { name, hash, transforms, simulated, labels: labelFacts(images) },
  };
}

/** A new folder with the record of the run, which makes it one that can be resumed. */
export async function beginRun(
  options: TrainOptions,
  job: Job,
  engine: Engine,
  values: StateValues,
  context: TrainContext,
): Promise<RunFolder> {
  const folder = await createRunFolder(context.workspace.runs, options.name ?? presetLabel(options.preset));
  // The seed does not give the weights of another run again, so they are put down before the run can be resumed.
  if (job.source) await writeFirstCheckpoint(folder, job, values);
  await writeRunRecord(folder, {
    sungan: VERSION,
    engine: engine.description,
    engineName: engine.name,
    preset: options.preset,
    data: job.data,
    seed: job.seed,
    samples: job.samples,
    startedAt: context.effects.clock.now().toISOString(),
    ...(job.source && { from: job.source.path }),
    settings: job.settings,
    judge: context.judgeRecord,
    recipe: job.recipe,
    dataset: datasetRecord(job.images),
  });
  return folder;
}

async function writeFirstCheckpoint(folder: RunFolder, job: Job, values: StateValues): Promise<void> {
  const { recipe } = job;
  const [stage] = stagesOf(recipe);
  const facts = factsOf(job);
  const counters = initialCounters();
  const { side } = stage!;
  const fade = fadeAt(recipe, stage!, counters.images);
  await writeCheckpoint(
    folder,
    createNetworks(facts.network, side),
    { ...facts, side, fade, counters },
    values,
  );
}

/** What the record of a run says of its images. */
export function datasetRecord(images: TrainingImages) {
  const { name, hash, count, channels, simulated, transforms } = images;
  return { name, hash, count, channels, simulated, transforms, labels: labelFacts(images) };
}

/** What a checkpoint keeps of the labels: all but the class of every image. */
export function labelFacts({ labels }: Pick<TrainingImages, 'labels'>): LabelFacts | undefined {
  if (!labels) return undefined;
  const { kind, names, counts, source } = labels;
  return { kind, names, counts, source };
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
