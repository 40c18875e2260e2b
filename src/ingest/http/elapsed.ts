/** Time for pauses and limits: somebody may set the clock of a machine back, or a time server may. */
import type { Clock } from '../../core/clock.ts';

/** A timer takes no more milliseconds: it would fire at once. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Milliseconds since this was made; a step back of the clock counts as none. */
export function elapsedBy(clock: Clock): () => number {
  let last = clock.now().getTime();
  let elapsed = 0;
  return () => {
    const now = clock.now().getTime();
    elapsed += Math.max(0, now - last);
    last = now;
    return elapsed;
  };
}
