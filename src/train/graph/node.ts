/**
 * The nodes of a graph: an operation, its inputs, its attributes, and the shape of its value. Every operation of the
 * set is declared here once, with its attributes; `ops/` gives its meaning, engines give it their code.
 */
import type { Shape } from './shape.ts';

type None = Record<never, never>;

/** Geometry of a square-kernel convolution: weights [out, in, k, k], the same zero padding on all four sides. */
export interface ConvolutionGeometry {
  stride: number;
  pad: number;
}

/** Zero insertion, zero padding (negative: cropping), correlation with `taps`, decimation; equal along both image axes. */
export interface Resampling {
  taps: readonly number[];
  up: number;
  down: number;
  before: number;
  after: number;
}

export interface OpAttributes {
  input: { name: string };
  /** A tensor whose elements are all `value`. */
  constant: { value: number };
  /** 0, 1, ..., length - 1. */
  indices: { length: number };
  /** The value itself: a place to differentiate at, which no rewriting passes. */
  identity: None;
  add: None;
  subtract: None;
  multiply: None;
  divide: None;
  squareRoot: None;
  reciprocalRoot: None;
  exponential: None;
  logarithm: None;
  softplus: None;
  sigmoid: None;
  /** x where positive, else slope * x. */
  leakyRelu: { slope: number };
  /** 1 where positive, else slope: the derivative of leakyRelu. */
  leakyStep: { slope: number };
  clamp: { low: number; high: number };
  /** 1 strictly inside the interval, else 0: the derivative of clamp. */
  insideStep: { low: number; high: number };
  /** Axes stay, with size 1. */
  sum: { axes: readonly number[] };
  broadcast: { shape: Shape };
  reshape: { shape: Shape };
  transpose: { order: readonly number[] };
  concat: { axis: number };
  slice: { axis: number; begin: number; end: number };
  /** Zeros before and after along one axis. */
  pad: { axis: number; before: number; after: number };
  /** Product over the last two axes; leading axes broadcast. */
  matmul: { transposeLeft: boolean; transposeRight: boolean };
  convolution: ConvolutionGeometry;
  /** The adjoint of convolution in its image: also the transposed convolution of networks. */
  convolutionInput: ConvolutionGeometry & { shape: Shape };
  /** The adjoint of convolution in its weights. */
  convolutionWeights: ConvolutionGeometry & { shape: Shape };
  resample: Resampling;
  /** Images [N, C, H, W] at rows and columns [N, P, Q], which count pixels from 0. */
  sample: None;
  /** The adjoint of sample, into images of this size. */
  splat: { height: number; width: number };
}

export type OpName = keyof OpAttributes;

export interface Node<Op extends OpName = OpName> {
  readonly id: number;
  readonly op: Op;
  readonly inputs: readonly Node[];
  readonly attributes: OpAttributes[Op];
  readonly shape: Shape;
  /** The network layer that made it, for error messages and the printed form. */
  readonly layer: string;
}

export function isOp<Op extends OpName>(node: Node, op: Op): node is Node<Op> {
  return node.op === op;
}

/** A scalar-valued constant of any shape: its value, else undefined. */
export function constantValue(node: Node): number | undefined {
  return isOp(node, 'constant') ? node.attributes.value : undefined;
}
