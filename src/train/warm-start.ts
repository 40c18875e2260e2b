/** Weights of another run as the beginning of a new one. */

import { createNetworks } from './assemble.ts';
import { elementCount, type Shape, sameShape } from './graph/index.ts';
import type { GanNetworks } from './networks/network.ts';
import type { ParameterList } from './networks/parameters.ts';
import type { Checkpoint } from './run/checkpoint.ts';
import type { StateValues } from './state.ts';
import type { Player } from './steps/index.ts';

/** Both players' weights and the average; moments and counters start anew. */
const TAKEN = ['generator/weights', 'generator/average', 'discriminator/weights'];

/**
 * Copies every tensor of `source` that has the same name and shape in the new networks, so a run at 512 pixels can
 * begin with one at 256: the layers they share are taken, the others stay fresh. `unlike`: same name, another shape.
 */
export function takeWeights(
  values: StateValues,
  networks: GanNetworks,
  source: Checkpoint,
): { taken: number; total: number; unlike: number } {
  const sourceNetworks = createNetworks(source.network, source.side);
  let [taken, total, unlike] = [0, 0, 0];
  for (const name of TAKEN) {
    const player = name.split('/')[0] as Player;
    const before = locate(sourceNetworks[player]);
    const from = source.values.get(name);
    for (const [parameter, { shape, begin }] of locate(networks[player])) {
      total++;
      const found = before.get(parameter);
      if (!from || !found) continue;
      if (!sameShape(found.shape, shape)) {
        unlike++;
        continue;
      }
      values.get(name)!.set(from.subarray(found.begin, found.begin + elementCount(shape)), begin);
      taken++;
    }
  }
  const style = source.values.get('generator/styleAverage');
  const target = values.get('generator/styleAverage');
  if (style && target && style.length === target.length) target.set(style);
  return { taken, total, unlike };
}

function locate(parameters: ParameterList): Map<string, { shape: Shape; begin: number }> {
  let begin = 0;
  return new Map(
    parameters.map(({ name, shape }) => {
      const place = { shape, begin };
      begin += elementCount(shape);
      return [name, place];
    }),
  );
}
