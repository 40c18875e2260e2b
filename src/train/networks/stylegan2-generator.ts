/** The generator of StyleGAN2: mapping network and synthesis with image skips. */
import type { Graph, Node } from '../graph/index.ts';
import {
  ACTIVATION_GAIN,
  activate,
  addBias,
  convolutionParameters,
  convolutionUp,
  dense,
  denseParameters,
  normaliseFeatures,
  SLOPE,
  upsample,
} from './layers.ts';
import type { SynthesisInputs } from './network.ts';
import type { Parameter, ParameterList, Weights } from './parameters.ts';
import {
  featureChannels,
  MINIMUM_SIDE,
  noiseSides,
  type StyleGan2Options,
  sidesOf,
} from './stylegan2-geometry.ts';

/** The mapping network learns this much more slowly (StyleGAN section C). */
export const MAPPING_RATE = 0.01;

export function generatorParameters(options: StyleGan2Options): ParameterList {
  const { latentSize, styleSize, mappingLayers, channels } = options;
  const { labelCount = 0 } = options;
  const parameters: Parameter[] =
    labelCount > 0 ? [...denseParameters('mapping.label', labelCount, styleSize)] : [];
  const firstInputs = latentSize + (labelCount > 0 ? styleSize : 0);
  for (let layer = 0; layer < mappingLayers; layer++) {
    parameters.push(
      ...denseParameters(`mapping.${layer}`, layer === 0 ? firstInputs : styleSize, styleSize, {
        rate: MAPPING_RATE,
      }),
    );
  }
  const first = featureChannels(options, MINIMUM_SIDE);
  parameters.push({
    name: 'synthesis.start',
    shape: [1, first, MINIMUM_SIDE, MINIMUM_SIDE],
    mean: 0,
    deviation: 1,
    rate: 1,
  });
  for (const side of sidesOf(options.resolution)) {
    const outputs = featureChannels(options, side);
    const name = `synthesis.${side}`;
    if (side > MINIMUM_SIDE)
      parameters.push(
        ...styledParameters(`${name}.up`, featureChannels(options, side / 2), outputs, styleSize),
      );
    parameters.push(...styledParameters(`${name}.same`, outputs, outputs, styleSize));
    parameters.push(...denseParameters(`${name}.image.style`, styleSize, outputs, { bias: 1 }));
    parameters.push(...convolutionParameters(`${name}.image`, outputs, channels, 1));
  }
  return parameters;
}

export function mapLatents(
  graph: Graph,
  weights: Weights,
  latents: Node,
  labels: Node | undefined,
  options: StyleGan2Options,
): Node {
  let x = normaliseFeatures(graph, latents);
  if (labels) {
    const embedded = normaliseFeatures(graph, dense(graph, weights, 'mapping.label', labels));
    x = graph.concat([x, embedded], 1);
  }
  for (let layer = 0; layer < options.mappingLayers; layer++)
    x = activate(graph, dense(graph, weights, `mapping.${layer}`, x));
  return x;
}

export function synthesise(
  graph: Graph,
  weights: Weights,
  inputs: SynthesisInputs,
  options: StyleGan2Options,
): Node {
  const count = inputs.noise!.shape[0]!;
  const noise = cutNoise(graph, inputs.noise!, options.resolution);
  const start = weights('synthesis.start');
  let x = graph.broadcast(start, [count, ...start.shape.slice(1)]);
  let image: Node | undefined;
  let layer = 0;
  for (const side of sidesOf(options.resolution)) {
    const name = `synthesis.${side}`;
    if (side > MINIMUM_SIDE)
      x = styledConvolution(graph, weights, `${name}.up`, x, inputs.style(layer++), noise.shift()!, true);
    x = styledConvolution(graph, weights, `${name}.same`, x, inputs.style(layer++), noise.shift()!, false);
    // The image layer shares its style with the next block's first layer, so it does not advance the count.
    const contribution = imageLayer(graph, weights, `${name}.image`, x, inputs.style(layer));
    image = image ? graph.add(upsample(graph, image), contribution) : contribution;
  }
  return image!;
}

function styledParameters(name: string, inputs: number, outputs: number, styleSize: number): Parameter[] {
  return [
    ...denseParameters(`${name}.style`, styleSize, inputs, { bias: 1 }),
    ...convolutionParameters(name, inputs, outputs, 3),
    { name: `${name}.noise`, shape: [1], mean: 0, deviation: 0, rate: 1 },
  ];
}

/**
 * Modulated convolution, computed by scaling the input and the output channels (equal to scaling the kernels of every
 * sample, section 2.2, and one convolution for the whole batch), then noise, bias and activation.
 */
function styledConvolution(
  graph: Graph,
  weights: Weights,
  name: string,
  x: Node,
  style: Node,
  noise: Node,
  up: boolean,
): Node {
  return graph.inLayer(name, () => {
    const scale = dense(graph, weights, `${name}.style`, style);
    const weight = weights(`${name}.weight`);
    const modulated = graph.multiply(x, perChannel(graph, scale));
    const y = up
      ? convolutionUp(graph, modulated, weight)
      : graph.convolution(modulated, weight, { stride: 1, pad: 1 });
    const [outputs, inputs] = weight.shape as [number, number];
    const energy = graph.reshape(graph.sumAxes(graph.square(weight), [2, 3]), [outputs, inputs]);
    const expected = graph.matmul(graph.square(scale), energy, false, true);
    // Here, too, the gain of the activation is given to what is smaller than the images.
    const gained = (small: Node) => graph.multiply(small, ACTIVATION_GAIN);
    const demodulation = gained(graph.reciprocalRoot(graph.add(expected, 1e-8)));
    const demodulated = graph.multiply(y, perChannel(graph, demodulation));
    const strength = gained(graph.reshape(weights(`${name}.noise`), [1, 1, 1, 1]));
    const noisy = graph.add(demodulated, graph.multiply(noise, strength));
    return graph.leakyRelu(addBias(graph, noisy, gained(weights(`${name}.bias`))), SLOPE);
  });
}

function imageLayer(graph: Graph, weights: Weights, name: string, x: Node, style: Node): Node {
  return graph.inLayer(name, () => {
    const scale = dense(graph, weights, `${name}.style`, style);
    const modulated = graph.multiply(x, perChannel(graph, scale));
    return addBias(
      graph,
      graph.convolution(modulated, weights(`${name}.weight`), { stride: 1, pad: 0 }),
      weights(`${name}.bias`),
    );
  });
}

/** [N, C] -> [N, C, 1, 1] */
function perChannel(graph: Graph, values: Node): Node {
  return graph.reshape(values, [...values.shape, 1, 1]);
}

/** [N, length] -> one plane [N, 1, side, side] a layer */
function cutNoise(graph: Graph, noise: Node, resolution: number): Node[] {
  let begin = 0;
  return noiseSides(resolution).map((side) => {
    const plane = graph.slice(noise, 1, begin, begin + side * side);
    begin += side * side;
    return graph.reshape(plane, [noise.shape[0]!, 1, side, side]);
  });
}
