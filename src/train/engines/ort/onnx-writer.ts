/** An ONNX model as bytes (onnx.proto3, IR version 8). Only what a training step needs: float32 and int64 tensors. */
import { ProtobufWriter } from './protobuf.ts';

export type OnnxAttribute =
  | { int: number }
  | { ints: readonly number[] }
  | { float: number }
  | { floats: readonly number[] }
  | { string: string };

export interface OnnxNode {
  operator: string;
  /** Of the operator; default: that of the standard. */
  domain?: string | undefined;
  inputs: readonly string[];
  outputs: readonly string[];
  attributes?: Readonly<Record<string, OnnxAttribute>>;
}

export interface OnnxTensor {
  dimensions: readonly number[];
  data: Float32Array | BigInt64Array;
}

/** A graph input or output, always float32. A text in `dimensions` is a size left open. */
export interface OnnxValue {
  name: string;
  dimensions: readonly (number | string)[];
}

export interface OnnxModel {
  name: string;
  nodes: readonly OnnxNode[];
  inputs: readonly OnnxValue[];
  outputs: readonly OnnxValue[];
  initializers: ReadonlyMap<string, OnnxTensor>;
  /** Written as metadata_props. */
  metadata?: Readonly<Record<string, string>>;
}

const IR_VERSION = 8;
const OPSET = 17;
const FLOAT = 1;
const INT64 = 7;
/** AttributeProto.AttributeType */
const TYPE = { float: 1, int: 2, string: 3, floats: 6, ints: 7 };

export function writeOnnxModel(model: OnnxModel): Uint8Array {
  const graph = new ProtobufWriter();
  for (const node of model.nodes) graph.message(1, writeNode(node));
  graph.string(2, model.name);
  for (const [name, tensor] of model.initializers) graph.message(5, writeTensor(name, tensor));
  for (const value of model.inputs) graph.message(11, writeValue(value));
  for (const value of model.outputs) graph.message(12, writeValue(value));
  const writer = new ProtobufWriter().integer(1, IR_VERSION).string(2, 'sungan').message(7, graph);
  for (const domain of new Set(['', ...model.nodes.map((node) => node.domain ?? '')])) {
    const version = domain === '' ? OPSET : 1;
    writer.message(8, new ProtobufWriter().string(1, domain).integer(2, version));
  }
  for (const [key, value] of Object.entries(model.metadata ?? {})) {
    writer.message(14, new ProtobufWriter().string(1, key).string(2, value));
  }
  return writer.finish();
}

function writeNode(node: OnnxNode): ProtobufWriter {
  const writer = new ProtobufWriter();
  for (const name of node.inputs) writer.string(1, name);
  for (const name of node.outputs) writer.string(2, name);
  writer.string(3, node.outputs[0]!).string(4, node.operator);
  for (const [name, value] of Object.entries(node.attributes ?? {}))
    writer.message(5, writeAttribute(name, value));
  if (node.domain) writer.string(7, node.domain);
  return writer;
}

function writeAttribute(name: string, value: OnnxAttribute): ProtobufWriter {
  const writer = new ProtobufWriter().string(1, name);
  if ('float' in value) return writer.float(2, value.float).integer(20, TYPE.float);
  if ('int' in value) return writer.integer(3, value.int).integer(20, TYPE.int);
  if ('string' in value) return writer.string(4, value.string).integer(20, TYPE.string);
  if ('floats' in value) {
    for (const number of value.floats) writer.float(7, number);
    return writer.integer(20, TYPE.floats);
  }
  for (const number of value.ints) writer.integer(8, number);
  return writer.integer(20, TYPE.ints);
}

function writeTensor(name: string, { dimensions, data }: OnnxTensor): ProtobufWriter {
  const writer = new ProtobufWriter();
  for (const size of dimensions) writer.integer(1, size);
  writer.integer(2, data instanceof BigInt64Array ? INT64 : FLOAT).string(8, name);
  return writer.bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

function writeValue({ name, dimensions }: OnnxValue): ProtobufWriter {
  const shape = new ProtobufWriter();
  for (const size of dimensions) {
    const dimension = new ProtobufWriter();
    shape.message(1, typeof size === 'number' ? dimension.integer(1, size) : dimension.string(2, size));
  }
  const tensor = new ProtobufWriter().integer(1, FLOAT).message(2, shape);
  return new ProtobufWriter().string(1, name).message(2, new ProtobufWriter().message(1, tensor));
}
