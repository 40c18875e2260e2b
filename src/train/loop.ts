/** The training loop, as a table of contents: step, count, and at every tick statistics, samples and a checkpoint. */
import { type Effects, throwIfStopped } from '../core/effects.ts';
import { describeError } from '../core/errors.ts';
import type { Progress } from '../core/progress.ts';
import { assertFinite, collapseError, diversity, hasCollapsed, isFlat, watchVariety } from './alarms.ts';
import { fadeAt } from './curriculum.ts';
import type { TrainingImages } from './data/images.ts';
import { type Judge, verdictOf } from './judge.ts';
import type { RecipeOptions } from './options.ts';
import { newestCheckpoint, pruneCheckpoints, writeCheckpoint } from './run/checkpoint.ts';
import { bestFolder } from './run/choose.ts';
import type { CheckpointFacts } from './run/facts.ts';
import { appendStatistics, type RunFolder } from './run/folder.ts';
import { writeSamples } from './run/pictures.ts';
import { anneal } from './schedule.ts';
import type { Trainer } from './trainer.ts';

export interface LoopOptions {
  folder: RunFolder;
  trainer: Trainer;
  images: TrainingImages;
  recipe: RecipeOptions;
  facts: Pick<CheckpointFacts, 'network' | 'seed' | 'dataset'>;
  snapshotTicks: number;
  keep: number;
  onCollapse: 'stop' | 'warn';
  /** Until when this call may go on, by `performance.now()`. */
  deadline: number;
  /** Seeds of the sample pictures. */
  sampleSeeds: readonly number[];
  /** Statistics of earlier calls. */
  ticksBefore: readonly Tick[];
  judge: Judge | undefined;
  effects: Effects;
}

export type Tick = Record<string, number>;

export interface LoopResult {
  finished: 'kimg' | 'hours' | 'early-stop';
  checkpoint: string;
  lastTick: Tick | undefined;
}

export async function trainingLoop(options: LoopOptions): Promise<LoopResult> {
  const { trainer, recipe, effects } = options;
  const progress = effects.progress('train', recipe.kimg, 'kimg', trainer.counters.images / 1000);
  try {
    return await trainToEnd(options, progress);
  } finally {
    progress.done();
  }
}

async function trainToEnd(options: LoopOptions, progress: Progress): Promise<LoopResult> {
  const { trainer, recipe, effects, folder } = options;
  const { counters } = trainer;
  const totalImages = recipe.kimg * 1000;
  const tickImages = Math.round(recipe.tickKimg * 1000);
  const watch = startWatch(options);
  const alarm = collapseAlarm(options);
  let lastGood = await newestCheckpoint(folder);
  let isSaved = false;
  let lastTick: Tick | undefined;
  const ticks = [...options.ticksBefore];
  let isOver = isPlayedOut(options, ticks);

  while (counters.images < totalImages && !isOver && !watch.isOver()) {
    if (effects.signal.aborted) await saveCheckpoint(options, lastGood);
    throwIfStopped(effects.signal);

    // Step
    const imagesBefore = counters.images;
    const statistics = await trainer.step();
    assertFinite(statistics, counters.images, lastGood);
    addToSums(counters.sums, statistics);
    progress.advance((counters.images - imagesBefore) / 1000, note(statistics));

    // Tick
    isSaved = false;
    if (counters.images < Math.min(totalImages, (counters.tick + 1) * tickImages)) continue;
    counters.tick++;
    lastTick = await recordTick(options, watch.lap());
    ticks.push(lastTick);
    await keepBest(options, ticks, lastGood);
    isOver = isPlayedOut(options, ticks);
    alarm(lastGood);

    // Checkpoint
    if (counters.tick % options.snapshotTicks === 0 && isWorthKeeping(options)) {
      lastGood = await saveCheckpoint(options, lastGood);
      isSaved = true;
    }
  }
  const checkpoint = isSaved && lastGood ? lastGood : await saveCheckpoint(options, lastGood);
  const finished = counters.images >= totalImages ? 'kimg' : isOver ? 'early-stop' : 'hours';
  return { finished, checkpoint, lastTick };
}

/** Stops at a collapse, or says once that there is one. */
function collapseAlarm({
  trainer,
  onCollapse,
  effects,
}: LoopOptions): (lastGood: string | undefined) => void {
  let isTold = false;
  return (lastGood) => {
    const { variety, images } = trainer.counters;
    const collapsed = hasCollapsed(variety, images / 1000);
    const error = collapseError(images / 1000, lastGood);
    if (collapsed && onCollapse === 'stop') throw error;
    if (collapsed && !isTold) effects.log.warn(describeError(error));
    isTold = collapsed;
  };
}

/** Flat samples push no better checkpoints out, unless training is to go on with them. */
function isWorthKeeping({ trainer, onCollapse }: LoopOptions): boolean {
  const { variety, images } = trainer.counters;
  return onCollapse === 'warn' || !isFlat(variety, images / 1000);
}

function isPlayedOut({ judge, recipe }: LoopOptions, ticks: readonly Tick[]): boolean {
  return judge !== undefined && verdictOf(judge, ticks, recipe.resolution).isOver;
}

