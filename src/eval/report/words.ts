/** A score against the reals in a few words, and its colour, which only repeats them. */
import type { Score } from '../scores.ts';
import { flawOf, timesOf } from '../standing.ts';
import { formatNumber } from './format.ts';

/** `2.3 × floor`, `reals 0.51`, or why nothing can be said; empty where there is nothing beside the score. */
export function besideWords(score: Score): string {
  const flaw = flawOf(score);
  if (flaw !== undefined) return flaw;
  if (score.reference !== undefined) return `reals ${formatNumber(score.reference, 3)}`;
  const times = timesOf(score);
  return times === undefined ? '' : `${formatNumber(times, 2)} × floor`;
}

export function colourOf(score: Score): string {
  if (flawOf(score) !== undefined) return 'bad';
  const times = timesOf(score);
  if (times === undefined) return '';
  return times < 1.5 ? 'good' : times < 5 ? 'fair' : 'bad';
}
