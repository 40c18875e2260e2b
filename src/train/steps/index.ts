/** Training steps as programs. */
import type { GanNetworks } from '../networks/network.ts';
import { discriminatorPhases } from './discriminator.ts';
import { generatorPhases } from './generator.ts';
import type { Phase } from './phase.ts';
import type { Recipe } from './recipe.ts';

export {
  type Feed,
  isByImage,
  type Phase,
  type Player,
  STATISTIC_PREFIX,
  SUM_PREFIX,
  wholeShape,
} from './phase.ts';
export type { Recipe } from './recipe.ts';
export { samplerProgram } from './sampler.ts';
export { mappingProgram, synthesisProgram } from './styles.ts';

/** All kinds of steps of a recipe, in the order in which a training step runs them. */
export function trainingPhases(networks: GanNetworks, recipe: Recipe): Phase[] {
  return [...discriminatorPhases(networks, recipe), ...generatorPhases(networks, recipe)];
}
