/** Times that are known to be bad although their headers look good. */
import { readFile } from 'node:fs/promises';
import { SunganError } from '../core/errors.ts';
import { sha256OfBytes } from '../core/files.ts';
import { parseTime } from '../core/time.ts';
import { CHANNELS } from './channels.ts';

export interface BlockedInterval {
  startMs: number;
  endMs: number;
  /** Names of channels; undefined: all. */
  channels: readonly string[] | undefined;
  reason: string;
}

export interface BlockList {
  intervals: BlockedInterval[];
  /** Of the user's file; null without one. */
  sha256: string | null;
}

/** Reported by users of the SDOML dataset: QUALITY is 0 there. */
const KNOWN: readonly [string, string, string[], string][] = [
  ['2020-02-24T01:48', '2020-02-24T02:54', ['171', '193'], 'known bad: reported for SDOML'],
  ['2020-08-03T06:00', '2020-08-03T06:54', ['193'], 'known bad: reported for SDOML'],
  ['2020-08-03T07:54', '2020-08-03T08:54', ['193'], 'known bad: reported for SDOML'],
];

const BUILT_IN: readonly BlockedInterval[] = KNOWN.map(([from, to, channels, reason]) => ({
  startMs: parseTime(from)!.getTime(),
  endMs: parseTime(to)!.getTime(),
  channels,
  reason,
}));

/** The built-in list and, when a path is given, that file's lines: `from to [channel,channel] [# reason]`. */
export async function readBlockList(path: string | undefined): Promise<BlockList> {
  if (path === undefined) return { intervals: [...BUILT_IN], sha256: null };
  const text = await readFile(path, 'utf8').catch((cause) => {
    throw new SunganError('usage', 'cannot read the block list', { where: path, cause });
  });
  const intervals = text.split('\n').flatMap((line, i) => parseLine(line, `${path}, line ${i + 1}`));
  return { intervals: [...BUILT_IN, ...intervals], sha256: sha256OfBytes(text) };
}

function parseLine(line: string, where: string): BlockedInterval[] {
  const [entry = '', reason = ''] = line.split('#', 2).map((part) => part.trim());
  if (entry === '') return [];
  const [from = '', to = '', names, ...rest] = entry.split(/\s+/);
  const [start, end] = [parseTime(from), parseTime(to)];
  const channels = names === undefined || names === '*' ? undefined : names.split(',');
  const unknown = channels?.find((name) => !CHANNELS.some((channel) => channel.name === name));
  if (unknown !== undefined) {
    throw new SunganError('usage', `there is no channel '${unknown}'`, {
      where,
      remedy: `name some of ${CHANNELS.map(({ name }) => name).join(', ')}, with commas and no blanks, or none for all`,
    });
  }
  if (!start || !end || end < start || rest.length > 0) {
    throw new SunganError('usage', `cannot read '${entry}'`, {
      where,
      remedy: 'write: 2020-02-24T01:48 2020-02-24T02:54 171,193 # reason',
    });
  }
  return [
    { startMs: start.getTime(), endMs: end.getTime(), channels, reason: reason || 'in the block list' },
  ];
}

/** Reasons of the intervals that hold the time. */
export function reasonsToBlock({ intervals }: BlockList, timeMs: number, channel: string): string[] {
  return intervals
    .filter(({ startMs, endMs }) => timeMs >= startMs && timeMs <= endMs)
    .filter(({ channels }) => channels === undefined || channels.includes(channel))
    .map(({ reason }) => reason);
}
