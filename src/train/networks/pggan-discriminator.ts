/** The discriminator of PG-GAN: the generator's mirror image, with the deviation of the batch at its end. */
import { elementCount, type Graph, type Node } from '../graph/index.ts';
import {
  addBias,
  appendDeviation,
  averagePixels,
  convolutionParameters,
  dense,
  denseParameters,
} from './layers.ts';
import type { DiscriminateOptions } from './network.ts';
import type { Parameter, ParameterList, Weights } from './parameters.ts';
import { HE_GAIN } from './pggan-generator.ts';
import type { PgGanOptions } from './pggan-options.ts';
import { featureChannels, MINIMUM_SIDE, sidesOf } from './stylegan2-geometry.ts';

export function discriminatorParameters(options: PgGanOptions): ParameterList {
  const parameters: Parameter[] = [];
  for (const side of sidesOf(options.resolution).reverse()) {
    const inputs = featureChannels(options, side);
    parameters.push(
      ...convolutionParameters(`${side}.image`, options.channels, inputs, 1, { gain: HE_GAIN }),
    );
    if (side === MINIMUM_SIDE) break;
    const outputs = featureChannels(options, side / 2);
    parameters.push(...convolutionParameters(`${side}.first`, inputs, inputs, 3, { gain: HE_GAIN }));
    parameters.push(...convolutionParameters(`${side}.second`, inputs, outputs, 3, { gain: HE_GAIN }));
  }
  const last = featureChannels(options, MINIMUM_SIDE);
  parameters.push(...convolutionParameters('end.convolution', last + 1, last, 3, { gain: HE_GAIN }));
  parameters.push(...denseParameters('end.dense', last * MINIMUM_SIDE ** 2, last, { gain: HE_GAIN }));
  parameters.push(...denseParameters('end.score', last, 1));
  return parameters;
}

export function discriminate(
  graph: Graph,
  weights: Weights,
  images: Node,
  { sets, fade }: DiscriminateOptions,
): Node {
  const side = images.shape[2]!;
  let x = fromImages(graph, weights, side, images);
  for (const current of sidesOf(side).slice(1).reverse()) {
    x = graph.inLayer(String(current), () => {
      const y = convolve(
        graph,
        weights,
        `${current}.second`,
        convolve(graph, weights, `${current}.first`, x),
      );
      return averagePixels(graph, y);
    });
    if (current !== side || !fade) continue;
    const old = fromImages(graph, weights, side / 2, averagePixels(graph, images));
    x = graph.add(old, graph.multiply(graph.subtract(x, old), fade));
  }
  return graph.inLayer('end', () => {
    const y = convolve(graph, weights, 'end.convolution', appendDeviation(graph, x, sets));
    const flat = graph.reshape(y, [y.shape[0]!, elementCount(y.shape.slice(1))]);
    return dense(graph, weights, 'end.score', graph.leakyRelu(dense(graph, weights, 'end.dense', flat), 0.2));
  });
}

function fromImages(graph: Graph, weights: Weights, side: number, images: Node): Node {
  const y = graph.convolution(images, weights(`${side}.image.weight`), { stride: 1, pad: 0 });
  return graph.leakyRelu(addBias(graph, y, weights(`${side}.image.bias`)), 0.2);
}

function convolve(graph: Graph, weights: Weights, name: string, x: Node): Node {
  const y = graph.convolution(x, weights(`${name}.weight`), { stride: 1, pad: 1 });
  return graph.leakyRelu(addBias(graph, y, weights(`${name}.bias`)), 0.2);
}
