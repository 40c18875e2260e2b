/**
 * Cheap scores while a generator is trained: a fixed subset of reals that it does not learn from, fixed seeds, and only
 * what takes seconds (SWD, MS-SSIM, solar quantities). What training does with them is its own affair.
 */
import { z } from 'zod';
import { type Effects, quietEffects } from '../core/effects.ts';
import type { Workspace } from '../core/workspace.ts';
import { createRandom } from '../numeric/random.ts';
import type { Judge, JudgedGenerator, OpenJudge, TrainingImages } from '../train/index.ts';
import { countNotFinite, hold, type ImageSet, rangeOf, sample, setFromMemory } from './image-set.ts';
import { SMALLEST_PICTURE } from './measures/ms-ssim.ts';
import type { Linear } from './metric.ts';
import { pairMean } from './metrics/ms-ssim.ts';
import { solar } from './metrics/solar.ts';
import {
  intensityChannels,
  linearOfChannels,
  signedReason,
  thresholdWarnings,
} from './metrics/solar-channels.ts';
import { diskOf, type Measured, measureSet, SOLAR_KEYS, solarDistances } from './metrics/solar-sets.ts';
import { swd, swdOfSets } from './metrics/swd.ts';
import { createSlicedEngine } from './sliced/index.ts';
import { datasetSource } from './sources/dataset.ts';

/** All of them are better when lower: `ms-ssim-gap` is the distance of MS-SSIM from that of the reals. */
const SCORES = ['swd', 'ms-ssim-gap', ...SOLAR_KEYS] as [string, ...string[]];

const DEFAULT_SOLAR = ['intensity', 'spectrum', 'flux', 'ar-area'];
const DEFAULT_COUNT = 256;

export const judgeOptions = z.strictObject({
  judgeTicks: z.coerce
    .number()
    .int()
    .min(0)
    .optional()
    .describe(
      'ticks between two scorings during training; 0: none, but 1 with --best or --early-stop [0; of a resumed run, as before]',
    ),
  judgeCount: z.coerce
    .number()
    .int()
    .min(8)
    .optional()
    .describe('pictures a side of these scorings [256; of a resumed run, as before]'),
  judgeSolar: z
    .array(z.enum(SOLAR_KEYS as [string, ...string[]]))
    .optional()
    .describe(`solar quantities among these scores [${DEFAULT_SOLAR.join()}; of a resumed run, as before]`),
  best: z
    .enum(SCORES)
    .optional()
    .describe('keep the checkpoint with the lowest such score, as best-<score> [swd with --early-stop]'),
  earlyStop: z.coerce
    .number()
    .int()
    .min(0)
    .optional()
    .describe(
      'end when so many scorings in a row bring no lower best score; 0: never [0; of a resumed run, as before]',
    ),
});

export type JudgeOptions = z.output<typeof judgeOptions>;

/** What is asked for now, and where nothing is, `before`: how a resumed run was scored until now, as it was written down. */
export function goOnJudging(asked: JudgeOptions, before: unknown): JudgeOptions {
  const known = judgeOptions.safeParse(before);
  const given = Object.entries(asked).filter(([, value]) => value !== undefined);
  return { ...(known.success && known.data), ...Object.fromEntries(given) };
}

/** Seeds of the judged pictures: far from those of the samples and of `eval`. */
const FIRST_SEED = 500_000_000;
const PAIRS = 500;
const SEED = 1;
/** In the statistics: the share of generated pictures for which there can be no score. */
const NOT_FINITE = 'notFinite';

/** Undefined when the options ask for no scores. `effects` hears of pictures that cannot be scored. */
export function trainingJudge(
  options: JudgeOptions,
  workspace: Workspace,
  effects: Effects = quietEffects(),
): OpenJudge | undefined {
  const { earlyStop = 0, judgeTicks = 0, judgeCount = DEFAULT_COUNT, judgeSolar = DEFAULT_SOLAR } = options;
  const best = options.best ?? (earlyStop > 0 ? 'swd' : undefined);
  const everyTicks = judgeTicks || (best === undefined ? 0 : 1);
  if (everyTicks === 0) return undefined;
  return async ({ data, images }): Promise<Judge> => {
    const reals = await realPictures(data, images, workspace, judgeCount, effects);
    return {
      everyTicks,
      best,
      earlyStop,
      score: createBench(reals, { judgeCount, judgeSolar, best }, effects),
    };
  };
}

interface RealPictures {
  of(resolution: number): ImageSet;
  /** Undefined where nobody says how values become DN: no solar scores then. */
  linear: Linear | undefined;
}

/** The validation split, or what stands in for it; images without a data set are judged by themselves. */
async function realPictures(
  data: string,
  images: TrainingImages,
  workspace: Workspace,
  count: number,
  effects: Effects,
): Promise<RealPictures> {
  const source =
    data === '' ? undefined : await datasetSource.open(data, { workspace, effects, split: 'validation' });
  if (source) {
    const { transforms, warnings } = source;
    // That these are training images, above all: the best score is then that of a copy.
    for (const text of warnings) effects.log.warn(`scores during training: ${text}`);
    return {
      of: (resolution) => source.images({ resolution, count, seed: SEED }),
      linear:
        transforms &&
        linearOfChannels(
          (values, channel) => transforms[channel].inverse(values),
          transforms,
          source.channelNames,
        ),
    };
  }
  const { name, channels } = images;
  return {
    of: (width) => ({
      label: `${name}, training images`,
      count: images.count,
      width,
      height: width,
      channels,
      read: (indices) => images.read(indices, width),
    }),
    linear: undefined,
  };
}

