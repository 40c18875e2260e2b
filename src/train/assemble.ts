/** From options to networks and a recipe for the step programs. */
import type { GanNetworks } from './networks/network.ts';
import { createPgGan } from './networks/pggan.ts';
import { createStyleGan2 } from './networks/stylegan2.ts';
import type { RecipeOptions } from './options.ts';
import type { Recipe } from './steps/index.ts';

/** Share of each new length in the running mean of path lengths (StyleGAN2, `pl_decay`). */
const PATH_DECAY = 0.01;

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

const ARCHITECTURES: Record<
  RecipeOptions['architecture'],
  (options: NetworkOptions, side: number) => GanNetworks
> = {
  stylegan2: createStyleGan2,
  pggan: createPgGan,
};

/** The networks as they are for images of `side` pixels; only growing ones know more than one side. */
export function createNetworks(options: NetworkOptions, side = options.resolution): GanNetworks {
  return ARCHITECTURES[options.architecture](options, side);
}

/** `batch` of the present stage. */
export function stepRecipe(options: RecipeOptions, batch: number): Recipe {
  return {
    batch,
    loss: options.loss,
    augment: options.augment,
    r1Gamma: options.r1Gamma,
    r2Gamma: options.r2Gamma,
    unitPenalty: options.unitPenalty,
    penaltyInterval: options.penaltyInterval,
    pathWeight: options.pathWeight,
    pathInterval: options.pathInterval,
    pathDecay: PATH_DECAY,
    styleMixing: options.styleMixing,
    beta1: options.beta1,
  };
}
