/** The residual discriminator of StyleGAN2. */
import { elementCount, type Graph, type Node } from '../graph/index.ts';
import {
  ACTIVATION_GAIN,
  activate,
  activeConvolution,
  appendDeviation,
  convolutionDown,
  convolutionParameters,
  dense,
  denseParameters,
  downsample,
  normaliseFeatures,
} from './layers.ts';
import type { DiscriminateOptions } from './network.ts';
import type { Parameter, ParameterList, Weights } from './parameters.ts';
import { MAPPING_RATE } from './stylegan2-generator.ts';
import { featureChannels, MINIMUM_SIDE, type StyleGan2Options, sidesOf } from './stylegan2-geometry.ts';

/** Of the discriminator's mapping network of labels, whatever the generator's has. */
const LABEL_LAYERS = 8;

export function discriminatorParameters(options: StyleGan2Options): ParameterList {
  const widest = featureChannels(options, options.resolution);
  const parameters: Parameter[] = [...convolutionParameters('image', options.channels, widest, 1)];
  for (const side of blockSides(options)) {
    const inputs = featureChannels(options, side);
    const outputs = featureChannels(options, side / 2);
    parameters.push(...convolutionParameters(`${side}.same`, inputs, inputs, 3));
    parameters.push(...convolutionParameters(`${side}.down`, inputs, outputs, 3));
    parameters.push(...convolutionParameters(`${side}.skip`, inputs, outputs, 1, { bias: false }));
  }
  const last = featureChannels(options, MINIMUM_SIDE);
  parameters.push(...convolutionParameters('end.convolution', last + 1, last, 3));
  parameters.push(...denseParameters('end.dense', last * MINIMUM_SIDE ** 2, last));
  const { labelCount = 0 } = options;
  if (labelCount === 0) return [...parameters, ...denseParameters('end.score', last, 1)];
  parameters.push(...denseParameters('end.score', last, last));
  parameters.push(...denseParameters('label.embedding', labelCount, last));
  for (let layer = 0; layer < LABEL_LAYERS; layer++)
    parameters.push(...denseParameters(`label.${layer}`, last, last, { rate: MAPPING_RATE }));
  return parameters;
}

export function discriminate(
  graph: Graph,
  weights: Weights,
  images: Node,
  { sets, labels }: DiscriminateOptions,
  options: StyleGan2Options,
): Node {
  let x = graph.inLayer('image', () => {
    const convolve = (kernels: Node) => graph.convolution(images, kernels, { stride: 1, pad: 0 });
    return activeConvolution(graph, weights, 'image', convolve);
  });
  for (const side of blockSides(options))
    x = graph.inLayer(String(side), () => residualBlock(graph, weights, String(side), x));
  return graph.inLayer('end', () => {
    const seen = appendDeviation(graph, x, sets);
    const convolve = (kernels: Node) => graph.convolution(seen, kernels, { stride: 1, pad: 1 });
    const active = activeConvolution(graph, weights, 'end.convolution', convolve);
    const flat = graph.reshape(active, [active.shape[0]!, elementCount(active.shape.slice(1))]);
    const score = dense(
      graph,
      weights,
      'end.score',
      activate(graph, dense(graph, weights, 'end.dense', flat)),
    );
    return labels ? project(graph, score, mapLabels(graph, weights, labels)) : score;
  });
}

/** Labels through a mapping network of their own. */
function mapLabels(graph: Graph, weights: Weights, labels: Node): Node {
  let x = normaliseFeatures(graph, dense(graph, weights, 'label.embedding', labels));
  for (let layer = 0; layer < LABEL_LAYERS; layer++)
    x = activate(graph, dense(graph, weights, `label.${layer}`, x));
  return x;
}

/** [N, F] and [N, F] -> scores [N, 1] (Miyato & Koyama 2018, scaled as in StyleGAN2-ADA). */
function project(graph: Graph, features: Node, label: Node): Node {
  const sum = graph.sumAxes(graph.multiply(features, label), [1]);
  return graph.multiply(sum, 1 / Math.sqrt(features.shape[1]!));
}

function residualBlock(graph: Graph, weights: Weights, name: string, x: Node): Node {
  const same = (kernels: Node) => graph.convolution(x, kernels, { stride: 1, pad: 1 });
  const active = activeConvolution(graph, weights, `${name}.same`, same);
  const down = (kernels: Node) => convolutionDown(graph, active, kernels);
  // The sum of two branches of unit variance is scaled back by sqrt(1/2), here before it is made.
  const branch = activeConvolution(graph, weights, `${name}.down`, down, ACTIVATION_GAIN * Math.SQRT1_2);
  const skipWeight = graph.multiply(weights(`${name}.skip.weight`), Math.SQRT1_2);
  return graph.add(branch, graph.convolution(downsample(graph, x), skipWeight, { stride: 1, pad: 0 }));
}

/** resolution, ..., 8 */
function blockSides(options: StyleGan2Options): number[] {
  return sidesOf(options.resolution).slice(1).reverse();
}
