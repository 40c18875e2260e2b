/** From options to networks and a recipe for the step programs. */
import { SunganError } from '../core/errors.ts';
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
  /** Classes; 0 or absent (older checkpoints): none. */
  labelCount?: number;
};

export function networkOptions(recipe: RecipeOptions, channels: number, labelCount = 0): NetworkOptions {
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
    labelCount,
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
  const { architecture, labelCount = 0 } = options;
  if (labelCount > 0 && architecture !== 'stylegan2') {
    throw new SunganError('usage', `${architecture} has no conditional form here`, {
      where: '--label',
      remedy: 'leave --label out, or take --architecture stylegan2',
    });
  }
  return ARCHITECTURES[architecture](options, side);
}

/** For programs that take `batch` images, `parts` times a step. */
export function stepRecipe(options: RecipeOptions, batch: number, parts = 1): Recipe {
  return {
    batch,
    parts,
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
