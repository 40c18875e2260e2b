/** From options to networks and a recipe for the step programs. */
import type { GanNetworks } from './networks/network.ts';
import { createStyleGan2 } from './networks/stylegan2.ts';
import type { RecipeOptions } from './options.ts';
import type { Recipe } from './steps/index.ts';

/** Share of each new length in the running mean of path lengths (StyleGAN2, `pl_decay`). */
const PATH_DECAY = 0.01;
const EPSILON = 1e-8;

/** The part of a recipe that fixes the networks; a checkpoint carries it. */
export type NetworkOptions = Pick<
  RecipeOptions,
  'architecture' | 'resolution' | 'latentSize' | 'styleSize' | 'mappingLayers' | 'channelBase' | 'channelMax'
> & {
  /** Image channels. */
  channels: number;
};

export function networkOptions(recipe: RecipeOptions, channels: number): NetworkOptions {
  const { architecture, resolution, latentSize, styleSize, mappingLayers, channelBase, channelMax } = recipe;
  return {
    architecture,
    resolution,
    latentSize,
    styleSize,
    mappingLayers,
    channelBase,
    channelMax,
    channels,
  };
}

const ARCHITECTURES: Record<RecipeOptions['architecture'], (options: NetworkOptions) => GanNetworks> = {
  stylegan2: createStyleGan2,
};

export function createNetworks(options: NetworkOptions): GanNetworks {
  return ARCHITECTURES[options.architecture](options);
}

export function stepRecipe(options: RecipeOptions): Recipe {
  const adam = { beta1: options.beta1, beta2: options.beta2, epsilon: EPSILON };
  const has = (name: RecipeOptions['augment'][number]) => options.augment.includes(name);
  return {
    batch: options.batch,
    loss: options.loss,
    augment: {
      translation: has('translation'),
      cutout: has('cutout'),
      brightness: has('brightness'),
      contrast: has('contrast'),
    },
    r1Gamma: options.r1Gamma,
    r2Gamma: options.r2Gamma,
    penaltyInterval: options.penaltyInterval,
    pathWeight: options.pathWeight,
    pathInterval: options.pathInterval,
    pathDecay: PATH_DECAY,
    styleMixing: options.styleMixing,
    generatorAdam: adam,
    discriminatorAdam: adam,
    generatorRate: options.generatorRate,
    discriminatorRate: options.discriminatorRate,
  };
}
