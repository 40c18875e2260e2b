/** What a run of curate will do, as data: which frames are new, what their headers say, where they belong. */
import type { Catalog, Frame, HeaderRecord, RuleScore, Split, SplitAssignment } from '../catalog/index.ts';
import { SunganError } from '../core/errors.ts';
import { monthOf, parseTime, requireDuration, requireTime } from '../core/time.ts';
import { channelOf } from './channels.ts';
import { type Manifest, recipeDifferences } from './manifest.ts';
import type { CurateOptions } from './options.ts';
import { SMALLEST_SIZE } from './prepare.ts';
import { isAccepted, judge, numberOf } from './rules/index.ts';
import { isSimulated } from './simulated.ts';
import { planSplits, splitOf } from './splits.ts';
import { createTransform } from './transforms/index.ts';

/** A frame that no verdict was passed on yet, with what the header rules say. */
export interface Candidate {
  frame: Frame;
  header: HeaderRecord;
  timeMs: number;
  scores: RuleScore[];
  accepted: boolean;
}

export interface CuratePlan {
  /** Of the dataset as it is, or as it will begin. */
  manifest: Manifest;
  /** In the order of their slots. */
  candidates: Candidate[];
  /** Frames that have their verdict from an earlier run. */
  judgedBefore: number;
  newSplits: SplitAssignment[];
  splitUnit: 'month' | 'day';
  splits: Map<string, Split>;
}

/** Uncompressed bytes that a shard holds at most. */
const SHARD_BYTES = 64 * 2 ** 20;
const LARGEST_SHARD_FRAMES = 64;

export function planCuration(
  options: CurateOptions,
  catalog: Catalog,
  existing: Manifest | undefined,
): CuratePlan {
  channelOf(options.wavelength);
  const frames = selectFrames(options, catalog);
  if (frames.length === 0 && !existing) {
    throw new SunganError('data', `the catalog has no stored frame of ${options.wavelength} angstrom`, {
      remedy: 'fetch some first: `sungan ingest`; `sungan status` shows what is there',
    });
  }
  const name = options.name ?? `aia-${options.wavelength}`;
  const manifest = existing ?? newManifest(name, options, frames);
  if (existing) refuseOtherRecipe(existing, { ...newManifest(name, options, frames, existing), name });

  const verdicts = catalog.verdicts(name);
  const judged = new Set(verdicts.map((verdict) => verdict.frameId));
  const held = new Set(verdicts.filter((verdict) => verdict.accepted).map((verdict) => verdict.frameId));
  const candidates = screenHeaders(frames, judged, held, manifest);

  const splits = catalog.splits();
  const dated = candidates
    .filter((candidate) => candidate.accepted)
    .map(({ timeMs, header }) => ({
      time: new Date(timeMs).toISOString(),
      activity: numberOf(header, 'DATAMEAN'),
    }));
  const { rows, unit } = planSplits(dated, splits, manifest.recipe);
  for (const row of rows) splits.set(row.unit, row.split);
  return { manifest, candidates, judgedBefore: verdicts.length, newSplits: rows, splitUnit: unit, splits };
}

function screenHeaders(
  frames: readonly Frame[],
  judged: ReadonlySet<number>,
  held: ReadonlySet<number>,
  manifest: Manifest,
): Candidate[] {
  const input = {
    channel: channelOf(manifest.recipe.wavelength),
    options: manifest.recipe,
    simulatedSet: manifest.simulated,
    pixels: undefined,
  };
  const candidates = frames
    .filter((frame) => !judged.has(frame.id))
    .map((frame): Candidate => {
      const header = frame.header ?? {};
      const scores = judge('header', { ...input, frame, header, duplicateOf: undefined });
      const observed = parseTime(frame.tObs ?? '') ?? new Date(frame.slot);
      return { frame, header, timeMs: observed.getTime(), scores, accepted: isAccepted(scores) };
    });
  // Which of two equal exposures is the better one shows only when the other rules have spoken.
  const good = new Set(candidates.filter((candidate) => candidate.accepted).map(({ frame }) => frame.id));
  const duplicates = findDuplicates(frames, held, good);
  return candidates.map((candidate) => {
    const duplicateOf = duplicates.get(candidate.frame.id);
    if (duplicateOf === undefined) return candidate;
    const scores = judge('header', { ...input, ...candidate, duplicateOf });
    return { ...candidate, scores, accepted: isAccepted(scores) };
  });
}

/** The split of a candidate; every accepted one has its unit assigned by the plan. */
export function splitOfCandidate({ splits }: CuratePlan, { timeMs }: Candidate): Split {
  const time = new Date(timeMs);
  const split = splitOf(time.toISOString(), splits);
  if (split) return split;
  throw new SunganError('data', `no split was assigned to ${monthOf(time)}`);
}

