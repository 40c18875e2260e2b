/** ONNX models as bytes (onnx.proto, opset 17), as far as evaluation makes its own: float32, a handful of attributes. */
import { integerField, messageField, packedField, stringField } from './protobuf.ts';

const IR_VERSION = 8;
const OPSET = 17;
const FLOAT32 = 1;
export const DOUBLE = 11;
/** AttributeProto.type */
const INT = 2;
const INTS = 7;

export type Attributes = Readonly<Record<string, number | readonly number[]>>;

export interface ModelParts {
  readonly nodes: readonly Uint8Array[];
  readonly tensors: readonly Uint8Array[];
  readonly inputs: readonly Uint8Array[];
  readonly outputs: readonly Uint8Array[];
}

export function model(name: string, { nodes, tensors, inputs, outputs }: ModelParts): Uint8Array {
  const graph = join([
    ...nodes.map((part) => messageField(1, part)),
    stringField(2, name),
    ...tensors.map((part) => messageField(5, part)),
    ...inputs.map((part) => messageField(11, part)),
    ...outputs.map((part) => messageField(12, part)),
  ]);
  const opset = join([stringField(1, ''), integerField(2, OPSET)]);
  return join([
    integerField(1, IR_VERSION),
    stringField(2, 'sungan'),
    messageField(7, graph),
    messageField(8, opset),
  ]);
}

export function node(
  operator: string,
  inputs: readonly string[],
  output: string,
  attributes: Attributes,
): Uint8Array {
  return join([
    ...inputs.map((input) => stringField(1, input)),
    stringField(2, output),
    stringField(4, operator),
    ...Object.entries(attributes).map(([name, values]) => messageField(5, attribute(name, values))),
  ]);
}

function attribute(name: string, value: number | readonly number[]): Uint8Array {
  if (typeof value === 'number')
    return join([stringField(1, name), integerField(3, value), integerField(20, INT)]);
  return join([stringField(1, name), ...value.map((item) => integerField(8, item)), integerField(20, INTS)]);
}

export function tensor(name: string, shape: readonly number[], data: Float32Array): Uint8Array {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return join([
    ...shape.map((size) => integerField(1, size)),
    integerField(2, FLOAT32),
    stringField(8, name),
    packedField(9, bytes),
  ]);
}

/** An input or output; a text in `shape` is a size left open. */
export function valueInfo(name: string, shape: readonly (number | string)[], type = FLOAT32): Uint8Array {
  const dimensions = shape.map((size) =>
    messageField(1, typeof size === 'number' ? integerField(1, size) : stringField(2, size)),
  );
  const tensorType = messageField(1, join([integerField(1, type), messageField(2, join(dimensions))]));
  return join([stringField(1, name), messageField(2, tensorType)]);
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
