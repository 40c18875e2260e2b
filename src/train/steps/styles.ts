/** The two halves of the sampling program, for those who change styles between them. */
import { Graph, type Program } from '../graph/index.ts';
import type { GanNetworks } from '../networks/network.ts';
import { parameterCount, unpackWeights, type Weights } from '../networks/parameters.ts';
import { labelInput } from './sampler.ts';

/** Inputs: `weights` (flat), `latents` [count, latentSize], `labels` where there are classes. Output: `styles` [count, styleSize]. */
export function mappingProgram(networks: GanNetworks, count: number): Program {
  const graph = new Graph();
  const latents = graph.input('latents', [count, networks.latentSize]);
  const labels = labelInput(graph, networks, count);
  const styles = networks.mapLatents(graph, weightsOf(graph, networks), latents, labels);
  return { name: 'mapping', graph, outputs: { styles } };
}

/**
 * Inputs: `weights` (flat), `styles` [count, styleSize] for all layers, `noise` [count, noiseLength] where the network
 * has noise, `fade` (scalar) where it fades layers in. Output: `images` [count, C, S, S].
 */
export function synthesisProgram(networks: GanNetworks, count: number): Program {
  const graph = new Graph();
  const { styleSize, noiseLength, fades } = networks;
  const styles = graph.input('styles', [count, styleSize]);
  const noise = noiseLength > 0 ? graph.input('noise', [count, noiseLength]) : undefined;
  const fade = fades ? graph.input('fade', []) : undefined;
  const weights = weightsOf(graph, networks);
  const images = networks.synthesise(graph, weights, { style: () => styles, noise, fade });
  return { name: 'synthesis', graph, outputs: { images } };
}

function weightsOf(graph: Graph, { generator }: GanNetworks): Weights {
  const flat = graph.input('weights', [parameterCount(generator)]);
  const weights = unpackWeights(graph, flat, generator);
  return (name) => weights.get(name)!;
}
