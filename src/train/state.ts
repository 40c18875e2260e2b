/** The state of training: a handful of flat tensors on the engine, and counters. */
import { SunganError } from '../core/errors.ts';
import { createRandom } from '../numeric/random.ts';
import { INITIAL_VARIETY, type VarietyRecord } from './alarms.ts';
import { type AdaptiveState, INITIAL_STRENGTH } from './augment/index.ts';
import type { Engine, Value } from './engines/index.ts';
import { elementCount, type Shape } from './graph/index.ts';
import type { GanNetworks } from './networks/network.ts';
import { initialWeights, learningRates, type ParameterList, parameterCount } from './networks/parameters.ts';
import type { Phase, Player } from './steps/index.ts';

/** What of a run is more than tensors. JSON-safe, and free of wall-clock time. */
export interface Counters {
  /** Training steps done. */
  step: number;
  /** Real images seen. */
  images: number;
  tick: number;
  /** Of the curriculum, by number. */
  stage: number;
  /** Adam steps done, for its bias correction. */
  applied: Record<Player, number>;
  /** Of adaptive augmentation. */
  augment: AdaptiveState;
  variety: VarietyRecord;
  /** Sums and counts of the statistics since the last tick. */
  sums: Record<string, [sum: number, count: number]>;
}

export type StateValues = Map<string, Float32Array>;

export function initialCounters(): Counters {
  return {
    stage: 0,
    step: 0,
    images: 0,
    tick: 0,
    applied: { generator: 0, discriminator: 0 },
    augment: INITIAL_STRENGTH,
    variety: INITIAL_VARIETY,
    sums: {},
  };
}

/** The tensors that `phases` carry from step to step, without the constant learning rates, in sorted order. */
export function stateShapes(phases: readonly Phase[]): Map<string, Shape> {
  const shapes = new Map<string, Shape>();
  for (const { feeds, apply } of phases) {
    for (const { name, kind, shape } of [...feeds, ...(apply?.feeds ?? [])])
      if (kind === 'state' && !name.endsWith('/rates')) shapes.set(name, shape);
  }
  return new Map([...shapes].sort(([a], [b]) => (a < b ? -1 : 1)));
}

export function initialState(networks: GanNetworks, phases: readonly Phase[], seed: number): StateValues {
  const random = createRandom(`${seed} weights`);
  const values: StateValues = new Map();
  for (const [name, shape] of stateShapes(phases)) {
    const [player, part] = name.split('/') as [Player, string];
    const starts = part === 'weights' || part === 'average';
    values.set(
      name,
      starts ? initialWeights(networks[player], random.fork(player)) : new Float32Array(elementCount(shape)),
    );
  }
  return values;
}

export async function uploadState(
  engine: Engine,
  networks: GanNetworks,
  phases: readonly Phase[],
  values: StateValues,
): Promise<Map<string, Value>> {
  const state = new Map<string, Value>();
  for (const [name, shape] of stateShapes(phases)) {
    const data = values.get(name);
    if (data?.length !== elementCount(shape)) {
      throw new SunganError('data', `the checkpoint has no '${name}' of this recipe`, {
        where: '--resume',
        remedy: 'begin a new run with its weights by --from',
      });
    }
    state.set(name, engine.upload(data, shape));
  }
  for (const player of ['generator', 'discriminator'] as const) {
    state.set(
      `${player}/rates`,
      engine.upload(learningRates(networks[player]), [parameterCount(networks[player])]),
    );
  }
  for (const [name, value] of state) state.set(name, await engine.keep(value));
  return state;
}

/** Both optimisers as they were at the beginning. */
export function resetMoments(engine: Engine, state: Map<string, Value>, counters: Counters): void {
  for (const [name, value] of state) {
    if (!name.endsWith('/first') && !name.endsWith('/second')) continue;
    state.set(name, engine.upload(new Float32Array(elementCount(value.shape)), value.shape));
    value.dispose();
  }
  counters.applied = { generator: 0, discriminator: 0 };
}

/** A flat state vector as named tensors, `<state>/<parameter>`; other states as they are. */
export function nameParts(
  name: string,
  data: Float32Array,
  parameters: ParameterList,
): [string, Shape, Float32Array][] {
  if (data.length !== parameterCount(parameters)) return [[name, [data.length], data]];
  let begin = 0;
  return parameters.map((parameter) => {
    const end = begin + elementCount(parameter.shape);
    const part = data.subarray(begin, end);
    begin = end;
    return [`${name}/${parameter.name}`, parameter.shape, part];
  });
}
