/** The program that only makes images: latents and noise in, images out. */
import { Graph, type Node, type Program } from '../graph/index.ts';
import type { GanNetworks } from '../networks/network.ts';
import { parameterCount, unpackWeights } from '../networks/parameters.ts';

/**
 * Inputs: `weights` (flat), `styleAverage`, `truncation` (scalar), `latents` [count, latentSize], `noise`
 * [count, noiseLength] where the network has noise, `fade` (scalar) where it fades layers in, `labels` [count,
 * labelCount], one-hot, where it has classes. Output: `images` [count, C, S, S]. Truncation 1 leaves styles alone, less
 * pulls them towards the mean style: more typical, less varied.
 */
export function samplerProgram(networks: GanNetworks, count: number): Program {
  const graph = new Graph();
  const weightMap = unpackWeights(
    graph,
    graph.input('weights', [parameterCount(networks.generator)]),
    networks.generator,
  );
  const weights = (name: string) => weightMap.get(name)!;
  const latents = graph.input('latents', [count, networks.latentSize]);
  const mapped = networks.mapLatents(graph, weights, latents, labelInput(graph, networks, count));
  const average = graph.input('styleAverage', [networks.styleSize]);
  const style = graph.add(
    average,
    graph.multiply(graph.subtract(mapped, average), graph.input('truncation', [])),
  );
  const { noiseLength, fades } = networks;
  const noise = noiseLength > 0 ? graph.input('noise', [count, noiseLength]) : undefined;
  const fade = fades ? graph.input('fade', []) : undefined;
  const images = networks.synthesise(graph, weights, { style: () => style, noise, fade });
  return { name: 'sampler', graph, outputs: { images } };
}

/** `labels` [count, labelCount] of a conditional network. */
export function labelInput(graph: Graph, { labelCount }: GanNetworks, count: number): Node | undefined {
  return labelCount > 0 ? graph.input('labels', [count, labelCount]) : undefined;
}
