/** A cap on the rate of all transfers together. */
import type { Clock } from '../../core/clock.ts';
import { elapsedBy, LONGEST_TIMER_MS } from './elapsed.ts';

/** Resolves when `bytes` more may be taken, at `bytesPerSecond` on average. */
export type Throttle = (bytes: number) => Promise<void>;

export function createThrottle(bytesPerSecond: number, clock: Clock, signal: AbortSignal): Throttle {
  const elapsed = elapsedBy(clock);
  let paidUntil = 0;
  return async (bytes) => {
    const now = elapsed();
    const wait = paidUntil - now;
    paidUntil = Math.max(paidUntil, now) + (bytes / bytesPerSecond) * 1000;
    if (wait > 0) await clock.sleep(Math.min(wait, LONGEST_TIMER_MS), signal);
  };
}
