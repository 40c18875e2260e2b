/** From options to the recipe that a dataset keeps for life, and the manifest that it begins with. */
import type { Frame } from '../catalog/index.ts';
import { SunganError } from '../core/errors.ts';
import { requireDuration } from '../core/time.ts';
import type { BlockList } from './block-list.ts';
import { type EmpiricalFit, fitDegradation } from './calibrate/empirical.ts';
import { channelOf } from './channels.ts';
import { headerMean } from './header-levels.ts';
import type { ImportOptions } from './import/options.ts';
import { type Manifest, type Recipe, recipeDifferences } from './manifest.ts';
import { type CurateOptions, channelNames, datasetName } from './options.ts';
import { SMALLEST_SIZE } from './prepare.ts';
import { RULES } from './rules/index.ts';
import { isSimulated } from './simulated.ts';
import { createTransform } from './transforms/index.ts';

/** Uncompressed bytes that a shard holds at most. */
const SHARD_BYTES = 64 * 2 ** 20;
const LARGEST_SHARD_FRAMES = 64;
export const LARGEST_SIZE = 4096;
const LARGEST_PROBES = 64;

export interface RecipeInput {
  options: CurateOptions;
  blockList: BlockList;
  responseSha256: string | null;
  /** Of each channel. */
  frames: readonly (readonly Frame[])[];
  /** The dataset that is there: it says what 'auto' means, and keeps its fits. */
  made: Manifest | undefined;
}

/** What the dataset is asked to be. */
export function manifestOf(input: RecipeInput): Manifest {
  const { options, made } = input;
  const frames = input.frames[0]!;
  const channels = channelNames(options);
  const size =
    options.size === 'auto' ? (made?.recipe.size ?? largestSize(frames)) : checkedSize(options.size);
  return {
    ...emptyManifest(datasetName(options), size, channels.length),
    // Simulated and real frames are never mixed; where the catalog has both, the real ones win.
    simulated: made?.simulated ?? probes(frames).every((frame) => isSimulated(frame.header ?? {})),
    recipe: recipeOf(input, channels, size),
    transforms: channels.map((name) => transformOf(options, name)),
  };
}

/** Of pictures made by others: nothing was screened or calibrated here. */
export function manifestOfPictures(options: ImportOptions, size: number, simulated: boolean): Manifest {
  const { name, channel, transform, colourTable, mask, range, seed, guardDays } = options;
  return {
    ...emptyManifest(name, checkedSize(size), 1),
    simulated,
    recipe: {
      channels: [channel],
      toleranceSeconds: 0,
      size,
      source: 'import',
      pointing: 'header',
      degradation: 'none',
      responseTableSha256: null,
      empirical: null,
      fixedRadiusArcsec: null,
      respike: false,
      strict: false,
      nrt: false,
      exposureTolerance: 0,
      slotToleranceSeconds: 0,
      limits: {},
      blockListSha256: null,
      cadenceSeconds: null,
      substituteSeconds: null,
      balanceCap: null,
      seed,
      guardDays,
      imported: { colourTable, masks: mask, ...(range !== undefined && { range }) },
    },
    transforms: [createTransform(transform, channel).record],
  };
}

function emptyManifest(
  name: string,
  size: number,
  channels: number,
): Omit<Manifest, 'simulated' | 'recipe' | 'transforms'> {
  const levels = levelsOf(size);
  const shards = levels.map((level) => [String(level), framesPerShard(level, channels)]);
  return {
    format: 'sungan-dataset',
    formatVersion: 1,
    name,
    levels,
    framesPerShard: Object.fromEntries(shards),
    count: 0,
    files: {},
    madeBy: '',
  };
}

/** Descending sizes. */
export function levelsOf(size: number): number[] {
  const levels: number[] = [];
  for (let level = size; level >= SMALLEST_SIZE; level /= 2) levels.push(level);
  return levels;
}

