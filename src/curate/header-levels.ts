/** How bright frames are by their headers, and how far that is from the frames around them. */
import type { Frame, HeaderRecord } from '../catalog/index.ts';
import { parseTime } from '../core/time.ts';
import type { Channel } from './channels.ts';
import { type LevelDistance, levelsAround, type TimedLevel, WINDOW_DAYS } from './level-history.ts';
import { numberOf } from './rules/index.ts';

const DAY_MS = 86_400_000;

/** T_OBS, else the slot. */
export const timeOf = (frame: Frame) => (parseTime(frame.tObs ?? '') ?? new Date(frame.slot)).getTime();

/** Mean DN at nominal exposure as the header tells it; undefined where it does not. */
export const headerMean = (header: HeaderRecord, channel: Channel) => levelOf(header, 'DATAMEAN', channel);

/** Median DN at nominal exposure as the header tells it: flares, which are no fault, do not move it. */
export const headerMedian = (header: HeaderRecord, channel: Channel) => levelOf(header, 'DATAMEDN', channel);

function levelOf(header: HeaderRecord, keyword: string, channel: Channel): number | undefined {
  const level = numberOf(header, keyword);
  const exposure = numberOf(header, 'EXPTIME');
  const nominal = channel.nominalExposureSeconds;
  if (level === null || exposure === null || exposure <= 0 || nominal === null) return undefined;
  return (level * nominal) / exposure;
}

/** The header's median is a whole number: in faint channels its steps are larger than what the Sun does in days. */
const SMALLEST_SCATTER_DN = 0.5;

/** Distances from the good frames around: the new ones, whose levels are given, and those near them of earlier runs. */
export function headerLevels(
  before: readonly Frame[],
  channel: Channel,
  good: readonly { timeMs: number; level: number | undefined }[],
): (level: number | undefined, timeMs: number) => LevelDistance | undefined {
  const days = new Set<number>();
  for (const { timeMs } of good) {
    const day = Math.floor(timeMs / DAY_MS);
    for (let near = day - WINDOW_DAYS; near <= day + WINDOW_DAYS; near++) days.add(near);
  }
  const known = before
    .filter((frame) => days.has(Math.floor(Date.parse(frame.slot) / DAY_MS)))
    .map((frame) => ({ timeMs: timeOf(frame), level: headerMedian(frame.header ?? {}, channel) }));
  const levels = [...known, ...good].flatMap(({ timeMs, level }): TimedLevel[] =>
    level === undefined ? [] : [{ timeMs, value: level }],
  );
  levels.sort((a, b) => a.timeMs - b.timeMs);
  const distance = levelsAround(levels, SMALLEST_SCATTER_DN);
  return (level, timeMs) => {
    return level === undefined ? undefined : distance({ timeMs, value: level });
  };
}
