/** The table from operations of the graph to ONNX operators (opset 17): one row an operation. */
import type { Node, OpName } from '../../graph/index.ts';
import { emitConvolution, emitConvolutionInput } from './convolution.ts';
import { emitConvolutionWeights } from './convolution-weights.ts';
import type { Emitter } from './emitter.ts';
import { emitResample } from './resample.ts';
import { emitSample, emitSplat } from './sample.ts';

/** Adds what computes `node` from the named values `inputs`; returns the name of the result. */
type Emit<Op extends OpName> = (emitter: Emitter, node: Node<Op>, inputs: readonly string[]) => string;

/** So steep that a ramp through 0 is a step for every number that float32 activations take. */
const STEEP = 1e30;

export const OPERATORS: { readonly [Op in Exclude<OpName, 'input'>]: Emit<Op> } = {
  constant: (emitter, node) => emitter.filled(node.attributes.value, node.shape),
  indices: (emitter, { attributes }) =>
    emitter.constant(`indices:${attributes.length}`, () => ({
      dimensions: [attributes.length],
      data: Float32Array.from({ length: attributes.length }, (_, i) => i),
    })),
  identity: (_emitter, _node, [a]) => a!,
  add: plain('Add'),
  subtract: plain('Sub'),
  multiply: plain('Mul'),
  divide: plain('Div'),
  squareRoot: plain('Sqrt'),
  reciprocalRoot: (emitter, _node, inputs) => emitter.node('Reciprocal', [emitter.node('Sqrt', inputs)]),
  exponential: plain('Exp'),
  logarithm: plain('Log'),
  softplus: plain('Softplus'),
  sigmoid: plain('Sigmoid'),
  leakyRelu: (emitter, node, inputs) =>
    emitter.node('LeakyRelu', inputs, { alpha: { float: node.attributes.slope } }),
  leakyStep: (emitter, { attributes: { slope } }, [a]) => {
    if (slope >= 0 && slope < 1) {
      // Two vectorised passes; comparison and choice take four times as long.
      const steep = emitter.node('Mul', [a!, emitter.filled(STEEP)]);
      return emitter.node('Clip', [steep, emitter.filled(slope), emitter.filled(1)]);
    }
    const positive = emitter.node('Greater', [a!, emitter.filled(0)]);
    return emitter.node('Where', [positive, emitter.filled(1), emitter.filled(slope)]);
  },
  clamp: (emitter, { attributes }, [a]) =>
    emitter.node('Clip', [a!, emitter.filled(attributes.low), emitter.filled(attributes.high)]),
  insideStep: (emitter, { attributes }, [a]) => {
    const above = emitter.node('Greater', [a!, emitter.filled(attributes.low)]);
    const below = emitter.node('Less', [a!, emitter.filled(attributes.high)]);
    return emitter.node('Where', [emitter.node('And', [above, below]), emitter.filled(1), emitter.filled(0)]);
  },
  sum: (emitter, node, [a]) =>
    emitter.node('ReduceSum', [a!, emitter.integers(node.attributes.axes)], { keepdims: { int: 1 } }),
  broadcast: (emitter, node, [a]) => emitter.expand(a!, node.shape),
  reshape: (emitter, node, [a]) => emitter.reshape(a!, node.shape),
  transpose: (emitter, node, [a]) => emitter.transpose(a!, node.attributes.order),
  concat: (emitter, node, inputs) => emitter.node('Concat', inputs, { axis: { int: node.attributes.axis } }),
  slice: (emitter, { attributes }, [a]) =>
    emitter.slice(a!, attributes.axis, attributes.begin, attributes.end),
  pad: (emitter, node, [a]) => {
    const { axis, before, after } = node.attributes;
    const pads = new Array<number>(2 * node.shape.length).fill(0);
    pads[axis] = before;
    pads[node.shape.length + axis] = after;
    return emitter.pad(a!, pads);
  },
  matmul: (emitter, node, [a, b]) => emitMatmul(emitter, node, a!, b!),
  convolution: (emitter, node, inputs) => emitConvolution(emitter, node, inputs),
  convolutionInput: emitConvolutionInput,
  convolutionWeights: emitConvolutionWeights,
  resample: emitResample,
  sample: emitSample,
  splat: emitSplat,
};

function plain<Op extends OpName>(operator: string): Emit<Op> {
  return (emitter, _node, inputs) => emitter.node(operator, inputs);
}

function emitMatmul(emitter: Emitter, node: Node<'matmul'>, a: string, b: string): string {
  const { transposeLeft, transposeRight } = node.attributes;
  const [left, right] = node.inputs as [Node, Node];
  if (left.shape.length === 2 && right.shape.length === 2) {
    return emitter.node('Gemm', [a, b], {
      transA: { int: Number(transposeLeft) },
      transB: { int: Number(transposeRight) },
    });
  }
  const turn = (name: string, input: Node, transposed: boolean) => {
    const axes = input.shape.map((_, axis) => axis);
    return transposed
      ? emitter.transpose(name, [...axes.slice(0, -2), axes.length - 1, axes.length - 2])
      : name;
  };
  return emitter.node('MatMul', [turn(a, left, transposeLeft), turn(b, right, transposeRight)]);
}
