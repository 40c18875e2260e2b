/** From screened frames to samples: which frames make one picture of the dataset, and what stands in when one is bad. */
import type { ScreenedFrame } from './screen.ts';

/** One way to fill a place of the dataset: a frame of the first channel with its companions of the others. */
export interface Choice {
  /** In the order of the channels; incomplete when a companion is absent. */
  members: ScreenedFrame[];
  /** What is wrong with the companions, for people. */
  companionFaults: string[];
  accepted: boolean;
}

/** A place of the dataset: the first of its choices that passes all rules fills it. */
export interface Sample {
  choices: Choice[];
}

export interface Cadence {
  seconds: number;
  /** Largest distance of a frame from its place on the grid. */
  toleranceSeconds: number;
  /** Frames so near stand in for a bad or absent one; 0: none does. */
  substituteSeconds: number;
}

/** Every frame of the first channel is a place of its own. */
export function eachFrame(choices: readonly Choice[]): Sample[] {
  return choices.map((choice) => ({ choices: [choice] }));
}

/** Slots of frames that have their verdict from earlier runs, milliseconds since 1970. */
export interface EarlierSlots {
  held: readonly number[];
  rejected: readonly number[];
}

/**
 * Places are the multiples of the cadence since midnight UTC of 1970. A place that the dataset has filled is left alone;
 * one whose frame was rejected comes again only when a new frame is nearer, or may stand in: what is made of the frames
 * does not depend on the number of runs.
 */
export function onGrid(choices: readonly Choice[], cadence: Cadence, earlier: EarlierSlots): Sample[] {
  const reachMs = Math.max(cadence.toleranceSeconds, cadence.substituteSeconds) * 1000;
  const stepMs = cadence.seconds * 1000;
  const placeOf = (time: number) => Math.round(time / stepMs) * stepMs;
  const places = new Map<number, Choice[]>();
  for (const choice of choices) {
    const time = Date.parse(choice.members[0]!.frame.slot);
    const place = placeOf(time);
    if (Math.abs(time - place) > Math.min(reachMs, stepMs / 2)) continue;
    const list = places.get(place) ?? [];
    list.push(choice);
    places.set(place, list);
  }
  const filled = new Set(earlier.held.map(placeOf));
  const nearestRejected = new Map<number, number>();
  for (const time of earlier.rejected) {
    const place = placeOf(time);
    const distance = Math.abs(time - place);
    nearestRejected.set(place, Math.min(distance, nearestRejected.get(place) ?? distance));
  }
  return [...places]
    .filter(([place]) => !filled.has(place))
    .sort(([a], [b]) => a - b)
    .map(([place, list]) => ({ choices: inOrder(list, place, cadence, nearestRejected.get(place)) }))
    .filter((sample) => sample.choices.length > 0);
}

/**
 * The frame of the place first, unless one that was nearer has been rejected; then stand-ins, which are good by their
 * headers, near ones before far ones.
 */
function inOrder(
  choices: readonly Choice[],
  placeMs: number,
  cadence: Cadence,
  rejectedMs = Number.POSITIVE_INFINITY,
): Choice[] {
  const distance = (choice: Choice) => Math.abs(Date.parse(choice.members[0]!.frame.slot) - placeMs);
  const sorted = [...choices].sort((a, b) => distance(a) - distance(b));
  const own = sorted
    .slice(0, 1)
    .filter((choice) => distance(choice) <= cadence.toleranceSeconds * 1000 && distance(choice) < rejectedMs);
  const substitutes = sorted.filter(
    (choice) =>
      !own.includes(choice) && choice.accepted && distance(choice) <= cadence.substituteSeconds * 1000,
  );
  return [...own, ...substitutes];
}

/** The nearest good companion of each further channel within the tolerance, or what is wrong. */
export function withCompanions(
  first: ScreenedFrame,
  others: readonly { name: string; frames: readonly ScreenedFrame[] }[],
  toleranceSeconds: number,
): Choice {
  const members = [first];
  const companionFaults: string[] = [];
  for (const { name, frames } of others) {
    const near = nearby(frames, first.timeMs, toleranceSeconds * 1000);
    const good = near.find((frame) => frame.accepted);
    const chosen = good ?? near[0];
    if (chosen) members.push(chosen);
    if (!chosen) companionFaults.push(`${name}: no frame within ${toleranceSeconds} s`);
    else if (!good) companionFaults.push(`${name}: ${chosen.scores().find((score) => !score.passed)?.rule}`);
  }
  return { members, companionFaults, accepted: first.accepted && companionFaults.length === 0 };
}

/** Frames (sorted by time) within the tolerance, nearest first. */
function nearby(frames: readonly ScreenedFrame[], timeMs: number, toleranceMs: number): ScreenedFrame[] {
  let low = 0;
  let high = frames.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (frames[middle]!.timeMs < timeMs - toleranceMs) low = middle + 1;
    else high = middle;
  }
  let end = low;
  while (end < frames.length && frames[end]!.timeMs <= timeMs + toleranceMs) end++;
  return frames.slice(low, end).sort((a, b) => Math.abs(a.timeMs - timeMs) - Math.abs(b.timeMs - timeMs));
}
