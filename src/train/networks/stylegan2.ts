/**
 * StyleGAN2 (Karras et al. 2020, arXiv 1912.04958): mapping network, modulated convolutions with demodulation, noise,
 * generator with image skips, residual discriminator; with labels, as in StyleGAN2-ADA (arXiv 2006.06676), an embedding
 * beside the latent and a discriminator by projection.
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
    labelCount: options.labelCount ?? 0,
    generator: generatorParameters(options),
    discriminator: discriminatorParameters(options),
    mapLatents: (graph, weights, latents, labels) => mapLatents(graph, weights, latents, labels, options),
    synthesise: (graph, weights, inputs) => synthesise(graph, weights, inputs, options),
    discriminate: (graph, weights, images, judged) => discriminate(graph, weights, images, judged, options),
  };
}