function selectFrames(options: CurateOptions, catalog: Catalog): Frame[] {
  const { wavelength, source, from, to } = options;
  return catalog.frames({
    wavelength,
    states: ['stored'],
    ...(source === undefined ? {} : { source }),
    ...(from === undefined ? {} : { from: slotText(from, '--from') }),
    ...(to === undefined ? {} : { to: slotText(to, '--to') }),
  });
}

const slotText = (text: string, option: string) =>
  requireTime(text, option).toISOString().replace('.000Z', 'Z');

/** `made` gives what 'auto' and an unset name mean for a dataset that is there. */
function newManifest(
  name: string,
  options: CurateOptions,
  frames: readonly Frame[],
  made?: Manifest,
): Manifest {
  const size =
    options.size === 'auto' ? (made?.recipe.size ?? largestSize(frames)) : checkedSize(options.size);
  const levels: number[] = [];
  for (let level = size; level >= SMALLEST_SIZE; level /= 2) levels.push(level);
  return {
    format: 'sungan-dataset',
    formatVersion: 1,
    name,
    // Simulated and real frames are never mixed; where the catalog has both, the real ones win.
    simulated: made?.simulated ?? frames.every((frame) => isSimulated(frame.header ?? {})),
    recipe: {
      wavelength: options.wavelength,
      size,
      source: options.source ?? null,
      strict: options.strict,
      nrt: options.nrt,
      exposureTolerance: options.exposureTolerance,
      slotToleranceSeconds: requireDuration(options.slotTolerance, '--slot-tolerance') / 1000,
      seed: options.seed,
      guardDays: options.guardDays,
    },
    channels: [String(options.wavelength)],
    transforms: [createTransform(options.transform, options.wavelength).record],
    levels,
    framesPerShard: Object.fromEntries(levels.map((level) => [String(level), framesPerShard(level)])),
    count: 0,
    files: {},
    madeBy: '',
  };
}

function refuseOtherRecipe(made: Manifest, wanted: Manifest): void {
  const differences = recipeDifferences(made, wanted);
  if (differences.length === 0) return;
  throw new SunganError(
    'usage',
    `dataset '${made.name}' was made with other options: ${differences.join('; ')}`,
    {
      remedy: 'give the new one its own --name, or repeat the options of the old one',
    },
  );
}

/** The largest power of two that most frames reach, at most 4096. */
function largestSize(frames: readonly Frame[]): number {
  const widths = frames.map((frame) => Math.min(frame.width ?? 0, frame.height ?? 0)).sort((a, b) => a - b);
  const typical = widths[Math.floor(widths.length / 2)] ?? 0;
  return checkedSize(Math.min(4096, 2 ** Math.floor(Math.log2(Math.max(1, typical)))));
}

function checkedSize(size: number): number {
  if (Number.isInteger(Math.log2(size)) && size >= SMALLEST_SIZE && size <= 4096) return size;
  throw new SunganError('usage', `${size} is no size for a dataset`, {
    where: '--size',
    remedy: `a power of two from ${SMALLEST_SIZE} to 4096`,
  });
}

/** A divisor of 64 frames, so that batches of 64 end with shards. */
function framesPerShard(size: number): number {
  const fitting = 2 ** Math.floor(Math.log2(SHARD_BYTES / (size * size * 2)));
  return Math.min(LARGEST_SHARD_FRAMES, Math.max(1, fitting));
}

/**
 * For every frame whose exposure (FSN) another frame holds better, that one's slot. Better is: in the dataset already,
 * else good by the other rules, else nearer to its slot.
 */
function findDuplicates(
  frames: readonly Frame[],
  held: ReadonlySet<number>,
  good: ReadonlySet<number>,
): Map<number, string> {
  const rank = (frame: Frame) => (held.has(frame.id) ? 2 : good.has(frame.id) ? 1 : 0);
  const isBetter = (a: Frame, b: Frame) =>
    rank(a) > rank(b) || (rank(a) === rank(b) && distanceToSlot(a) < distanceToSlot(b));
  const best = new Map<number, Frame>();
  for (const frame of frames) {
    if (frame.fsn == null) continue;
    const other = best.get(frame.fsn);
    if (!other || isBetter(frame, other)) best.set(frame.fsn, frame);
  }
  const duplicates = new Map<number, string>();
  for (const frame of frames) {
    const winner = frame.fsn == null ? undefined : best.get(frame.fsn);
    if (winner && winner.id !== frame.id) duplicates.set(frame.id, winner.slot);
  }
  return duplicates;
}

function distanceToSlot(frame: Frame): number {
  const observed = parseTime(frame.tObs ?? '');
  return observed ? Math.abs(observed.getTime() - Date.parse(frame.slot)) : Number.POSITIVE_INFINITY;
}
