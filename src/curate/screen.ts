/** Screening by header: every stored frame of a channel with the word of every header rule. */
import type { Catalog, Frame, HeaderRecord, KnownEvent, RuleScore, Verdict } from '../catalog/index.ts';
import { parseTime } from '../core/time.ts';
import { type BlockList, reasonsToBlock } from './block-list.ts';
import { belongsTo, type Channel } from './channels.ts';
import { CANNOT_READ } from './decode.ts';
import { headerLevels, headerMedian, timeOf } from './header-levels.ts';
import type { LevelDistance } from './level-history.ts';
import type { Recipe } from './manifest.ts';
import { duplicateScore, isAccepted, judge, numberOf, RULES } from './rules/index.ts';

export interface ScreenedFrame {
  channel: Channel;
  frame: Frame;
  /** T_OBS, else the slot. */
  timeMs: number;
  /** Words of the header rules, taken anew each time: of a hundred thousand frames they would fill the memory. */
  scores(): RuleScore[];
  accepted: boolean;
  /** The header's median against the days around; undefined where there is too little to compare with. */
  headerLevel: LevelDistance | undefined;
  /** DATAMEAN: grows with solar activity. */
  activity: number | null;
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
  /** Frames of earlier runs that their headers let pass, those it holds among them. */
  passed: ReadonlySet<number>;
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
  const { catalog, recipe, simulatedSet, blockList, held, passed } = input;
  const wanted = frames.filter(isWanted);
  const eventsAt = eventFinder(catalog, wanted);
  const scoresOf = (frame: Frame, header: HeaderRecord) => {
    const timeMs = timeOf(frame);
    const blocked = reasonsToBlock(blockList, timeMs, channel.name);
    const events = eventsAt(timeMs).filter(({ instrument }) => speaksOf(instrument, channel));
    return judge('header', {
      frame,
      header,
      channel,
      options: recipe,
      simulatedSet,
      blocked,
      events,
    });
  };
  // Headers are long: each is read, judged and let go.
  const screened = wanted.map((frame) => {
    const header = frame.header ?? {};
    return {
      frame,
      timeMs: timeOf(frame),
      accepted: isAccepted(scoresOf(frame, header)),
      level: headerMedian(header, channel),
      activity: numberOf(header, 'DATAMEAN'),
    };
  });
  // What is usual, and which of two equal exposures is the better, shows only when the other rules have spoken.
  const good = screened.filter(({ accepted }) => accepted);
  const isInHand = new Set(wanted.map((frame) => frame.id));
  const before = frames.filter(({ id }) => passed.has(id) && !isInHand.has(id));
  const duplicates = findDuplicates(
    frames,
    held,
    new Set([...before, ...good.map(({ frame }) => frame)].map(({ id }) => id)),
  );
  const distanceOf = headerLevels(before, channel, good);
  return screened.map(({ frame, timeMs, accepted, level, activity }) => {
    const better = duplicates.get(frame.id);
    return {
      channel,
      frame,
      timeMs,
      scores: () => withDuplicate(scoresOf(frame, frame.header ?? {}), duplicateScore(frame, better)),
      accepted: accepted && better === undefined,
      headerLevel: distanceOf(level, timeMs),
      activity,
    };
  });
}

/** Lists name one instrument, several, or the whole spacecraft. */
const speaksOf = (named: string, { instrument }: Channel) =>
  named.toUpperCase().includes(instrument) || !/AIA|HMI|EVE/i.test(named);

/**
 * Whether a judged frame was good by its header alone. It goes on telling what is usual, whatever its pixels were: the
 * frames of an interrupted run are judged in the same company as those of one run.
 */
export function passedByHeader(verdict: Verdict): boolean {
  return verdict.accepted || verdict.scores.every((score) => score.passed || !ALONE.has(score.rule));
}

/** Whether nothing but the frames of other channels kept a judged frame out: those may come later than it did. */
export function lacksCompanion(verdict: Verdict): boolean {
  if (verdict.accepted) return false;
  const { scores } = verdict;
  const isRead = scores.some(({ rule }) => rule === 'decode');
  return !isRead && scores.every(({ rule, passed }) => passed || rule === 'companions');
}

/** Whether a frame was kept out because its file could not be had: the disk was away, rather than the file bad. */
export function lacksFile(verdict: Verdict): boolean {
  return (
    !verdict.accepted &&
    verdict.scores.some(({ rule, note }) => rule === 'decode' && note?.startsWith(CANNOT_READ))
  );
}

/** Header rules that look at one frame only. */
const ALONE = new Set(
  RULES.filter(({ stage }) => stage === 'header')
    .map(({ name }) => name)
    .filter((name) => name !== 'duplicate'),
);

const withDuplicate = (scores: readonly RuleScore[], duplicate: RuleScore): RuleScore[] =>
  scores.map((score) => (score.rule === duplicate.rule ? duplicate : score));

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
