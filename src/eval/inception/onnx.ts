/** The Inception network as an ONNX model: batch normalisation folded into the convolutions before it. */
import {
  BATCH_NORM_EPSILON,
  type Convolution,
  INPUT_SIZE,
  inceptionTrunk,
  type LayerSink,
  listConvolutions,
} from './architecture.ts';
import { integerField, messageField, packedField, stringField } from './protobuf.ts';
import type { InceptionWeights } from './weights.ts';

/** Names of the model's outputs: averages over space, and maps on request. */
export const INPUT_NAME = 'images';
export const FEATURES_NAME = 'features';
export const MAP_NAMES = ['map0', 'map1', 'map2'] as const;

const IR_VERSION = 8;
const OPSET = 17;
const FLOAT32 = 1;
/** AttributeProto: type INTS. */
const INTS = 7;

/** Input [n, 3, 299, 299] scaled to -1..1; output `features` [n, 2048], and the maps [n, c, h, w] where asked for. */
export function inceptionModel(weights: InceptionWeights, withMaps = false): Uint8Array {
  const parts: Uint8Array[] = [];
  const inputsOf = new Map(listConvolutions().map(({ layer, inputs }) => [layer.torch, inputs]));
  let names = 0;
  const add = (
    operator: string,
    inputs: readonly string[],
    attributes: Record<string, readonly number[]>,
    name = `v${names++}`,
  ) => {
    parts.push(messageField(1, node(operator, inputs, name, attributes)));
    return name;
  };
  const sink: LayerSink<string> = {
    convolution(input, layer) {
      const { kernel, bias } = foldBatchNorm(weights, layer);
      const shape = [layer.outputs, inputsOf.get(layer.torch)!, ...layer.kernel];
      parts.push(messageField(5, tensor(`${layer.torch}.w`, shape, kernel)));
      parts.push(messageField(5, tensor(`${layer.torch}.b`, [layer.outputs], bias)));
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
    concat: (inputs) => add('Concat', inputs, { axis: [1] }),
  };
  const [block0, block1, block2, block3] = inceptionTrunk(sink, INPUT_NAME);
  add('Flatten', [add('GlobalAveragePool', [block3], {})], { axis: [1] }, FEATURES_NAME);
  const outputs: Uint8Array[] = [valueInfo(FEATURES_NAME, ['n', 2048])];
  if (withMaps) {
    [block0, block1, block2].forEach((block, i) => {
      add('Identity', [block], {}, MAP_NAMES[i]);
      outputs.push(valueInfo(MAP_NAMES[i], ['n', 'c', 'h', 'w']));
    });
  }
  const graph = join([
    ...parts,
    stringField(2, 'inception-2015-12-05'),
    messageField(11, valueInfo(INPUT_NAME, ['n', 3, INPUT_SIZE, INPUT_SIZE])),
    ...outputs.map((output) => messageField(12, output)),
  ]);
  const opset = join([stringField(1, ''), integerField(2, OPSET)]);
  return join([
    integerField(1, IR_VERSION),
    stringField(2, 'sungan'),
    messageField(7, graph),
    messageField(8, opset),
  ]);
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

function node(
  operator: string,
  inputs: readonly string[],
  output: string,
  attributes: Record<string, readonly number[]>,
): Uint8Array {
  return join([
    ...inputs.map((input) => stringField(1, input)),
    stringField(2, output),
    stringField(4, operator),
    ...Object.entries(attributes).map(([name, values]) => messageField(5, attribute(name, values))),
  ]);
}

/** `axis` is the only attribute here that is one number. */
function attribute(name: string, values: readonly number[]): Uint8Array {
  if (name === 'axis') return join([stringField(1, name), integerField(3, values[0]), integerField(20, 2)]);
  return join([
    stringField(1, name),
    ...values.map((value) => integerField(8, value)),
    integerField(20, INTS),
  ]);
}

function tensor(name: string, shape: readonly number[], data: Float32Array): Uint8Array {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return join([
    ...shape.map((size) => integerField(1, size)),
    integerField(2, FLOAT32),
    stringField(8, name),
    packedField(9, bytes),
  ]);
}

function valueInfo(name: string, shape: readonly (number | string)[]): Uint8Array {
  const dimensions = shape.map((size) =>
    messageField(1, typeof size === 'number' ? integerField(1, size) : stringField(2, size)),
  );
  const type = messageField(1, join([integerField(1, FLOAT32), messageField(2, join(dimensions))]));
  return join([stringField(1, name), messageField(2, type)]);
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const result = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}
