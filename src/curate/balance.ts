/** Evening out quiet and active times: at most so many frames of each level of activity, never one twice. */
import { hash32 } from '../numeric/index.ts';
import { type F107Table, meanFlux } from './calibrate/f107.ts';
import type { Sample } from './samples.ts';

/** Solar flux units, 81-day mean: quiet below the first, active above the last. */
export const ACTIVITY_EDGES: readonly number[] = [80, 120];

export interface BalanceOptions {
  table: F107Table;
  /** Frames of each bin in the dataset at most. */
  cap: number;
  seed: number;
}

/** 0 quiet, 1 medium, 2 active; undefined where the table does not reach. */
export function activityBin(table: F107Table, timeMs: number): number | undefined {
  const flux = meanFlux(table, timeMs);
  if (flux === undefined) return undefined;
  const bin = ACTIVITY_EDGES.findIndex((edge) => flux < edge);
  return bin < 0 ? ACTIVITY_EDGES.length : bin;
}

/**
 * The samples to take, in their order: all that headers rule out (their reasons are wanted), and of each bin so many by a
 * seeded draw that with those that earlier runs drew it reaches the cap. Times without a flux are left out: nothing is known of
 * their bin.
 */
export function balance(
  samples: readonly Sample[],
  drawnTimes: readonly number[],
  options: BalanceOptions,
): Sample[] {
  const room = [...ACTIVITY_EDGES, 0].map(() => options.cap);
  for (const time of drawnTimes) {
    const bin = activityBin(options.table, time);
    if (bin !== undefined) room[bin]!--;
  }
  const drawn = samples
    .map((sample, position) => ({ sample, position, time: promisingTime(sample) }))
    .filter(({ time }) => time !== undefined)
    .sort((a, b) => drawOf(a.time!, options.seed) - drawOf(b.time!, options.seed));
  const taken = new Set<number>();
  for (const { position, time } of drawn) {
    const bin = activityBin(options.table, time!);
    if (bin === undefined || room[bin]! <= 0) continue;
    room[bin]!--;
    taken.add(position);
  }
  return samples.filter((sample, position) => taken.has(position) || promisingTime(sample) === undefined);
}

/** When the sample would be taken; undefined when its headers rule it out. */
function promisingTime({ choices }: Sample): number | undefined {
  return choices.find((choice) => choice.accepted)?.members[0]?.timeMs;
}

const drawOf = (timeMs: number, seed: number) => hash32(seed, Math.floor(timeMs / 1000));
