/** A program as an ONNX model. */
import { isOp, liveNodes, type Node, type OpName, type Program } from '../../graph/index.ts';
import { emitConvolution } from './convolution.ts';
import { Emitter, type OpenBatch } from './emitter.ts';
import { type BiasedConvolution, findBiasedConvolutions } from './fusion.ts';
import { type OnnxValue, writeOnnxModel } from './onnx-writer.ts';
import { OPERATORS } from './operators.ts';

export interface CompiledModel {
  bytes: Uint8Array;
  inputs: OnnxValue[];
  outputs: OnnxValue[];
}

/** Outputs carry this prefix in the model, so that an output may be called like an input. */
export const OUTPUT_PREFIX = 'out:';

export interface OnnxOptions {
  /** What the outputs are called; default: their names with the prefix. */
  outputName?: (name: string) => string;
  /** Inputs whose values are written into the model. */
  fixed?: ReadonlyMap<string, Float32Array>;
  openBatch?: OpenBatch;
  metadata?: Readonly<Record<string, string>>;
  /** Most outputs of one Split. */
  splitLimit?: number | undefined;
  /** Convolutions get a number of channels that this divides, by channels of zeros. */
  channelMultiple?: number | undefined;
}

export function programToOnnx(program: Program, options: OnnxOptions = {}): CompiledModel {
  const {
    outputName = (name: string) => `${OUTPUT_PREFIX}${name}`,
    fixed,
    openBatch,
    metadata,
    splitLimit = Number.POSITIVE_INFINITY,
    channelMultiple,
  } = options;
  const emitter = new Emitter(openBatch, channelMultiple);
  const dimensionsOf = ({ shape }: Node) => shape.map((size) => (size === openBatch?.size ? 'batch' : size));
  const order = liveNodes(program);
  const names = new Map<Node, string>();
  const inputs: OnnxValue[] = [];
  const biased = findBiasedConvolutions(order, Object.values(program.outputs));
  const inSums = new Set<Node>([...biased.values()].map(({ convolution }) => convolution));
  for (const node of order) {
    if (isOp(node, 'input')) {
      const { name } = node.attributes;
      const data = fixed?.get(name);
      names.set(node, name);
      if (data) emitter.constant(name, () => ({ dimensions: node.shape, data }));
      else inputs.push({ name, dimensions: dimensionsOf(node) });
    } else if (!names.has(node) && !inSums.has(node) && !emitSplit(emitter, node, order, names, splitLimit)) {
      names.set(node, emitNode(emitter, node, names, biased.get(node)));
    }
  }
  const outputs = Object.entries(program.outputs).map(([name, node]): OnnxValue => {
    emitter.nodes.push({ operator: 'Identity', inputs: [names.get(node)!], outputs: [outputName(name)] });
    return { name: outputName(name), dimensions: dimensionsOf(node) };
  });
  const { nodes, initializers } = emitter;
  return {
    bytes: writeOnnxModel({ name: program.name, nodes, inputs, outputs, initializers, metadata }),
    inputs,
    outputs,
  };
}

function emitNode(
  emitter: Emitter,
  node: Node,
  names: ReadonlyMap<Node, string>,
  biased: BiasedConvolution | undefined,
): string {
  const inputNames = (of: Node) => of.inputs.map((input) => names.get(input)!);
  if (biased) {
    const { convolution, bias } = biased;
    const flat = emitter.reshape(names.get(bias)!, [convolution.shape[1]!]);
    return emitConvolution(emitter, convolution, [...inputNames(convolution), flat]);
  }
  const emit = OPERATORS[node.op as Exclude<OpName, 'input'>] as (
    emitter: Emitter,
    node: Node,
    inputs: readonly string[],
  ) => string;
  return emit(emitter, node, inputNames(node));
}

/** Slices that together cut one tensor into all its parts (the weights of a network) become one Split. */
function emitSplit(
  emitter: Emitter,
  node: Node,
  order: readonly Node[],
  names: Map<Node, string>,
  limit: number,
): boolean {
  if (!isOp(node, 'slice')) return false;
  const { axis } = node.attributes;
  const source = node.inputs[0]!;
  const parts = order
    .filter(
      (other): other is Node<'slice'> =>
        isOp(other, 'slice') && other.inputs[0] === source && other.attributes.axis === axis,
    )
    .sort((a, b) => a.attributes.begin - b.attributes.begin);
  let end = 0;
  for (const part of parts) {
    if (part.attributes.begin !== end) return false;
    end = part.attributes.end;
  }
  if (end !== source.shape[axis]) return false;
  const lengths = parts.map((part) => part.shape[axis]!);
  const outputs = emitter.split(names.get(source)!, axis, lengths, limit);
  for (const [i, part] of parts.entries()) names.set(part, outputs[i]!);
  return true;
}
