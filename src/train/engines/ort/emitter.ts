/** Collects the ONNX nodes and constants that stand for a program. */
import { elementCount, type Shape } from '../../graph/index.ts';
import type { OnnxAttribute, OnnxNode, OnnxTensor } from './onnx-writer.ts';

/** A batch size that the model leaves open: shapes that hold multiples of `size` follow the first axis of `input`. */
export interface OpenBatch {
  size: number;
  input: string;
}

/** Shape of images. */
export type Images = [count: number, channels: number, height: number, width: number];

export interface EmitterOptions {
  openBatch?: OpenBatch | undefined;
  /** Convolutions get a number of channels that this divides, by channels of zeros; default 1: any. */
  channelMultiple?: number | undefined;
  /** Channels of a block, where the runtime has convolutions in a blocked layout (`blocked.ts`). */
  channelBlock?: number | undefined;
}

export class Emitter {
  readonly nodes: OnnxNode[] = [];
  readonly initializers = new Map<string, OnnxTensor>();
  readonly channelMultiple: number;
  readonly channelBlock: number | undefined;
  private readonly openBatch: OpenBatch | undefined;
  private readonly made = new Map<string, string>();
  private count = 0;

  constructor({ openBatch, channelMultiple = 1, channelBlock }: EmitterOptions = {}) {
    this.openBatch = openBatch;
    this.channelMultiple = channelMultiple;
    this.channelBlock = channelBlock;
  }

  /** What `once` made for this key; undefined before. */
  recall(key: string): string | undefined {
    return this.made.get(key);
  }

  /** What `make` adds, on the first call with this key only. */
  once(key: string, make: () => string): string {
    const name = this.made.get(key) ?? make();
    this.made.set(key, name);
    return name;
  }

  /** Adds a node with one output and returns the output's name. */
  node(
    operator: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
    domain?: string,
  ): string {
    return this.nodeWithOutputs(operator, inputs, 1, attributes, domain)[0]!;
  }

  nodeWithOutputs(
    operator: string,
    inputs: readonly string[],
    outputCount: number,
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
    domain?: string,
  ): string[] {
    const outputs = Array.from({ length: outputCount }, () => `%${this.count++}`);
    this.nodes.push({ operator, domain, inputs, outputs, attributes });
    return outputs;
  }

  /** A list of integers (axes, shapes, pads); equal lists share one constant. */
  integers(values: readonly number[]): string {
    return this.constant(`i:${values.join(',')}`, () => ({
      dimensions: [values.length],
      data: BigInt64Array.from(values, BigInt),
    }));
  }

  /** A tensor of one repeated number. */
  filled(value: number, shape: Shape = []): string {
    return this.constant(`f:${value}:${shape.join('x')}`, () => ({
      dimensions: shape,
      data: new Float32Array(elementCount(shape)).fill(value),
    }));
  }

  /** A constant tensor under a name that says what it holds; made on the first call only. */
  constant(name: string, make: () => OnnxTensor): string {
    if (!this.initializers.has(name)) this.initializers.set(name, make());
    return name;
  }

  reshape(input: string, shape: Shape): string {
    const open = this.openBatch;
    // ONNX computes one size of a new shape by itself.
    const dimensions = open ? shape.map((size) => (size % open.size === 0 ? -1 : size)) : shape;
    return this.node('Reshape', [input, this.integers(dimensions)]);
  }

  expand(input: string, shape: Shape): string {
    const open = this.openBatch;
    if (!open || shape[0] !== open.size) return this.node('Expand', [input, this.integers(shape)]);
    const batch = this.slice(this.node('Shape', [open.input]), 0, 0, 1);
    const wanted = this.node('Concat', [batch, this.integers(shape.slice(1))], { axis: { int: 0 } });
    return this.node('Expand', [input, wanted]);
  }

  transpose(input: string, order: readonly number[]): string {
    return this.node('Transpose', [input], { perm: { ints: order } });
  }

  /** Cuts `input` along `axis` into parts of the given lengths, at most `limit` by one operator. */
  split(input: string, axis: number, lengths: readonly number[], limit: number): string[] {
    if (lengths.length === 1) return [input];
    if (lengths.length <= limit) {
      return this.nodeWithOutputs('Split', [input, this.integers(lengths)], lengths.length, {
        axis: { int: axis },
      });
    }
    const size = Math.ceil(lengths.length / limit);
    const groups = Array.from({ length: Math.ceil(lengths.length / size) }, (_, i) =>
      lengths.slice(i * size, (i + 1) * size),
    );
    const sums = groups.map((group) => group.reduce((total, length) => total + length, 0));
    const coarse = this.split(input, axis, sums, limit);
    return groups.flatMap((group, i) => this.split(coarse[i]!, axis, group, limit));
  }

  concat(parts: readonly string[], axis: number): string {
    return this.node('Concat', parts, { axis: { int: axis } });
  }

  slice(input: string, axis: number, begin: number, end: number, step = 1): string {
    return this.node('Slice', [
      input,
      ...[[begin], [end], [axis], [step]].map((list) => this.integers(list)),
    ]);
  }

  /** `pads`: zeros before every axis, then after every axis. */
  pad(input: string, pads: readonly number[]): string {
    return pads.every((size) => size === 0) ? input : this.node('Pad', [input, this.integers(pads)]);
  }
}
