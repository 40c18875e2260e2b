/** The residual discriminator of StyleGAN2. */
import { elementCount, type Graph, type Node } from '../graph/index.ts';
import {
  ACTIVATION_GAIN,
  activate,
  addBias,
  appendDeviation,
  convolutionDown,
  convolutionParameters,
  dense,
  denseParameters,
  downsample,
} from './layers.ts';
import type { Parameter, ParameterList, Weights } from './parameters.ts';
import { featureChannels, MINIMUM_SIDE, type StyleGan2Options, sidesOf } from './stylegan2-geometry.ts';

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
  parameters.push(...denseParameters('end.score', last, 1));
  return parameters;
}

export function discriminate(
  graph: Graph,
  weights: Weights,
  images: Node,
  sets: number,
  options: StyleGan2Options,
): Node {
  let x = graph.inLayer('image', () => {
    const features = graph.convolution(images, weights('image.weight'), { stride: 1, pad: 0 });
    return activate(graph, addBias(graph, features, weights('image.bias')));
  });
  for (const side of blockSides(options))
    x = graph.inLayer(String(side), () => residualBlock(graph, weights, String(side), x));
  return graph.inLayer('end', () => {
    const features = graph.convolution(appendDeviation(graph, x, sets), weights('end.convolution.weight'), {
      stride: 1,
      pad: 1,
    });
    const active = activate(graph, addBias(graph, features, weights('end.convolution.bias')));
    const flat = graph.reshape(active, [active.shape[0]!, elementCount(active.shape.slice(1))]);
    return dense(graph, weights, 'end.score', activate(graph, dense(graph, weights, 'end.dense', flat)));
  });
}

function residualBlock(graph: Graph, weights: Weights, name: string, x: Node): Node {
  const inner = graph.convolution(x, weights(`${name}.same.weight`), { stride: 1, pad: 1 });
  const active = activate(graph, addBias(graph, inner, weights(`${name}.same.bias`)));
  const lower = convolutionDown(graph, active, weights(`${name}.down.weight`));
  // The sum of two branches of unit variance is scaled back by sqrt(1/2), here before it is made.
  const branch = activate(
    graph,
    addBias(graph, lower, weights(`${name}.down.bias`)),
    ACTIVATION_GAIN * Math.SQRT1_2,
  );
  const skipWeight = graph.multiply(weights(`${name}.skip.weight`), Math.SQRT1_2);
  return graph.add(branch, graph.convolution(downsample(graph, x), skipWeight, { stride: 1, pad: 0 }));
}

/** resolution, ..., 8 */
function blockSides(options: StyleGan2Options): number[] {
  return sidesOf(options.resolution).slice(1).reverse();
}
