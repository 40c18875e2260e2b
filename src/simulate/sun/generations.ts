/** Patterns are renewed by fading: at any time two generations of one share it, so that a series of pictures never jumps. */
export interface Generation {
  /** Names the generation in the keys of its fields. */
  index: number;
  /** Their squares add up to 1: the sum of two generations of unit variance has it too. */
  weight: number;
}

const DAY_MS = 86_400_000;
/** Near the best time of one generation the other is not drawn, which saves its time: it begins from nothing there. */
const ALONE = 0.02;

/** One or two generations. A generation is at its best after `index` times `lifeDays`, and gone that much before and after. */
export function generationsAt(time: Date, lifeDays: number): Generation[] {
  const position = time.getTime() / DAY_MS / lifeDays;
  const index = Math.floor(position);
  const share = Math.min(1, Math.max(0, (position - index - ALONE) / (1 - 2 * ALONE)));
  const norm = 1 / Math.hypot(share, 1 - share);
  return [
    { index, weight: (1 - share) * norm },
    { index: index + 1, weight: share * norm },
  ].filter(({ weight }) => weight > 0);
}
