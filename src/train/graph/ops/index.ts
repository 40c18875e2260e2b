/** The table of operations: what each means, the shape of its result, its gradient. */
import type { OpName } from '../node.ts';
import * as elementwise from './elementwise.ts';
import * as linear from './linear.ts';
import { resample } from './resample.ts';
import type { OpRow } from './row.ts';
import { sample, splat } from './sample.ts';
import * as structure from './structure.ts';

export const OPS: { readonly [Op in OpName]: OpRow<Op> } = {
  input: structure.input,
  constant: structure.constant,
  indices: structure.indices,
  identity: structure.identity,
  add: elementwise.add,
  subtract: elementwise.subtract,
  multiply: elementwise.multiply,
  divide: elementwise.divide,
  squareRoot: elementwise.squareRoot,
  reciprocalRoot: elementwise.reciprocalRoot,
  exponential: elementwise.exponential,
  logarithm: elementwise.logarithm,
  softplus: elementwise.softplus,
  sigmoid: elementwise.sigmoid,
  leakyRelu: elementwise.leakyRelu,
  leakyStep: elementwise.leakyStep,
  clamp: elementwise.clamp,
  insideStep: elementwise.insideStep,
  sum: structure.sum,
  broadcast: structure.broadcast,
  reshape: structure.reshape,
  transpose: structure.transpose,
  concat: structure.concat,
  slice: structure.slice,
  pad: structure.pad,
  matmul: linear.matmul,
  convolution: linear.convolution,
  convolutionInput: linear.convolutionInput,
  convolutionWeights: linear.convolutionWeights,
  resample,
  sample,
  splat,
};

/** The row of any operation, with its attributes' type forgotten. */
export function rowOf(op: OpName): OpRow<OpName> {
  return OPS[op] as unknown as OpRow<OpName>;
}
