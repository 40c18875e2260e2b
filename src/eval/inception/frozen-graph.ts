/** The constants of the frozen TensorFlow graph of 2015 (`classify_image_graph_def.pb`), under PyTorch's names. */
import { readFile } from 'node:fs/promises';
import { readFields, textOf } from '../onnx/protobuf.ts';
import { CLASSES, FEATURES, listConvolutions } from './architecture.ts';
import type { InceptionWeights, WeightTensor } from './weights.ts';

/** TensorProto.dtype of float32. */
const FLOAT = 1;

export async function readFrozenGraph(path: string): Promise<InceptionWeights> {
  const constants = readConstants(await readFile(path), path);
  const weights = new Map<string, WeightTensor>();
  const take = (from: string, to: string, change = (tensor: WeightTensor) => tensor) => {
    const tensor = constants.get(from);
    if (tensor) weights.set(to, change(tensor));
  };
  for (const { layer } of listConvolutions()) {
    const { torch, tensorflow } = layer;
    take(`${tensorflow}/conv2d_params`, `${torch}.conv.weight`, outputsFirst);
    take(`${tensorflow}/batchnorm/gamma`, `${torch}.bn.weight`);
    take(`${tensorflow}/batchnorm/beta`, `${torch}.bn.bias`);
    take(`${tensorflow}/batchnorm/moving_mean`, `${torch}.bn.running_mean`);
    take(`${tensorflow}/batchnorm/moving_variance`, `${torch}.bn.running_var`);
  }
  take('softmax/weights', 'fc.weight', outputsFirst);
  take('softmax/biases', 'fc.bias');
  return weights;
}

/** [rows, columns, in, out] to [out, in, rows, columns]; [in, out] to [out, in]. */
function outputsFirst({ shape, data }: WeightTensor): WeightTensor {
  const [rows, columns, inputs, outputs] = shape.length === 2 ? [1, 1, FEATURES, CLASSES] : shape;
  const area = rows * columns;
  const result = new Float32Array(data.length);
  for (let position = 0; position < area; position++) {
    for (let input = 0; input < inputs; input++) {
      for (let output = 0; output < outputs; output++) {
        result[(output * inputs + input) * area + position] =
          data[(position * inputs + input) * outputs + output];
      }
    }
  }
  return { shape: shape.length === 2 ? [outputs, inputs] : [outputs, inputs, rows, columns], data: result };
}

/** Float constants of the graph by the name of their node. */
function readConstants(bytes: Uint8Array, path: string): Map<string, WeightTensor> {
  const constants = new Map<string, WeightTensor>();
  for (const field of readFields(bytes, path)) {
    // GraphDef.node
    if (field.number !== 1 || typeof field.value === 'number') continue;
    const { name, operation, tensor } = readNode(field.value, path);
    if (operation === 'Const' && tensor) constants.set(name, tensor);
  }
  return constants;
}

/** NodeDef: name, op, and the tensor of its attribute `value`. */
function readNode(
  bytes: Uint8Array,
  path: string,
): { name: string; operation: string; tensor: WeightTensor | undefined } {
  let [name, operation] = ['', ''];
  let tensor: WeightTensor | undefined;
  for (const { number, value } of readFields(bytes, path)) {
    if (number === 1) name = textOf(value);
    if (number === 2) operation = textOf(value);
    // One entry of the map of attributes: key, AttrValue.
    if (number === 5 && typeof value !== 'number') tensor = readAttribute(value, path) ?? tensor;
  }
  return { name, operation, tensor };
}

function readAttribute(bytes: Uint8Array, path: string): WeightTensor | undefined {
  const fields = [...readFields(bytes, path)];
  const key = fields.find(({ number }) => number === 1);
  const value = fields.find(({ number }) => number === 2)?.value;
  if (!key || textOf(key.value) !== 'value' || typeof value !== 'object') return undefined;
  // AttrValue.tensor
  const tensor = [...readFields(value, path)].find(({ number }) => number === 8)?.value;
  return typeof tensor === 'object' ? readTensor(tensor, path) : undefined;
}

function readTensor(bytes: Uint8Array, path: string): WeightTensor | undefined {
  let type = 0;
  let shape: number[] = [];
  let content: Uint8Array | undefined;
  for (const { number, value } of readFields(bytes, path)) {
    if (number === 1 && typeof value === 'number') type = value;
    if (number === 2 && typeof value !== 'number') shape = readShape(value, path);
    // tensor_content, or float_val where the numbers are few
    if ((number === 4 || number === 5) && typeof value !== 'number') content = value;
  }
  const count = shape.reduce((product, size) => product * size, 1);
  if (type !== FLOAT || !content || content.length !== 4 * count) return undefined;
  // Copied, because the bytes of a message need not be aligned.
  return { shape, data: new Float32Array(Uint8Array.from(content).buffer) };
}

function readShape(bytes: Uint8Array, path: string): number[] {
  return [...readFields(bytes, path)].flatMap(({ number, value }) => {
    if (number !== 2 || typeof value === 'number') return [];
    const size = [...readFields(value, path)].find((field) => field.number === 1)?.value;
    return [typeof size === 'number' ? size : 0];
  });
}
