/** Operations on elements. Two inputs broadcast against each other by NumPy's rule. */
import type { Node, OpAttributes, OpName } from '../node.ts';
import { broadcastShapes, broadcastStrides, elementCount, formatShape, type Shape } from '../shape.ts';
import type { OpRow } from './row.ts';

type Scalar<Op extends OpName> = (attributes: OpAttributes[Op], a: number, b: number) => number;
type Gradient<Op extends OpName> = OpRow<Op>['gradient'];

export const add = binary<'add'>(
  'a + b',
  (_, a, b) => a + b,
  (graph, node, upstream) => [
    graph.sumTo(upstream, node.inputs[0]!.shape),
    graph.sumTo(upstream, node.inputs[1]!.shape),
  ],
);

export const subtract = binary<'subtract'>(
  'a - b',
  (_, a, b) => a - b,
  (graph, node, upstream) => [
    graph.sumTo(upstream, node.inputs[0]!.shape),
    graph.negate(graph.sumTo(upstream, node.inputs[1]!.shape)),
  ],
);

export const multiply = binary<'multiply'>(
  'a * b',
  (_, a, b) => a * b,
  (graph, node, upstream, needs) => {
    const [a, b] = node.inputs as [Node, Node];
    return [
      needs(0) ? graph.sumTo(graph.multiply(upstream, b), a.shape) : undefined,
      needs(1) ? graph.sumTo(graph.multiply(upstream, a), b.shape) : undefined,
    ];
  },
);

export const divide = binary<'divide'>(
  'a / b',
  (_, a, b) => a / b,
  (graph, node, upstream, needs) => {
    const [a, b] = node.inputs as [Node, Node];
    const scaled = graph.divide(upstream, b);
    return [
      graph.sumTo(scaled, a.shape),
      needs(1) ? graph.negate(graph.sumTo(graph.multiply(scaled, node), b.shape)) : undefined,
    ];
  },
);

export const squareRoot = unary<'squareRoot'>(
  'square root',
  (_, a) => Math.sqrt(a),
  (graph, node, upstream) => [graph.multiply(graph.divide(upstream, node), 0.5)],
);

export const reciprocalRoot = unary<'reciprocalRoot'>(
  '1 / square root',
  (_, a) => 1 / Math.sqrt(a),
  (graph, node, upstream) => [
    graph.multiply(graph.multiply(upstream, graph.multiply(node, graph.square(node))), -0.5),
  ],
);

export const exponential = unary<'exponential'>(
  'e to the a',
  (_, a) => Math.exp(a),
  (graph, node, upstream) => [graph.multiply(upstream, node)],
);

export const logarithm = unary<'logarithm'>(
  'natural logarithm',
  (_, a) => Math.log(a),
  (graph, node, upstream) => [graph.divide(upstream, node.inputs[0]!)],
);

export const softplus = unary<'softplus'>(
  'ln(1 + e to the a), without overflow',
  (_, a) => Math.max(a, 0) + Math.log1p(Math.exp(-Math.abs(a))),
  (graph, node, upstream) => [graph.multiply(upstream, graph.sigmoid(node.inputs[0]!))],
);

export const sigmoid = unary<'sigmoid'>(
  '1 / (1 + e to the -a)',
  (_, a) => (a >= 0 ? 1 / (1 + Math.exp(-a)) : Math.exp(a) / (1 + Math.exp(a))),
  (graph, node, upstream) => [graph.multiply(upstream, graph.multiply(node, graph.subtract(1, node)))],
);

export const leakyRelu = unary<'leakyRelu'>(
  'a where a > 0, else slope * a',
  ({ slope }, a) => (a > 0 ? a : slope * a),
  (graph, node, upstream) => {
    // For a positive slope the result has the sign of its input; reading the result lets an engine fuse the
    // activation into the convolution before it, whose own result is then needed nowhere.
    const signed = node.attributes.slope > 0 ? node : node.inputs[0]!;
    return [graph.multiply(upstream, graph.leakyStep(signed, node.attributes.slope))];
  },
);

export const leakyStep = unary<'leakyStep'>(
  '1 where a > 0, else slope',
  ({ slope }, a) => (a > 0 ? 1 : slope),
  () => [undefined],
);

export const clamp = unary<'clamp'>(
  'a limited to [low, high]',
  ({ low, high }, a) => Math.min(Math.max(a, low), high),
  (graph, node, upstream) => {
    const { low, high } = node.attributes;
    return [graph.multiply(upstream, graph.insideStep(node.inputs[0]!, low, high))];
  },
);

export const insideStep = unary<'insideStep'>(
  '1 where low < a < high, else 0',
  ({ low, high }, a) => (a > low && a < high ? 1 : 0),
  () => [undefined],
);

function unary<Op extends OpName>(meaning: string, scalar: Scalar<Op>, gradient: Gradient<Op>): OpRow<Op> {
  return {
    meaning,
    scalar,
    gradient,
    shape: ([a]) => a!,
    evaluate: ([a], node) => a!.map((value) => scalar(node.attributes, value, 0)),
  };
}

function binary<Op extends OpName>(meaning: string, scalar: Scalar<Op>, gradient: Gradient<Op>): OpRow<Op> {
  return {
    meaning,
    scalar,
    gradient,
    shape: ([a, b]) =>
      broadcastShapes(a!, b!) ??
      `${formatShape(a!)} and ${formatShape(b!)} do not broadcast against each other`,
    evaluate: ([a, b], node) => {
      const result = new Float64Array(elementCount(node.shape));
      const left = broadcastIndex(node.inputs[0]!.shape, node.shape);
      const right = broadcastIndex(node.inputs[1]!.shape, node.shape);
      for (let i = 0; i < result.length; i++)
        result[i] = scalar(node.attributes, a![left[i]!]!, b![right[i]!]!);
      return result;
    },
  };
}

/** For every element of `target`, the element of `shape` that broadcasting reads. */
export function broadcastIndex(shape: Shape, target: Shape): Int32Array {
  const strides = broadcastStrides(shape, target);
  const index = new Int32Array(elementCount(target));
  const position = new Array<number>(target.length).fill(0);
  let offset = 0;
  for (let i = 0; i < index.length; i++) {
    index[i] = offset;
    for (let axis = target.length - 1; axis >= 0; axis--) {
      offset += strides[axis]!;
      if (++position[axis]! < target[axis]!) break;
      offset -= strides[axis]! * target[axis]!;
      position[axis] = 0;
    }
  }
  return index;
}
