/** The training loop, as a table of contents: step, count, and at every tick statistics, samples and a checkpoint. */
import { type Effects, throwIfStopped } from '../core/effects.ts';
import { assertFinite, collapseError, diversity, hasCollapsed, isFlat, watchVariety } from './alarms.ts';
import { fadeAt } from './curriculum.ts';
import type { TrainingImages } from './data/images.ts';
import { type Judge, verdictOf } from './judge.ts';
import type { RecipeOptions } from './options.ts';
import { type CheckpointFacts, pruneCheckpoints, writeCheckpoint } from './run/checkpoint.ts';
import { bestFolder } from './run/choose.ts';
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
  /** Milliseconds this call may take. */
  timeLimit: number;
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
  const { counters } = trainer;
  const totalImages = recipe.kimg * 1000;
  const tickImages = Math.round(recipe.tickKimg * 1000);
  const watch = startWatch(options);
  const progress = effects.progress('train', recipe.kimg, 'kimg', counters.images / 1000);
  let checkpoint: string | undefined;
  let lastTick: Tick | undefined;
  const ticks = [...options.ticksBefore];
  let isOver = isPlayedOut(options, ticks);

  while (counters.images < totalImages && !isOver && !watch.isOver()) {
    if (effects.signal.aborted) await saveCheckpoint(options);
    throwIfStopped(effects.signal);

    // Step
    const imagesBefore = counters.images;
    const statistics = await trainer.step();
    assertFinite(statistics, counters.images, checkpoint);
    addToSums(counters.sums, statistics);
    progress.advance((counters.images - imagesBefore) / 1000, note(statistics));

    // Tick
    checkpoint = undefined;
    if (counters.images < Math.min(totalImages, (counters.tick + 1) * tickImages)) continue;
    counters.tick++;
    lastTick = await recordTick(options, watch.lap());
    ticks.push(lastTick);
    await keepBest(options, ticks);
    isOver = isPlayedOut(options, ticks);
    const kimg = counters.images / 1000;
    if (options.onCollapse === 'stop' && hasCollapsed(counters.variety, kimg))
      throw collapseError(kimg, checkpoint);

    // Checkpoint
    if (counters.tick % options.snapshotTicks === 0 && !isFlat(counters.variety, kimg)) {
      checkpoint = await saveCheckpoint(options);
    }
  }
  progress.done();
  checkpoint ??= await saveCheckpoint(options);
  const finished = counters.images >= totalImages ? 'kimg' : isOver ? 'early-stop' : 'hours';
  return { finished, checkpoint, lastTick };
}

function isPlayedOut({ judge }: LoopOptions, ticks: readonly Tick[]): boolean {
  return judge !== undefined && verdictOf(judge, ticks).isOver;
}

/** Written before the numbered checkpoint: whatever a resumed run does not do again has its best one already. */
async function keepBest(options: LoopOptions, ticks: readonly Tick[]): Promise<void> {
  const { judge, folder } = options;
  const isJudged = judge?.best !== undefined && ticks.at(-1)?.[judge.best] !== undefined;
  if (!isJudged || !verdictOf(judge, ticks).isBest) return;
  await saveCheckpoint({ ...options, folder: bestFolder(folder, judge.best!), keep: 1 });
}

/** Wall-clock time: never part of a checkpoint. */
function startWatch({ timeLimit, ticksBefore, trainer }: LoopOptions) {
  const startedAt = performance.now();
  const secondsBefore = ticksBefore.at(-1)?.['seconds'] ?? 0;
  let tick = { at: startedAt, images: trainer.counters.images };
  return {
    isOver: () => performance.now() - startedAt > timeLimit,
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
  const share = diversity(samples, networks) / (await diversityOfReals(images, networks.resolution));
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
  effects.log.debug(
    `tick ${tick.tick}: ${tick.kimg} kimg, ${tick.imagesPerSecond} img/s, diversity ${share.toFixed(2)}`,
  );
  return tick;
}

const REALS_FOR_DIVERSITY = 64;

async function diversityOfReals(images: TrainingImages, side: number): Promise<number> {
  const count = Math.min(REALS_FOR_DIVERSITY, images.count);
  const positions = Array.from({ length: count }, (_, i) => Math.floor((i * images.count) / count));
  const { channels } = images;
  return diversity(await images.read(positions, side), { channels, resolution: side });
}

async function saveCheckpoint(options: LoopOptions): Promise<string> {
  const { folder, facts, trainer, recipe, keep } = options;
  const { counters, stage, networks } = trainer;
  const values = await trainer.readState();
  for (const [name, data] of values) {
    if (!data.every(Number.isFinite)) assertFinite({ [name]: Number.NaN }, counters.images, undefined);
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
