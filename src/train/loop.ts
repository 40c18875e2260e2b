/** The training loop, as a table of contents: step, count, and at every tick statistics, samples and a checkpoint. */
import { type Effects, throwIfStopped } from '../core/effects.ts';
import { assertFinite, COLLAPSE_ADVICE, COLLAPSE_SHARE, diversity } from './alarms.ts';
import type { TrainingImages } from './data/images.ts';
import type { GanNetworks } from './networks/network.ts';
import { type CheckpointFacts, pruneCheckpoints, writeCheckpoint } from './run/checkpoint.ts';
import { appendStatistics, type RunFolder } from './run/folder.ts';
import { writeSamples } from './run/pictures.ts';
import type { Sampler } from './sampler.ts';
import type { Trainer } from './trainer.ts';

export interface LoopOptions {
  folder: RunFolder;
  trainer: Trainer;
  sampler: Sampler;
  networks: GanNetworks;
  images: TrainingImages;
  facts: Omit<CheckpointFacts, 'counters'>;
  batch: number;
  totalImages: number;
  tickImages: number;
  snapshotTicks: number;
  keep: number;
  /** Milliseconds this call may take. */
  timeLimit: number;
  sampleSeeds: readonly number[];
  /** Of the reals that are shown. */
  realDiversity: number;
  learningRates: { generator: number; discriminator: number };
  /** Seconds that earlier calls trained. */
  secondsBefore: number;
  effects: Effects;
}

export interface LoopResult {
  finished: 'kimg' | 'hours';
  checkpoint: string;
  lastTick: Record<string, number> | undefined;
}

export async function trainingLoop(options: LoopOptions): Promise<LoopResult> {
  const { trainer, effects, totalImages, tickImages } = options;
  const { counters } = trainer;
  const startedAt = performance.now();
  const progress = effects.progress('train', totalImages / 1000, 'kimg');
  progress.advance(counters.images / 1000);
  let checkpoint: string | undefined;
  let lastTick: Record<string, number> | undefined;
  let tickStart = { at: startedAt, images: counters.images };
  const save = async () => {
    checkpoint = await saveCheckpoint(options);
  };

  while (counters.images < totalImages) {
    if (effects.signal.aborted) await save();
    throwIfStopped(effects.signal);
    if (performance.now() - startedAt > options.timeLimit)
      return { finished: 'hours', checkpoint: checkpoint ?? (await saveCheckpoint(options)), lastTick };

    // Step
    const statistics = await trainer.step();
    assertFinite(statistics, counters.images, checkpoint);
    addToSums(counters.sums, statistics);
    progress.advance(options.batch / 1000, note(statistics));

    // Tick
    if (counters.images < Math.min(totalImages, (counters.tick + 1) * tickImages)) continue;
    counters.tick++;
    const seconds = options.secondsBefore + (performance.now() - startedAt) / 1000;
    const speed = (counters.images - tickStart.images) / ((performance.now() - tickStart.at) / 1000);
    lastTick = await recordTick(options, { seconds, speed });
    tickStart = { at: performance.now(), images: counters.images };

    // Checkpoint
    if (counters.tick % options.snapshotTicks === 0 || counters.images >= totalImages) await save();
  }
  progress.done();
  return { finished: 'kimg', checkpoint: checkpoint ?? (await saveCheckpoint(options)), lastTick };
}

async function recordTick(
  options: LoopOptions,
  { seconds, speed }: { seconds: number; speed: number },
): Promise<Record<string, number>> {
  const { trainer, sampler, folder, networks, effects, learningRates } = options;
  const { counters } = trainer;
  const { weights, styleAverage } = trainer.generatorValues();
  const samples = await sampler.sample(options.sampleSeeds, weights, styleAverage, 1);
  await writeSamples(folder, counters.images, samples, networks);
  const share = diversity(samples, networks.channels * networks.resolution ** 2) / options.realDiversity;
  if (share < COLLAPSE_SHARE && counters.tick > 1) effects.log.warn(COLLAPSE_ADVICE);
  const tick = {
    step: counters.step,
    tick: counters.tick,
    kimg: counters.images / 1000,
    seconds: round(seconds),
    imagesPerSecond: round(speed),
    ...means(counters.sums),
    diversity: share,
    generatorRate: learningRates.generator,
    discriminatorRate: learningRates.discriminator,
    memoryMegabytes: Math.round(process.memoryUsage.rss() / 2 ** 20),
  };
  counters.sums = {};
  await appendStatistics(folder, tick);
  effects.log.debug(
    `tick ${tick.tick}: ${tick.kimg} kimg, ${tick.imagesPerSecond} img/s, diversity ${share.toFixed(2)}`,
  );
  return tick;
}

async function saveCheckpoint({ folder, networks, facts, trainer, keep }: LoopOptions): Promise<string> {
  const values = await trainer.readState();
  for (const [name, data] of values) {
    if (!data.every(Number.isFinite))
      assertFinite({ [name]: Number.NaN }, trainer.counters.images, undefined);
  }
  const path = await writeCheckpoint(folder, networks, { ...facts, counters: trainer.counters }, values);
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
