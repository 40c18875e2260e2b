/** Trouble between server and client, by rate and seed. A new kind is a function beside these and a row here. */
import { createRandom } from '../../../numeric/random.ts';
import { errorBody, jsocError, notFound, serverError, tooManyRequests, unavailable } from './refusals.ts';
import { cut, hang, replaced, slowDrip, stall, wrongContent, wrongLength } from './transfers.ts';
import { type AnswerKind, DISTURBANCE_NAMES, type Disturbance, type DisturbanceName } from './types.ts';

export { DISTURBANCE_NAMES, type DisturbanceName } from './types.ts';

export const DISTURBANCES: Record<DisturbanceName, Disturbance> = {
  'not-found': notFound,
  'too-many-requests': tooManyRequests,
  unavailable,
  'server-error': serverError,
  hang,
  stall,
  'slow-drip': slowDrip,
  cut,
  'wrong-length': wrongLength,
  'wrong-content': wrongContent,
  'error-body': errorBody,
  replaced,
  'jsoc-error': jsocError,
};

/** One share for every kind, or a share for each named kind. */
export type DisturbanceRates = number | Partial<Record<DisturbanceName, number>>;

export interface DisturbancePlan {
  seed: number | string;
  rates: DisturbanceRates;
  /** A path is served well from this request on, so that a patient client gets every file. */
  calmAfter: number;
}

/**
 * What happens to the n-th request for a path: a function of seed, path and n, so that clients which ask in another order
 * meet the same trouble.
 */
export function planDisturbance(
  plan: DisturbancePlan,
  path: string,
  attempt: number,
  kind: AnswerKind,
): DisturbanceName | undefined {
  if (attempt >= plan.calmAfter) return undefined;
  const random = createRandom(`${plan.seed}/disturbance/${path}/${attempt}`);
  let draw = random.uniform();
  for (const name of DISTURBANCE_NAMES) {
    const rate = typeof plan.rates === 'number' ? plan.rates : (plan.rates[name] ?? 0);
    draw -= rate;
    if (draw < 0) return canSpoil(name, kind) ? name : undefined;
  }
  return undefined;
}

function canSpoil(name: DisturbanceName, kind: AnswerKind): boolean {
  const { spoils } = DISTURBANCES[name];
  return spoils === 'all' || spoils === kind;
}