interface BenchOptions {
  judgeCount: number;
  judgeSolar: readonly string[];
  best: string | undefined;
}

function createBench(
  { of: realsOf, linear }: RealPictures,
  { judgeCount, judgeSolar, best }: BenchOptions,
  { log }: Effects,
): Judge['score'] {
  const wanted = SOLAR_KEYS.filter((key) => key === best || judgeSolar.includes(key));
  for (const text of solarWarnings(linear, wanted)) log.warn(text);
  const tellMissing = missingScore(log);
  // What is known of the reals is kept, one size at a time.
  let known: Reals | undefined;
  return async (generator) => {
    if (known?.set.width !== generator.resolution)
      known = await measureReals(realsOf(generator.resolution), judgeCount, linear);
    const { fake, broken } = await drawFakes(generator, known.set.count);
    if (broken > 0) {
      // No score at all: such a checkpoint is never the best, and whether training goes on is not decided here.
      log.warn(
        `${broken} of ${fake.count} generated pictures hold pixels that are no numbers: no scores this time`,
      );
      return { [NOT_FINITE]: broken / fake.count };
    }
    const scores = {
      ...(await patchScores(known.set, fake)),
      ...(await pairScores(known, fake)),
      ...(await solarScores(known, fake, wanted)),
    };
    if (best !== undefined && scores[best] === undefined) tellMissing(best, generator.resolution);
    return scores;
  };
}

/** Says it once for every size of pictures. */
function missingScore({ warn }: Effects['log']): (score: string, resolution: number) => void {
  const told = new Set<number>();
  return (score, resolution) => {
    if (!told.has(resolution))
      warn(
        `pictures of ${resolution} pixels have no score '${score}': no checkpoint is kept as the best, and no run ends early`,
      );
    told.add(resolution);
  };
}

/** Said once, at the start: what the solar scores among `wanted` cannot be taken for. */
function solarWarnings(linear: Linear | undefined, wanted: readonly string[]): string[] {
  if (!linear || wanted.length === 0) return [];
  const count = linear.channels?.length ?? 0;
  const signed = signedReason(linear, count);
  const hasRegions = wanted.some((key) => /^(ar|ch)-/.test(key));
  return [
    ...(signed ? [`solar scores: ${signed}`] : []),
    ...(hasRegions ? thresholdWarnings(linear, count) : []),
  ];
}

interface Reals {
  set: ImageSet;
  /** Undefined for pictures that are too small, and for one alone. */
  similarity: number | undefined;
  solar: { measure(set: ImageSet): Promise<Measured>; own: Measured } | undefined;
}

async function measureReals(all: ImageSet, count: number, linear: Linear | undefined): Promise<Reals> {
  const set = await hold(sample(all, count, createRandom(`judge/${SEED}`)));
  return {
    set,
    similarity:
      set.width < SMALLEST_PICTURE || set.count < 2 ? undefined : (await pairMean(set, PAIRS, SEED)).mean,
    solar: await measureSuns(set, linear),
  };
}

async function measureSuns(set: ImageSet, linear: Linear | undefined): Promise<Reals['solar']> {
  if (!linear || solar.unfit(set, linear, undefined) !== undefined) return undefined;
  const [channel] = intensityChannels(linear, set.channels);
  const { disk } = await diskOf(set, linear, channel);
  const measure = (pictures: ImageSet) => measureSet(pictures, disk, linear, channel);
  return { measure, own: await measure(set) };
}

/** `broken` of them hold pixels that are no numbers. */
async function drawFakes(
  generator: JudgedGenerator,
  count: number,
): Promise<{ fake: ImageSet; broken: number }> {
  const { resolution, channels } = generator;
  const data = await generator.sample(rangeOf(count, FIRST_SEED));
  const fake = setFromMemory('generated', { width: resolution, height: resolution, channels, data });
  return { fake, broken: countNotFinite(data, channels * resolution ** 2) };
}

async function patchScores(real: ImageSet, fake: ImageSet): Promise<Record<string, number>> {
  if (swd.unfit(real, undefined, undefined) !== undefined) return {};
  const engine = await createSlicedEngine();
  try {
    const levels = await swdOfSets(real, fake, SEED, engine);
    return { swd: levels.reduce((sum, value) => sum + value, 0) / levels.length };
  } finally {
    await engine.close();
  }
}

async function pairScores({ similarity }: Reals, fake: ImageSet): Promise<Record<string, number>> {
  if (similarity === undefined) return {};
  const own = (await pairMean(fake, PAIRS, SEED)).mean;
  return { 'ms-ssim': own, 'ms-ssim-reals': similarity, 'ms-ssim-gap': Math.abs(own - similarity) };
}

async function solarScores(
  { solar: suns }: Reals,
  fake: ImageSet,
  wanted: readonly string[],
): Promise<Record<string, number>> {
  if (!suns || wanted.length === 0) return {};
  const distances = solarDistances(suns.own, await suns.measure(fake));
  const finite = wanted.filter((key) => Number.isFinite(distances[key]));
  return Object.fromEntries(finite.map((key) => [key, distances[key]]));
}