/** Written before the numbered checkpoint: whatever a resumed run does not do again has its best one already. */
async function keepBest(
  options: LoopOptions,
  ticks: readonly Tick[],
  lastGood: string | undefined,
): Promise<void> {
  const { judge, folder, recipe } = options;
  const isJudged = judge?.best !== undefined && Number.isFinite(ticks.at(-1)?.[judge.best]);
  if (!isJudged || !verdictOf(judge, ticks, recipe.resolution).isBest) return;
  await saveCheckpoint({ ...options, folder: bestFolder(folder, judge.best!), keep: 1 }, lastGood);
}

/** Wall-clock time: never part of a checkpoint. */
function startWatch({ deadline, ticksBefore, trainer }: LoopOptions) {
  const startedAt = performance.now();
  const secondsBefore = ticksBefore.at(-1)?.['seconds'] ?? 0;
  let tick = { at: startedAt, images: trainer.counters.images };
  return {
    isOver: () => performance.now() > deadline,
    lap() {
      const now = { at: performance.now(), images: trainer.counters.images };
      const imagesPerSecond = (now.images - tick.images) / ((now.at - tick.at) / 1000);
      tick = now;
      return {
        seconds: round(secondsBefore + (now.at - startedAt) / 1000),
        imagesPerSecond: round(imagesPerSecond),
      };
    },
  };
}

async function recordTick(
  { trainer, folder, images, recipe, judge, effects, sampleSeeds }: LoopOptions,
  speed: { seconds: number; imagesPerSecond: number },
): Promise<Tick> {
  const { counters, networks } = trainer;
  const samples = await trainer.sample(sampleSeeds);
  await writeSamples(folder, counters.images, samples, networks, images.physical);
  // Reals that are all alike say nothing about samples.
  const reals = await diversityOfReals(images, networks.resolution);
  const compared = sampleSeeds.length > 1 ? samples : await trainer.sample(COMPARED_SEEDS);
  const share = reals > 0 ? diversity(compared, networks) / reals : 1;
  counters.variety = watchVariety(counters.variety, share);
  const rates = anneal(recipe, counters.images);
  const isJudged = judge !== undefined && counters.tick % judge.everyTicks === 0;
  const { resolution, channels } = networks;
  const scores = isJudged ? await judge.score({ resolution, channels, sample: trainer.sample }) : {};
  const tick = {
    step: counters.step,
    tick: counters.tick,
    kimg: counters.images / 1000,
    ...speed,
    ...means(counters.sums),
    diversity: share,
    side: networks.resolution,
    generatorRate: recipe.generatorRate * rates.rate,
    discriminatorRate: recipe.discriminatorRate * rates.rate,
    memoryMegabytes: Math.round(process.memoryUsage.rss() / 2 ** 20),
    ...scores,
  };
  counters.sums = {};
  await appendStatistics(folder, tick);
  effects.log.info(describeTick(tick));
  return tick;
}

/** One line for people. */
function describeTick(tick: Tick): string {
  const number = (name: string) => tick[name]?.toPrecision(3) ?? '-';
  return [
    `tick ${tick['tick']}: ${tick['kimg']} kimg, ${tick['imagesPerSecond']} img/s`,
    `loss D ${number('discriminatorLoss')} G ${number('generatorLoss')}`,
    `D(real) ${number('realScore')} D(fake) ${number('fakeScore')}`,
    `diversity ${number('diversity')}`,
  ].join(', ');
}

const REALS_FOR_DIVERSITY = 64;

/** Where one sample is shown: it differs from nothing. */
const COMPARED_SEEDS = [0, 1, 2, 3, 4, 5, 6, 7];

async function diversityOfReals(images: TrainingImages, side: number): Promise<number> {
  const count = Math.min(REALS_FOR_DIVERSITY, images.count);
  const positions = Array.from({ length: count }, (_, i) => Math.floor((i * images.count) / count));
  const { channels } = images;
  return diversity(await images.read(positions, side), { channels, resolution: side });
}

/** `lastGood` is named where the state is no number any more. */
async function saveCheckpoint(options: LoopOptions, lastGood: string | undefined): Promise<string> {
  const { folder, facts, trainer, recipe, keep } = options;
  const { counters, stage, networks } = trainer;
  const values = await trainer.readState();
  for (const [name, data] of values) {
    if (!data.every(Number.isFinite)) assertFinite({ [name]: Number.NaN }, counters.images, lastGood);
  }
  const fade = fadeAt(recipe, stage, counters.images);
  const path = await writeCheckpoint(
    folder,
    networks,
    { ...facts, side: stage.side, fade, counters },
    values,
  );
  await pruneCheckpoints(folder, keep);
  return path;
}

function addToSums(
  sums: Record<string, [number, number]>,
  statistics: Readonly<Record<string, number>>,
): void {
  for (const [name, value] of Object.entries(statistics)) {
    const [sum, count] = sums[name] ?? [0, 0];
    sums[name] = [sum + value, count + 1];
  }
}

function means(sums: Readonly<Record<string, [number, number]>>): Record<string, number> {
  return Object.fromEntries(Object.entries(sums).map(([name, [sum, count]]) => [name, sum / count]));
}

function note(statistics: Readonly<Record<string, number>>): string {
  return `loss D ${statistics['discriminatorLoss']?.toFixed(2)} G ${statistics['generatorLoss']?.toFixed(2)}`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