function recipeOf(input: RecipeInput, channels: string[], size: number): Recipe {
  const { options, blockList, responseSha256, made } = input;
  const seconds = (text: string | undefined, flag: string) =>
    text === undefined ? null : requireDuration(text, flag) / 1000;
  if (options.substitute !== undefined && options.cadence === undefined) {
    throw new SunganError('usage', 'stand-ins need places to stand in for', {
      where: '--substitute',
      remedy: 'give a --cadence too',
    });
  }
  return {
    channels,
    toleranceSeconds: requireDuration(options.tolerance, '--tolerance') / 1000,
    size,
    source: options.source ?? null,
    pointing: options.pointing,
    degradation: options.degradation,
    responseTableSha256: responseSha256,
    empirical:
      options.degradation === 'empirical' ? (made?.recipe.empirical ?? fitChannels(input, channels)) : null,
    fixedRadiusArcsec: options.fixedRadius ?? null,
    respike: options.respike,
    strict: options.strict,
    nrt: options.nrt,
    exposureTolerance: options.exposureTolerance,
    slotToleranceSeconds: requireDuration(options.slotTolerance, '--slot-tolerance') / 1000,
    limits: parseLimits(options.limit),
    blockListSha256: blockList.sha256,
    cadenceSeconds: seconds(options.cadence, '--cadence'),
    substituteSeconds: seconds(options.substitute, '--substitute'),
    balanceCap: options.balance === 'none' ? null : options.balanceCap,
    seed: options.seed,
    guardDays: options.guardDays,
    imported: null,
  };
}

/** Quiet levels come from DATAMEAN of every stored frame at nominal exposure: no pixels are read. */
function fitChannels({ frames }: RecipeInput, channels: string[]): Record<string, EmpiricalFit> {
  const fits = channels.map((name, i): [string, EmpiricalFit][] => {
    const channel = channelOf(name);
    if (channel.instrument !== 'AIA') return [];
    const levels = frames[i]!.flatMap((frame) => {
      const value = headerMean(frame.header ?? {}, channel);
      return value === undefined ? [] : [{ timeMs: Date.parse(frame.slot), value }];
    });
    return [[name, fitDegradation(levels, name)]];
  });
  return Object.fromEntries(fits.flat());
}

function transformOf(options: CurateOptions, name: string): Manifest['transforms'][number] {
  const channel = channelOf(name);
  const isGiven = options.transform !== 'auto' && channel.instrument === 'AIA';
  return createTransform(isGiven ? (options.transform as typeof channel.transform) : channel.transform, name)
    .record;
}

export function parseLimits(limits: readonly string[]): Record<string, number> {
  const names = RULES.map((rule) => rule.name);
  return Object.fromEntries(
    limits.map((text) => {
      const [name = '', value = ''] = text.split('=');
      if (value === '' || !Number.isFinite(Number(value))) {
        throw new SunganError('usage', `'${value}' is no number`, {
          where: `--limit ${text}`,
          remedy: 'write rule=value, such as dark=50',
        });
      }
      if (names.includes(name)) return [name, Number(value)];
      throw new SunganError('usage', `there is no rule '${name}'`, {
        where: '--limit',
        remedy: `one of ${names.join(', ')}`,
      });
    }),
  );
}

export function refuseOtherRecipe(made: Manifest, wanted: Manifest): void {
  const differences = recipeDifferences(made, wanted);
  if (differences.length === 0) return;
  throw new SunganError(
    'usage',
    `dataset '${made.name}' was made with other options: ${differences.join('; ')}`,
    { remedy: 'give the new one its own --name, or repeat the options of the old one' },
  );
}

/** Some of the frames, evenly: headers are long, and catalogs longer. */
function probes(frames: readonly Frame[]): Frame[] {
  const step = Math.max(1, Math.floor(frames.length / LARGEST_PROBES));
  return frames.filter((_, i) => i % step === 0);
}

/** The largest power of two that most frames reach, at most 4096. */
function largestSize(frames: readonly Frame[]): number {
  const widths = frames.map((frame) => Math.min(frame.width ?? 0, frame.height ?? 0)).sort((a, b) => a - b);
  const typical = widths[Math.floor(widths.length / 2)] ?? 0;
  return checkedSize(Math.min(LARGEST_SIZE, 2 ** Math.floor(Math.log2(Math.max(1, typical)))));
}

function checkedSize(size: number): number {
  if (Number.isInteger(Math.log2(size)) && size >= SMALLEST_SIZE && size <= LARGEST_SIZE) return size;
  throw new SunganError('usage', `${size} is no size for a dataset`, {
    where: '--size',
    remedy: `a power of two from ${SMALLEST_SIZE} to ${LARGEST_SIZE}`,
  });
}

/** A divisor of 64 frames, so that batches of 64 end with shards. */
function framesPerShard(size: number, channels: number): number {
  const fitting = 2 ** Math.floor(Math.log2(SHARD_BYTES / (size * size * 2 * channels)));
  return Math.min(LARGEST_SHARD_FRAMES, Math.max(1, fitting));
}
