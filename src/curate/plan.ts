/** What a run of curate will do, as data: which frames are new, what their headers say, where they belong. */
import type { Catalog, Frame, Split, Verdict } from '../catalog/index.ts';
import { SunganError } from '../core/errors.ts';
import { monthOf, requireTime } from '../core/time.ts';
import { balance } from './balance.ts';
import type { BlockList } from './block-list.ts';
import type { CalibrationTables } from './calibrate/index.ts';
import type { ReadTables } from './calibrate/tables.ts';
import { type Channel, channelOf } from './channels.ts';
import type { Manifest } from './manifest.ts';
import { type CurateOptions, channelNames, datasetName } from './options.ts';
import { manifestOf, refuseOtherRecipe } from './recipe.ts';
import { type Cadence, type Choice, eachFrame, onGrid, type Sample, withCompanions } from './samples.ts';
import {
  type FrameRange,
  lacksCompanion,
  lacksFile,
  passedByHeader,
  type ScreenedFrame,
  type ScreenInput,
  screenFrames,
  selectFrames,
} from './screen.ts';
import { type DatedFrame, splitOf } from './splits.ts';

export interface CuratePlan {
  /** Of the dataset as it is, or as it will begin. */
  manifest: Manifest;
  /** In the order of time. */
  samples: Sample[];
  /** Frames that have their verdict from an earlier run. */
  judgedBefore: number;
  /** Frames that the catalog says the dataset holds. */
  accepted: ReadonlySet<number>;
  /** Those of them that it does hold, of all channels. */
  held: ReadonlySet<number>;
  /** What may come into the dataset: it needs a split. */
  dated: DatedFrame[];
  tables: CalibrationTables;
}

/** A plan whose frames have their splits. */
export interface PlacedPlan extends CuratePlan {
  splits: ReadonlyMap<string, Split>;
}

export interface PlanInput {
  options: CurateOptions;
  catalog: Catalog;
  blockList: BlockList;
  tables: ReadTables;
  /** The dataset that is there. */
  existing: Manifest | undefined;
  /** Frames of its first channel that it holds. */
  heldIds: ReadonlySet<number>;
  /** Whether the file at a path of the workspace can be read. */
  canRead(path: string): boolean;
  /** Judge the frames anew that have a verdict. */
  again?: boolean;
}

export function planCuration(input: PlanInput): CuratePlan {
  const { options, catalog, blockList, tables, existing, heldIds, canRead, again = false } = input;
  const channels = channelNames(options).map(channelOf);
  const range = rangeOf(options);
  // Words on frames without a dataset are of one that was deleted, or that never came about: they hold no more.
  const spoken = existing ? Array.from(catalog.verdicts(datasetName(options)), wordOf) : [];
  const known = idsOf(spoken);
  const accepted = idsOf(spoken.filter((word) => word.accepted));
  const frames = channels.map((channel) => framesFor(catalog, channel, range, again ? known : NONE));
  if (frames[0]!.length === 0 && !existing) {
    const inTime = [range.from && ` from ${range.from}`, range.to && ` before ${range.to}`].join('');
    throw new SunganError('data', `the catalog has no stored frame of ${channels[0]!.name}${inTime}`, {
      remedy: 'fetch some first: `sungan ingest`; `sungan status` shows what is there',
    });
  }
  const { responseSha256 } = tables;
  const wanted = manifestOf({ options, blockList, responseSha256, frames, made: existing });
  if (existing && !again) refuseOtherRecipe(existing, wanted);
  const manifest = again || !existing ? wanted : existing;

  // What was accepted and is not there was so in a dataset of this name that was deleted.
  const firstIds = new Set(frames[0]!.map((frame) => frame.id));
  const words = again
    ? []
    : spoken.filter(({ accepted: isIn, frameId }) => !isIn || heldIds.has(frameId) || !firstIds.has(frameId));
  const hasReturned = ({ lacksFile, frameId }: Word) =>
    lacksFile && canRead(catalog.frame(frameId)?.path ?? '');
  const judged = idsOf(words.filter((word) => !hasReturned(word)));
  const held = idsOf(words.filter((word) => word.accepted));
  const screening = {
    catalog,
    recipe: manifest.recipe,
    simulatedSet: manifest.simulated,
    blockList,
    held,
    passed: idsOf(words.filter((word) => word.passedByHeader)),
  };
  const waiting = idsOf(words.filter((word) => word.lacksCompanion));
  const all = makeSamples(frames, screening, judged, waiting);
  const drawn = idsOf(words.filter((word) => word.wasDrawn));
  const drawnTimes = frames[0]!.filter(({ id }) => drawn.has(id)).map(({ slot }) => Date.parse(slot));
  const samples = tables.flux
    ? balance(all, drawnTimes, { table: tables.flux, ...balanceOf(manifest) })
    : all;
  return {
    manifest,
    samples,
    judgedBefore: words.length,
    accepted,
    held,
    dated: samples.flatMap(datedFrame),
    tables,
  };
}

const NONE: ReadonlySet<number> = new Set();

