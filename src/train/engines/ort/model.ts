/** A program as an ONNX model. */
import { isOp, liveNodes, type Node, type OpName, type Program } from '../../graph/index.ts';
import { emitConvolution } from './convolution.ts';
import { Emitter, type EmitterOptions, type OpenBatch } from './emitter.ts';
import { type BiasedConvolution, findBiasedConvolutions } from './fusion.ts';
import { type OnnxNode, type OnnxValue, writeOnnxModel } from './onnx-writer.ts';
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
  channelMultiple?: EmitterOptions['channelMultiple'];
  channelBlock?: EmitterOptions['channelBlock'];
}

export function programToOnnx(program: Program, options: OnnxOptions = {}): CompiledModel {
  const {
    outputName = (name: string) => `${OUTPUT_PREFIX}${name}`,
    fixed,
    openBatch,
    metadata,
    splitLimit = Number.POSITIVE_INFINITY,
    channelMultiple,
    channelBlock,
  } = options;
  const emitter = new Emitter({ openBatch, channelMultiple, channelBlock });
  const dimensionsOf = ({ shape }: Node) => shape.map((size) => (size === openBatch?.size ? 'batch' : size));
  const order = liveNodes(program);
  const names = new Map<Node, string>();
  const inputs: OnnxValue[] = [];
  const biased = findBiasedConvolutions(order, Object.values(program.outputs));
  const inOthers = new Set<Node>([...biased.values()].flatMap(({ within }) => within));
  for (const node of order) {
    if (isOp(node, 'input')) {
      const { name } = node.attributes;
      const data = fixed?.get(name);
      names.set(node, name);
      if (data) emitter.constant(name, () => ({ dimensions: node.shape, data }));
      else inputs.push({ name, dimensions: dimensionsOf(node) });
    } else if (
      !names.has(node) &&
      !inOthers.has(node) &&
      !emitSplit(emitter, node, order, names, splitLimit)
    ) {
      names.set(node, emitNode(emitter, node, names, biased.get(node)));
    }
  }
  const outputs = Object.entries(program.outputs).map(([name, node]): OnnxValue => {
    emitter.nodes.push({ operator: 'Identity', inputs: [names.get(node)!], outputs: [outputName(name)] });
    return { name: outputName(name), dimensions: dimensionsOf(node) };
  });
  const nodes = neededNodes(emitter.nodes, outputs);
  const used = new Set(nodes.flatMap((node) => node.inputs));
  const initializers = new Map([...emitter.initializers].filter(([name]) => used.has(name)));
  return {
    bytes: writeOnnxModel({ name: program.name, nodes, inputs, outputs, initializers, metadata }),
    inputs,
    outputs,
  };
}

/** Without those of which nothing is used: the runtime would run them all the same. */
function neededNodes(nodes: readonly OnnxNode[], outputs: readonly OnnxValue[]): OnnxNode[] {
  const needed = new Set(outputs.map(({ name }) => name));
  const kept: OnnxNode[] = [];
  for (const node of nodes.toReversed()) {
    if (!node.outputs.some((name) => needed.has(name))) continue;
    for (const name of node.inputs) needed.add(name);
    kept.push(node);
  }
  return kept.reverse();
}

function emitNode(
  emitter: Emitter,
  node: Node,
  names: ReadonlyMap<Node, string>,
  biased: BiasedConvolution | undefined,
): string {
  const inputNames = (of: Node) => of.inputs.map((input) => names.get(input)!);
  if (biased) {
    const { convolution, bias, slope } = biased;
    const flat = emitter.reshape(names.get(bias)!, [convolution.shape[1]!]);
    return emitConvolution(emitter, convolution, [...inputNames(convolution), flat], slope);
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
