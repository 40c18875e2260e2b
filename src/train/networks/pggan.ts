/**
 * Progressive growing (Karras et al. 2018, arXiv 1710.10196): plain generator and discriminator that are trained on
 * small images first. The weights of all sides exist from the beginning; those not in use get no gradient.
 */
import type { Graph, Node } from '../graph/index.ts';
import { normaliseFeatures } from './layers.ts';
import type { GanNetworks } from './network.ts';
import { discriminate, discriminatorParameters } from './pggan-discriminator.ts';
import { generatorParameters, synthesise } from './pggan-generator.ts';
import type { PgGanOptions } from './pggan-options.ts';

export type { PgGanOptions } from './pggan-options.ts';

/** The networks as they are while images of `side` pixels are learnt. */
export function createPgGan(options: PgGanOptions, side: number): GanNetworks {
  return {
    architecture: 'pggan',
    resolution: side,
    channels: options.channels,
    latentSize: options.latentSize,
    styleSize: options.latentSize,
    layerCount: 1,
    noiseLength: 0,
    fades: side > 4,
    labelCount: 0,
    generator: generatorParameters(options),
    discriminator: discriminatorParameters(options),
    mapLatents: (graph: Graph, _weights, latents: Node) => normaliseFeatures(graph, latents),
    synthesise: (graph, weights, inputs) => synthesise(graph, weights, inputs, side),
    discriminate: (graph, weights, images, judged) => discriminate(graph, weights, images, judged),
  };
}