/** What a plan must know of a verdict: the scores of all frames of a mission would fill the memory. */
interface Word {
  frameId: number;
  accepted: boolean;
  lacksFile: boolean;
  lacksCompanion: boolean;
  passedByHeader: boolean;
  /** Its pixels were read: it is not drawn again for, or a further run would go on for ever. */
  wasDrawn: boolean;
}

function wordOf(verdict: Verdict): Word {
  const { frameId, accepted } = verdict;
  return {
    frameId,
    accepted,
    lacksFile: lacksFile(verdict),
    lacksCompanion: lacksCompanion(verdict),
    passedByHeader: passedByHeader(verdict),
    wasDrawn: accepted || verdict.scores.some(({ rule }) => rule === 'decode'),
  };
}

const idsOf = (words: readonly Word[]): Set<number> => new Set(words.map(({ frameId }) => frameId));

/** The frames of the range, and those outside that are to be judged again: a dataset does not lose them to the range. */
function framesFor(
  catalog: Catalog,
  channel: Channel,
  range: FrameRange,
  again: ReadonlySet<number>,
): Frame[] {
  const frames = selectFrames(catalog, channel, range);
  if (again.size === 0 || (range.from === undefined && range.to === undefined)) return frames;
  const inRange = new Set(frames.map((frame) => frame.id));
  return selectFrames(catalog, channel, { ...range, from: undefined, to: undefined }).filter(
    (frame) => inRange.has(frame.id) || again.has(frame.id),
  );
}

function balanceOf({ recipe }: Manifest): { cap: number; seed: number } {
  return { cap: recipe.balanceCap ?? Number.POSITIVE_INFINITY, seed: recipe.seed };
}

/** The split of a time; every accepted choice has its unit assigned by the plan. */
export function splitAt({ splits }: PlacedPlan, timeMs: number): Split {
  const time = new Date(timeMs);
  const split = splitOf(time.toISOString(), splits);
  if (split) return split;
  throw new SunganError('data', `no split was assigned to ${monthOf(time)}`);
}

function rangeOf({ source, from, to }: CurateOptions): FrameRange {
  const slot = (text: string | undefined, flag: string) =>
    text === undefined ? undefined : requireTime(text, flag).toISOString().replace('.000Z', 'Z');
  return { source: source ?? null, from: slot(from, '--from'), to: slot(to, '--to') };
}

/** `waiting`: judged frames that only lacked a companion, which may have come since. */
function makeSamples(
  frames: Frame[][],
  input: ScreenInput,
  judged: ReadonlySet<number>,
  waiting: ReadonlySet<number>,
): Sample[] {
  const { recipe, held } = input;
  const [channel, ...others] = recipe.channels.map(channelOf);
  const isNew = (frame: Frame) => !judged.has(frame.id) || waiting.has(frame.id);
  const first = screenFrames(frames[0]!, channel!, input, isNew);
  if (first.length === 0) return [];
  const spans = first.map((frame) => frame.timeMs);
  const companions = others.map((other, i) => {
    const isNear = nearAny(spans, recipe.toleranceSeconds * 1000);
    // A companion may serve two samples: that it is held does not make it a duplicate of itself.
    const screened = screenFrames(frames[i + 1]!, other, input, isNear);
    return { name: other.name, frames: screened.sort((a, b) => a.timeMs - b.timeMs) };
  });
  const choices = first
    .map((frame) => withCompanions(frame, companions, recipe.toleranceSeconds))
    .filter(({ accepted, members }) => accepted || !waiting.has(members[0]!.frame.id));
  const inHand = new Set(choices.map(({ members }) => members[0]!.frame.id));
  if (recipe.cadenceSeconds === null) return eachFrame(choices);
  const cadence: Cadence = {
    seconds: recipe.cadenceSeconds,
    toleranceSeconds: recipe.slotToleranceSeconds,
    substituteSeconds: recipe.substituteSeconds ?? 0,
  };
  const slotsOf = (isWanted: (id: number) => boolean) =>
    frames[0]!.filter(({ id }) => isWanted(id)).map(({ slot }) => Date.parse(slot));
  return onGrid(choices, cadence, {
    held: slotsOf((id) => held.has(id)),
    rejected: slotsOf((id) => judged.has(id) && !held.has(id) && !inHand.has(id)),
  });
}

/** Whether a frame's slot is within the distance (and an hour, for T_OBS is not the slot) of one of the times. */
function nearAny(times: readonly number[], distanceMs: number): (frame: Frame) => boolean {
  const sorted = [...times].sort((a, b) => a - b);
  const reach = distanceMs + 3_600_000;
  return (frame) => {
    const slot = Date.parse(frame.slot);
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle]! < slot - reach) low = middle + 1;
      else high = middle;
    }
    return low < sorted.length && sorted[low]! <= slot + reach;
  };
}

function datedFrame({ choices }: Sample): DatedFrame[] {
  return choices
    .filter((choice: Choice) => choice.accepted)
    .map(({ members }) => members[0] as ScreenedFrame)
    .map(({ timeMs, activity }) => ({ time: new Date(timeMs).toISOString(), activity }));
}
