/** The Inception network as an ONNX model, batch normalisation folded into the convolutions before it. */

import { type Attributes, model, node, tensor, valueInfo } from '../onnx/model.ts';
import {
  BATCH_NORM_EPSILON,
  type Convolution,
  INPUT_SIZE,
  inceptionTrunk,
  type LayerSink,
  listConvolutions,
} from './architecture.ts';
import type { InceptionWeights } from './weights.ts';

/** Names of the model's outputs: averages over space, and maps on request. */
export const INPUT_NAME = 'images';
export const FEATURES_NAME = 'features';
export const MAP_NAMES = ['map0', 'map1', 'map2'] as const;

/** Input [n, 3, 299, 299] scaled to -1..1; output `features` [n, 2048], and the maps [n, c, h, w] where asked for. */
export function inceptionModel(weights: InceptionWeights, withMaps = false): Uint8Array {
  const nodes: Uint8Array[] = [];
  const tensors: Uint8Array[] = [];
  const inputsOf = new Map(listConvolutions().map(({ layer, inputs }) => [layer.torch, inputs]));
  let names = 0;
  const add = (operator: string, inputs: readonly string[], attributes: Attributes, name = `v${names++}`) => {
    nodes.push(node(operator, inputs, name, attributes));
    return name;
  };
  const sink: LayerSink<string> = {
    convolution(input, layer) {
      const { kernel, bias } = foldBatchNorm(weights, layer);
      const shape = [layer.outputs, inputsOf.get(layer.torch)!, ...layer.kernel];
      tensors.push(tensor(`${layer.torch}.w`, shape, kernel));
      tensors.push(tensor(`${layer.torch}.b`, [layer.outputs], bias));
      const convolved = add('Conv', [input, `${layer.torch}.w`, `${layer.torch}.b`], {
        kernel_shape: layer.kernel,
        strides: [layer.stride, layer.stride],
        pads: [...layer.pad, ...layer.pad],
      });
      return add('Relu', [convolved], {});
    },
    maxPool(input, stride) {
      const pad = stride === 1 ? 1 : 0;
      return add('MaxPool', [input], {
        kernel_shape: [3, 3],
        strides: [stride, stride],
        pads: [pad, pad, pad, pad],
      });
    },
    // ONNX leaves padding out of the average unless told otherwise, as FID's network does.
    averagePool: (input) =>
      add('AveragePool', [input], { kernel_shape: [3, 3], strides: [1, 1], pads: [1, 1, 1, 1] }),
    concat: (inputs) => add('Concat', inputs, { axis: 1 }),
  };
  const [block0, block1, block2, block3] = inceptionTrunk(sink, INPUT_NAME);
  add('Flatten', [add('GlobalAveragePool', [block3], {})], { axis: 1 }, FEATURES_NAME);
  const outputs: Uint8Array[] = [valueInfo(FEATURES_NAME, ['n', 2048])];
  if (withMaps) {
    [block0, block1, block2].forEach((block, i) => {
      add('Identity', [block], {}, MAP_NAMES[i]);
      outputs.push(valueInfo(MAP_NAMES[i], ['n', 'c', 'h', 'w']));
    });
  }
  const inputs = [valueInfo(INPUT_NAME, ['n', 3, INPUT_SIZE, INPUT_SIZE])];
  return model('inception-2015-12-05', { nodes, tensors, inputs, outputs });
}

/** Kernel and bias of the convolution with its batch normalisation worked in, in float64. */
function foldBatchNorm(
  weights: InceptionWeights,
  { torch, outputs }: Convolution,
): { kernel: Float32Array; bias: Float32Array } {
  const take = (name: string) => weights.get(`${torch}.${name}`)!.data;
  const kernel = Float32Array.from(take('conv.weight'));
  const [gamma, beta, mean, variance] = ['weight', 'bias', 'running_mean', 'running_var'].map((name) =>
    take(`bn.${name}`),
  );
  const bias = new Float32Array(outputs);
  const area = kernel.length / outputs;
  for (let o = 0; o < outputs; o++) {
    const scale = gamma[o] / Math.sqrt(variance[o] + BATCH_NORM_EPSILON);
    bias[o] = beta[o] - mean[o] * scale;
    for (let i = o * area; i < (o + 1) * area; i++) kernel[i] *= scale;
  }
  return { kernel, bias };
}
