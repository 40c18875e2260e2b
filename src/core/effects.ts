/** What a use case may do to the world besides its files: speak, show progress, ask the time, be stopped. */
import { type Clock, systemClock } from './clock.ts';
import { SunganError } from './errors.ts';
import { type Logger, silentLogger } from './log.ts';
import { type ProgressFactory, silentProgress } from './progress.ts';

export interface Effects {
  log: Logger;
  progress: ProgressFactory;
  clock: Clock;
  /** Aborted by SIGINT, SIGTERM or a deadline: finish the atomic step, write state, leave by `throwIfStopped`. */
  signal: AbortSignal;
}

/** Effects of a library call: silent, never stopped. */
export function quietEffects(overrides: Partial<Effects> = {}): Effects {
  return {
    log: silentLogger,
    progress: silentProgress,
    clock: systemClock,
    signal: new AbortController().signal,
    ...overrides,
  };
}

/** Call between atomic steps. */
export function throwIfStopped(signal: AbortSignal): void {
  if (signal.aborted)
    throw new SunganError('interrupted', 'stopped on request, in a state from which the next run goes on');
}
