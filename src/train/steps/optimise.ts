/** The end of every phase: one Adam step of a player, and for the generator the average of its weights. */
import type { Node } from '../graph/index.ts';
import type { GanNetworks } from '../networks/network.ts';
import { parameterCount } from '../networks/parameters.ts';
import { adamStep, lazyShare } from '../optimiser.ts';
import type { ProgramInputs } from './inputs.ts';
import type { Player } from './phase.ts';
import type { Recipe } from './recipe.ts';

export interface PhaseFacts {
  name: string;
  player: Player;
  /** Steps between two runs of the phase. */
  interval: number;
  /** Whether the average of weights follows. */
  averages: boolean;
}

/** `lazyShare` of the penalty that `player` has in steps of its own; all its steps share one optimiser, and so this. */
export function lazyShareOf(recipe: Recipe, player: Player): number {
  const { pathWeight, pathInterval, r1Gamma, r2Gamma, penaltyInterval } = recipe;
  if (player === 'generator') return pathWeight > 0 ? lazyShare(pathInterval) : 1;
  return r1Gamma > 0 || r2Gamma > 0 ? lazyShare(penaltyInterval) : 1;
}

/** The new states by name, from the gradient of all weights of `player`. */
export function optimise(
  inputs: ProgramInputs,
  networks: GanNetworks,
  recipe: Recipe,
  { player, averages }: PhaseFacts,
  gradient: Node,
): Record<string, Node> {
  const count = parameterCount(networks[player]);
  const state = (part: string) => inputs.feed(`${player}/${part}`, 'state', [count]);
  const beta1 = recipe.beta1 ** lazyShareOf(recipe, player);
  const { weights, first, second } = adamStep(inputs.graph, {
    weights: state('weights'),
    gradient,
    first: beta1 > 0 ? state('first') : undefined,
    second: state('second'),
    rates: state('rates'),
    beta1,
    beta2: inputs.scalar('beta2'),
    stepSize: inputs.scalar('stepSize'),
    secondScale: inputs.scalar('secondScale'),
  });
  return {
    [`${player}/weights`]: weights,
    [`${player}/second`]: second,
    ...(first && { [`${player}/first`]: first }),
    ...(averages && { [`${player}/average`]: averageWeights(inputs, state('average'), weights) }),
  };
}

/** average <- weights + decay * (average - weights) */
function averageWeights(inputs: ProgramInputs, average: Node, weights: Node): Node {
  const { graph } = inputs;
  const difference = graph.subtract(average, weights);
  return graph.add(weights, graph.multiply(difference, inputs.scalar('averageDecay')));
}
