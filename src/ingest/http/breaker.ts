/**
 * A circuit breaker for one host: after a row of failures nobody knocks for a while, then one request tries the door.
 * A host that stays silent longer than the run is willing to wait is given up until the next run.
 */
import type { Clock } from '../../core/clock.ts';
import { elapsedBy } from './elapsed.ts';

export interface Breaker {
  /**
   * Waits while the host is left in peace, or, where there is another host to ask (`waits` false), does not. False when
   * the host is not to be asked now.
   */
  admit(signal: AbortSignal, waits?: boolean): Promise<boolean>;
  /** The host answered, be it with a 404. */
  succeeded(): void;
  failed(reason: string): void;
}

export interface BreakerOptions {
  clock: Clock;
  /** Failures in a row that open it. */
  threshold?: number;
  /** How long a host may be down before it is given up. */
  patienceMs: number;
  /** Told once, early, when the host seems to be down. */
  onTrouble?(reason: string): void;
}

/** Failures in a row after which people are told: fewer of a host that has never answered. */
const TOLD_AFTER = 5;
const TOLD_AFTER_SILENCE = 2;

const FIRST_REST_MS = 30_000;
const LONGEST_REST_MS = 300_000;

export function createBreaker({ clock, threshold = 10, patienceMs, onTrouble }: BreakerOptions): Breaker {
  let failures = 0;
  let restMs = FIRST_REST_MS;
  /** Since when the host is down; undefined while it is well. */
  let downSince: number | undefined;
  let closedUntil = 0;
  let isProbing = false;
  let hasAnswered = false;
  let isTold = false;
  const now = elapsedBy(clock);

  return {
    async admit(signal, waits = true) {
      while (downSince !== undefined) {
        if (now() - downSince >= patienceMs) return false;
        if (now() >= closedUntil && !isProbing) {
          isProbing = true;
          return true;
        }
        if (!waits) return false;
        await clock.sleep(Math.max(closedUntil - now(), 1000), signal);
      }
      return true;
    },
    succeeded() {
      hasAnswered = true;
      failures = 0;
      restMs = FIRST_REST_MS;
      downSince = undefined;
      isProbing = false;
    },
    failed(reason) {
      failures += 1;
      if (!isTold && failures >= (hasAnswered ? TOLD_AFTER : TOLD_AFTER_SILENCE)) {
        isTold = true;
        onTrouble?.(reason);
      }
      if (failures < threshold) return;
      downSince ??= now();
      isProbing = false;
      closedUntil = now() + restMs;
      restMs = Math.min(restMs * 2, LONGEST_REST_MS);
    },
  };
}
