/** Running step generators without holding the event loop: a server goes on answering while a frame is drawn. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { throwIfStopped } from '../core/effects.ts';

/** Longest time between two chances for other work. */
const TURN_MS = 12;

export async function runCooperatively<Result>(
  steps: Generator<void, Result>,
  signal?: AbortSignal,
): Promise<Result> {
  let turnBegan = performance.now();
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    if (performance.now() - turnBegan < TURN_MS) continue;
    await nextTurn();
    if (signal) throwIfStopped(signal);
    turnBegan = performance.now();
  }
}
