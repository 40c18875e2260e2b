/**
 * StyleGAN2 (Karras et al. 2020, arXiv 1912.04958): mapping network, modulated convolutions with demodulation, noise,
 * generator with image skips, residual discriminator.
 */
import type { GanNetworks } from './network.ts';
import { discriminate, discriminatorParameters } from './stylegan2-discriminator.ts';
import { generatorParameters, mapLatents, synthesise } from './stylegan2-generator.ts';
import { noiseSides, type StyleGan2Options, sidesOf } from './stylegan2-geometry.ts';

export type { StyleGan2Options } from './stylegan2-geometry.ts';

export function createStyleGan2(options: StyleGan2Options): GanNetworks {
  const sides = sidesOf(options.resolution);
  return {
    architecture: 'stylegan2',
    resolution: options.resolution,
    channels: options.channels,
    latentSize: options.latentSize,
    styleSize: options.styleSize,
    layerCount: 2 * sides.length,
    noiseLength: noiseSides(options.resolution).reduce((total, side) => total + side * side, 0),
    fades: false,
    generator: generatorParameters(options),
    discriminator: discriminatorParameters(options),
    mapLatents: (graph, weights, latents) => mapLatents(graph, weights, latents, options),
    synthesise: (graph, weights, inputs) => synthesise(graph, weights, inputs, options),
    discriminate: (graph, weights, images, { sets }) => discriminate(graph, weights, images, sets, options),
  };
}
