/** The generator of PG-GAN: pixel norm after every activation, the newest block faded in. */
import type { Graph, Node } from '../graph/index.ts';
import {
  addBias,
  convolutionParameters,
  dense,
  denseParameters,
  normaliseFeatures,
  repeatPixels,
} from './layers.ts';
import type { SynthesisInputs } from './network.ts';
import type { Parameter, ParameterList, Weights } from './parameters.ts';
import type { PgGanOptions } from './pggan-options.ts';
import { featureChannels, MINIMUM_SIDE, sidesOf } from './stylegan2-geometry.ts';

/** He et al. 2015; the first layer's is smaller, as in the reference, because latents come normalised. */
export const HE_GAIN = Math.SQRT2;
const FIRST_GAIN = Math.SQRT2 / 4;

export function generatorParameters(options: PgGanOptions): ParameterList {
  const parameters: Parameter[] = [];
  for (const side of sidesOf(options.resolution)) {
    const outputs = featureChannels(options, side);
    if (side === MINIMUM_SIDE) {
      const size = outputs * MINIMUM_SIDE ** 2;
      parameters.push(...denseParameters('4.first', options.latentSize, size, { gain: FIRST_GAIN }));
    } else {
      const inputs = featureChannels(options, side / 2);
      parameters.push(...convolutionParameters(`${side}.first`, inputs, outputs, 3, { gain: HE_GAIN }));
    }
    parameters.push(...convolutionParameters(`${side}.second`, outputs, outputs, 3, { gain: HE_GAIN }));
    parameters.push(...convolutionParameters(`${side}.image`, outputs, options.channels, 1));
  }
  return parameters;
}

export function synthesise(
  graph: Graph,
  weights: Weights,
  { style, fade }: SynthesisInputs,
  side: number,
): Node {
  let x = firstBlock(graph, weights, style(0));
  let before = x;
  for (const current of sidesOf(side).slice(1)) {
    before = x;
    x = graph.inLayer(String(current), () => {
      const y = convolve(graph, weights, `${current}.first`, repeatPixels(graph, before));
      return convolve(graph, weights, `${current}.second`, y);
    });
  }
  const image = imageLayer(graph, weights, side, x);
  if (side === MINIMUM_SIDE || !fade) return image;
  const old = repeatPixels(graph, imageLayer(graph, weights, side / 2, before));
  return graph.add(old, graph.multiply(graph.subtract(image, old), fade));
}

function firstBlock(graph: Graph, weights: Weights, latents: Node): Node {
  return graph.inLayer('4', () => {
    const flat = dense(graph, weights, '4.first', latents);
    const channels = flat.shape[1]! / MINIMUM_SIDE ** 2;
    const x = graph.reshape(flat, [flat.shape[0]!, channels, MINIMUM_SIDE, MINIMUM_SIDE]);
    const active = normaliseFeatures(graph, graph.leakyRelu(x, 0.2));
    return convolve(graph, weights, '4.second', active);
  });
}

function convolve(graph: Graph, weights: Weights, name: string, x: Node): Node {
  const y = graph.convolution(x, weights(`${name}.weight`), { stride: 1, pad: 1 });
  return normaliseFeatures(graph, graph.leakyRelu(addBias(graph, y, weights(`${name}.bias`)), 0.2));
}

function imageLayer(graph: Graph, weights: Weights, side: number, x: Node): Node {
  const y = graph.convolution(x, weights(`${side}.image.weight`), { stride: 1, pad: 0 });
  return addBias(graph, y, weights(`${side}.image.bias`));
}
