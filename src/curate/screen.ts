/** Screening by header: every stored frame of a channel with the word of every header rule. */
import type { Catalog, Frame, HeaderRecord, KnownEvent, RuleScore } from '../catalog/index.ts';
import { parseTime } from '../core/time.ts';
import { type BlockList, reasonsToBlock } from './block-list.ts';
import { belongsTo, type Channel } from './channels.ts';
import { type LevelDistance, levelsAround, type TimedLevel, WINDOW_DAYS } from './level-history.ts';
import type { Recipe } from './manifest.ts';
import { isAccepted, judge, numberOf } from './rules/index.ts';

export interface ScreenedFrame {
  channel: Channel;
  frame: Frame;
  header: HeaderRecord;
  /** T_OBS, else the slot. */
  timeMs: number;
  scores: RuleScore[];
  accepted: boolean;
  /** The header's median against the days around; undefined where there is too little to compare with. */
  headerLevel: LevelDistance | undefined;
}

export interface FrameRange {
  source: string | null;
  from: string | undefined;
  to: string | undefined;
}

export interface ScreenInput {
  catalog: Catalog;
  recipe: Recipe;
  simulatedSet: boolean;
  blockList: BlockList;
  /** Frames that the dataset holds. */
  held: ReadonlySet<number>;
}

/** Stored frames of the channel, in the order of their slots. */
export function selectFrames(catalog: Catalog, channel: Channel, { source, from, to }: FrameRange): Frame[] {
  return catalog
    .frames({
      wavelength: channel.wavelength,
      states: ['stored'],
      ...(source === null ? {} : { source }),
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
    })
    .filter((frame) => belongsTo(frame, channel));
}

/** The frames that `isWanted` names; the others only take part in the search for duplicates, by their rows. */
export function screenFrames(
  frames: readonly Frame[],
  channel: Channel,
  input: ScreenInput,
  isWanted: (frame: Frame) => boolean,
): ScreenedFrame[] {
  const { catalog, recipe, simulatedSet, blockList, held } = input;
  const wanted = frames.filter(isWanted);
  const eventsAt = eventFinder(catalog, wanted);
  const screened = wanted.map((frame) => {
    const header = frame.header ?? {};
    const timeMs = timeOf(frame);
    const blocked = reasonsToBlock(blockList, timeMs, channel.name);
    const events = eventsAt(timeMs).filter(
      ({ instrument }) => instrument === 'SDO' || instrument === channel.instrument,
    );
    const ruleInput = { frame, header, channel, options: recipe, simulatedSet, blocked, events };
    return { ruleInput, timeMs, accepted: isAccepted(judge('header', ruleInput)) };
  });
  // What is usual, and which of two equal exposures is the better, shows only when the other rules have spoken.
  const good = screened.filter(({ accepted }) => accepted);
  const duplicates = findDuplicates(frames, held, new Set(good.map(({ ruleInput }) => ruleInput.frame.id)));
  const distanceOf = headerLevels(frames, channel, held, good);
  return screened.map(({ ruleInput, timeMs }) => {
    const { frame, header } = ruleInput;
    const duplicateOf = duplicates.get(frame.id);
    const scores = judge('header', { ...ruleInput, duplicateOf });
    const headerLevel = distanceOf(header, timeMs);
    return { channel, frame, header, timeMs, scores, accepted: isAccepted(scores), headerLevel };
  });
}

const timeOf = (frame: Frame) => (parseTime(frame.tObs ?? '') ?? new Date(frame.slot)).getTime();

/** Mean DN at nominal exposure as the header tells it; undefined where it does not. */
export function headerMean(header: HeaderRecord, channel: Channel): number | undefined {
  const mean = numberOf(header, 'DATAMEAN');
  const exposure = numberOf(header, 'EXPTIME');
  if (mean === null || exposure === null || exposure <= 0 || channel.nominalExposureSeconds === null)
    return undefined;
  return (mean * channel.nominalExposureSeconds) / exposure;
}

/** The header's median is a whole number: below this many DN its steps are larger than what the Sun does. */
const FAINTEST_MEDIAN_DN = 20;

/** Median DN at nominal exposure as the header tells it: flares, which are no fault, do not move it. */
function headerMedian(header: HeaderRecord, channel: Channel): number | undefined {
  const level = numberOf(header, 'DATAMEDN');
  const exposure = numberOf(header, 'EXPTIME');
  const nominal = channel.nominalExposureSeconds;
  if (level === null || exposure === null || exposure <= 0 || nominal === null) return undefined;
  return (level * nominal) / exposure;
}

/** Distances from the good frames around: the new ones and those near them that the dataset holds. */
function headerLevels(
  frames: readonly Frame[],
  channel: Channel,
  held: ReadonlySet<number>,
  good: readonly { ruleInput: { frame: Frame; header: HeaderRecord }; timeMs: number }[],
): (header: HeaderRecord, timeMs: number) => LevelDistance | undefined {
  const newDays = new Set(good.map(({ timeMs }) => Math.floor(timeMs / DAY_MS)));
  const isNear = (frame: Frame) => {
    const day = Math.floor(Date.parse(frame.slot) / DAY_MS);
    return Array.from({ length: 2 * WINDOW_DAYS + 1 }, (_, i) => day - WINDOW_DAYS + i).some((near) =>
      newDays.has(near),
    );
  };
  const known = frames
    .filter((frame) => held.has(frame.id) && isNear(frame))
    .map((frame) => ({ timeMs: timeOf(frame), value: headerMedian(frame.header ?? {}, channel) }));
  const fresh = good.map(({ timeMs, ruleInput }) => ({
    timeMs,
    value: headerMedian(ruleInput.header, channel),
  }));
  const levels = [...known, ...fresh].filter((level): level is TimedLevel => level.value !== undefined);
  const distance = levelsAround(levels);
  const bright = (level: LevelDistance | undefined) =>
    level && level.typical >= FAINTEST_MEDIAN_DN ? level : undefined;
  return (header, timeMs) => {
    const value = headerMedian(header, channel);
    return value === undefined ? undefined : bright(distance({ timeMs, value }));
  };
}

const DAY_MS = 86_400_000;
/** An event without a believable end must not be looked for in every day of the mission. */
const LONGEST_EVENT_DAYS = 40;

/** Events at a time, from one query over the whole range, found by their days. */
function eventFinder(catalog: Catalog, frames: readonly Frame[]): (timeMs: number) => KnownEvent[] {
  const byDay = new Map<number, { event: KnownEvent; startMs: number; endMs: number }[]>();
  const [first, last] = [frames[0]?.slot, frames.at(-1)?.slot];
  const events = first === undefined || last === undefined ? [] : catalog.events(first, `${last}~`);
  for (const event of events) {
    const startMs = Date.parse(event.start);
    const endMs = event.end === null ? startMs : Date.parse(event.end);
    const firstDay = Math.floor(startMs / DAY_MS);
    const lastDay = Math.min(Math.floor(endMs / DAY_MS), firstDay + LONGEST_EVENT_DAYS);
    for (let day = firstDay; day <= lastDay; day++) {
      const list = byDay.get(day) ?? [];
      list.push({ event, startMs, endMs });
      byDay.set(day, list);
    }
  }
  return (timeMs) =>
    (byDay.get(Math.floor(timeMs / DAY_MS)) ?? [])
      .filter(({ startMs, endMs }) => startMs <= timeMs && timeMs <= endMs)
      .map(({ event }) => event);
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
