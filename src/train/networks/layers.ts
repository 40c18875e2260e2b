/** Layers that several architectures share, and the parameters they declare. */
import { SunganError } from '../../core/errors.ts';
import type { Graph, Node } from '../graph/index.ts';
import type { Parameter, Weights } from './parameters.ts';

/** Gain that keeps the variance of activations through a leaky ReLU of slope 0.2 (He et al. 2015, rounded as in StyleGAN). */
export const ACTIVATION_GAIN = Math.SQRT2;

/** Of the leaky ReLU. */
export const SLOPE = 0.2;

export interface DenseOptions {
  /** Extra factor on the learning rate. */
  rate?: number;
  bias?: number;
  /** Factor on the weights (and so on their learning rate), for networks whose activations have no gain. */
  gain?: number;
}

export function denseParameters(
  name: string,
  inputs: number,
  outputs: number,
  options: DenseOptions = {},
): Parameter[] {
  const { rate = 1, bias = 0, gain = 1 } = options;
  const scale = gain / Math.sqrt(inputs);
  return [
    { name: `${name}.weight`, shape: [inputs, outputs], mean: 0, deviation: scale, rate: scale * rate },
    { name: `${name}.bias`, shape: [outputs], mean: bias, deviation: 0, rate },
  ];
}

/** x [N, inputs] -> [N, outputs] */
export function dense(graph: Graph, weights: Weights, name: string, x: Node): Node {
  return graph.inLayer(name, () =>
    graph.add(graph.matmul(x, weights(`${name}.weight`)), weights(`${name}.bias`)),
  );
}

export interface ConvolutionOptions {
  bias?: boolean;
  /** As for dense layers. */
  gain?: number;
}

export function convolutionParameters(
  name: string,
  inputs: number,
  outputs: number,
  size: number,
  { bias = true, gain = 1 }: ConvolutionOptions = {},
): Parameter[] {
  const scale = gain / Math.sqrt(inputs * size * size);
  const list: Parameter[] = [
    { name: `${name}.weight`, shape: [outputs, inputs, size, size], mean: 0, deviation: scale, rate: scale },
  ];
  if (bias) list.push({ name: `${name}.bias`, shape: [outputs], mean: 0, deviation: 0, rate: 1 });
  return list;
}

/** Adds one number a channel to images. */
export function addBias(graph: Graph, x: Node, bias: Node): Node {
  return graph.add(x, graph.reshape(bias, [1, bias.shape[0]!, 1, 1]));
}

export function activate(graph: Graph, x: Node): Node {
  return graph.multiply(graph.leakyRelu(x, SLOPE), ACTIVATION_GAIN);
}

/**
 * A convolution by the layer's kernels, its bias and the activation. The gain is given to kernels and bias, which a leaky
 * ReLU passes on like any positive factor: they are fewer numbers than the images, forward and backward.
 */
export function activeConvolution(
  graph: Graph,
  weights: Weights,
  name: string,
  convolve: (kernels: Node) => Node,
  gain = ACTIVATION_GAIN,
): Node {
  const features = convolve(graph.multiply(weights(`${name}.weight`), gain));
  return graph.leakyRelu(addBias(graph, features, graph.multiply(weights(`${name}.bias`), gain)), SLOPE);
}

/** Features to unit mean square at every place: PG-GAN's pixel norm, over axis 1 of latents or images alike. */
export function normaliseFeatures(graph: Graph, z: Node): Node {
  return graph.multiply(z, graph.reciprocalRoot(graph.add(graph.meanAxes(graph.square(z), [1]), 1e-8)));
}

const FILTER = [1, 3, 3, 1];
const SMOOTH = FILTER.map((tap) => tap / 8);
/** Zero insertion halves the mean along each axis; the taps give it back. */
const SMOOTH_UP = FILTER.map((tap) => tap / 4);

/** Twice the side, filtered. */
export function upsample(graph: Graph, x: Node): Node {
  return graph.resample(x, { taps: SMOOTH_UP, up: 2, down: 1, before: 2, after: 1 });
}

/** Half the side, filtered. */
export function downsample(graph: Graph, x: Node): Node {
  return graph.resample(x, { taps: SMOOTH, up: 1, down: 2, before: 1, after: 1 });
}

/** Twice the side, each pixel repeated. */
export function repeatPixels(graph: Graph, x: Node): Node {
  return graph.resample(x, { taps: [1, 1], up: 2, down: 1, before: 1, after: 0 });
}

/** Half the side, means of 2x2 pixels. */
export function averagePixels(graph: Graph, x: Node): Node {
  return graph.resample(x, { taps: [0.5, 0.5], up: 1, down: 2, before: 0, after: 0 });
}

/** 3x3 convolution that halves the side: filter, then stride 2. */
export function convolutionDown(graph: Graph, x: Node, weight: Node): Node {
  const filtered = graph.resample(x, { taps: SMOOTH, up: 1, down: 1, before: 2, after: 2 });
  return graph.convolution(filtered, weight, { stride: 2, pad: 0 });
}

/** 3x3 convolution that doubles the side: transposed convolution of stride 2, then filter. `weight` is [out, in, 3, 3]. */
export function convolutionUp(graph: Graph, x: Node, weight: Node): Node {
  const [count, , height, width] = x.shape as [number, number, number, number];
  const shape = [count, weight.shape[0]!, 2 * height + 1, 2 * width + 1];
  const raised = graph.convolutionInput(x, graph.transpose(weight, [1, 0, 2, 3]), {
    stride: 2,
    pad: 0,
    shape,
  });
  return graph.resample(raised, { taps: SMOOTH_UP, up: 1, down: 1, before: 1, after: 1 });
}

/** Images whose deviation from one another the discriminator sees together; fewer in a smaller batch. */
export const DEVIATION_GROUP = 4;

/**
 * Appends one channel with the standard deviation across groups of samples, so that the discriminator sees whether a
 * batch varies (PG-GAN section 3). The batch holds `sets` sets one after the other; groups do not mix them.
 */
export function appendDeviation(graph: Graph, x: Node, sets: number): Node {
  const [count, channels, height, width] = x.shape as [number, number, number, number];
  const perSet = count / sets;
  const group = Math.min(DEVIATION_GROUP, perSet);
  if (perSet % group !== 0) {
    throw new SunganError('usage', `a batch of ${perSet} does not divide into groups of ${group}`, {
      where: '--batch',
      remedy: `choose a multiple of ${DEVIATION_GROUP}, or less`,
    });
  }
  const groups = perSet / group;
  const y = graph.reshape(x, [sets, group, groups, channels * height * width]);
  const centred = graph.subtract(y, graph.meanAxes(y, [1]));
  const deviation = graph.squareRoot(graph.add(graph.meanAxes(graph.square(centred), [1]), 1e-8));
  const value = graph.broadcast(graph.meanAxes(deviation, [3]), [sets, group, groups, 1]);
  const plane = graph.broadcast(graph.reshape(value, [count, 1, 1, 1]), [count, 1, height, width]);
  return graph.concat([x, plane], 1);
}
