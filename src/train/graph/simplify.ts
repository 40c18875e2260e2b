/**
 * Rewrites that are made while a graph grows: constants are folded, moves that move nothing vanish, and constant
 * factors travel through linear operations until they meet a small tensor (a weight, a loss) or one another.
 * Gains of activations and averages then cost nothing at run time, forwards or backwards.
 */
import type { Graph } from './graph.ts';
import { constantValue, isOp, type Node, type OpAttributes, type OpName } from './node.ts';
import { rowOf } from './ops/index.ts';
import { elementCount, sameShape } from './shape.ts';

type Rule<Op extends OpName> = (
  graph: Graph,
  inputs: readonly Node[],
  attributes: OpAttributes[Op],
) => Node | undefined;

/** A cheaper node of the same value, if a rule knows one. */
export function simplify<Op extends OpName>(
  graph: Graph,
  op: Op,
  inputs: readonly Node[],
  attributes: OpAttributes[Op],
): Node | undefined {
  const folded = foldElementwise(graph, op, inputs, attributes);
  if (folded) return folded;
  const rule = RULES[op] as Rule<Op> | undefined;
  return rule?.(graph, inputs, attributes) ?? dropBroadcast(graph, op, inputs);
}

/** Operations of two tensors spread the smaller one by themselves. */
function dropBroadcast(graph: Graph, op: OpName, inputs: readonly Node[]): Node | undefined {
  const apply = SPREADING[op];
  if (!apply) return undefined;
  const [a, b] = inputs as [Node, Node];
  if (isOp(b, 'broadcast') && sameShape(a.shape, b.shape)) return apply(graph, a, b.inputs[0]!);
  if (isOp(a, 'broadcast') && sameShape(a.shape, b.shape)) return apply(graph, a.inputs[0]!, b);
  return undefined;
}

const SPREADING: { readonly [Op in OpName]?: (graph: Graph, a: Node, b: Node) => Node } = {
  add: (graph, a, b) => graph.add(a, b),
  subtract: (graph, a, b) => graph.subtract(a, b),
  multiply: (graph, a, b) => graph.multiply(a, b),
  divide: (graph, a, b) => graph.divide(a, b),
};

const RULES: { readonly [Op in OpName]?: Rule<Op> } = {
  add: (graph, [a, b]) => {
    if (isZero(a!) && keepsShape(b!, a!)) return b;
    if (isZero(b!) && keepsShape(a!, b!)) return a;
    const left = splitFactor(a!);
    const right = splitFactor(b!);
    if (!left || !right || left.factor !== right.factor) return undefined;
    return graph.multiply(graph.add(left.rest, right.rest), left.factor);
  },
  subtract: (graph, [a, b]) => {
    if (isZero(b!) && keepsShape(a!, b!)) return a;
    return isZero(a!) && keepsShape(b!, a!) ? graph.negate(b!) : undefined;
  },
  multiply: (graph, [a, b]) => multiply(graph, a!, b!),
  divide: (graph, [a, b]) => {
    const divisor = constantValue(b!);
    if (divisor !== undefined && keepsShape(a!, b!)) return graph.multiply(a!, 1 / divisor);
    const left = splitFactor(a!);
    return left && graph.multiply(graph.divide(left.rest, b!), left.factor);
  },
  leakyRelu: (graph, [a], { slope }) => {
    const split = splitFactor(a!);
    return split && split.factor > 0
      ? graph.multiply(graph.leakyRelu(split.rest, slope), split.factor)
      : undefined;
  },
  leakyStep: (graph, [a], { slope }) => {
    const split = splitFactor(a!);
    return split && split.factor > 0 ? graph.leakyStep(split.rest, slope) : undefined;
  },
  sum: (graph, [a], { axes }) => {
    if (axes.every((axis) => a!.shape[axis] === 1)) return a;
    const value = constantValue(a!);
    const count = elementCount(axes.map((axis) => a!.shape[axis]!));
    if (value !== undefined)
      return graph.constant(
        value * count,
        a!.shape.map((size, axis) => (axes.includes(axis) ? 1 : size)),
      );
    return pullFactor(graph, a!, (rest) => graph.sumAxes(rest, axes));
  },
  broadcast: (graph, [a], { shape }) => {
    if (sameShape(a!.shape, shape)) return a;
    const value = constantValue(a!);
    return value === undefined ? undefined : graph.constant(value, shape);
  },
  reshape: (graph, [a], { shape }) => {
    if (sameShape(a!.shape, shape)) return a;
    if (isOp(a!, 'reshape')) return graph.reshape(a!.inputs[0]!, shape);
    const value = constantValue(a!);
    if (value !== undefined) return graph.constant(value, shape);
    return pullFactor(graph, a!, (rest) => graph.reshape(rest, shape));
  },
  transpose: (graph, [a], { order }) => {
    if (order.every((axis, i) => axis === i)) return a;
    if (isOp(a!, 'transpose')) {
      const inner = a!.attributes.order;
      return graph.transpose(
        a!.inputs[0]!,
        order.map((axis) => inner[axis]!),
      );
    }
    return pullFactor(graph, a!, (rest) => graph.transpose(rest, order));
  },
  slice: (graph, [a], { axis, begin, end }) => {
    if (begin === 0 && end === a!.shape[axis]) return a;
    return pullFactor(graph, a!, (rest) => graph.slice(rest, axis, begin, end));
  },
  pad: (graph, [a], { axis, before, after }) => {
    if (before === 0 && after === 0) return a;
    return pullFactor(graph, a!, (rest) => graph.pad(rest, axis, before, after));
  },
  concat: (_graph, inputs) => (inputs.length === 1 ? inputs[0] : undefined),
  matmul: (graph, [a, b], attributes) =>
    spread(graph, a!, b!, (left, right) =>
      graph.matmul(left, right, attributes.transposeLeft, attributes.transposeRight),
    ),
  convolution: (graph, [x, w], attributes) =>
    spread(graph, x!, w!, (left, right) => graph.convolution(left, right, attributes)),
  convolutionInput: (graph, [y, w], attributes) =>
    spread(graph, y!, w!, (left, right) => graph.convolutionInput(left, right, attributes)),
  convolutionWeights: (graph, [x, y], attributes) => {
    const left = splitFactor(x!);
    const right = splitFactor(y!);
    if (!left && !right) return undefined;
    const product = graph.convolutionWeights(left?.rest ?? x!, right?.rest ?? y!, attributes);
    return graph.multiply(product, (left?.factor ?? 1) * (right?.factor ?? 1));
  },
  resample: (graph, [x], attributes) => pullFactor(graph, x!, (rest) => graph.resample(rest, attributes)),
};

function foldElementwise<Op extends OpName>(
  graph: Graph,
  op: Op,
  inputs: readonly Node[],
  attributes: OpAttributes[Op],
): Node | undefined {
  const row = rowOf(op);
  if (!row.scalar || inputs.some((input) => constantValue(input) === undefined)) return undefined;
  const [a, b] = inputs.map((input) => constantValue(input)!);
  const shape = row.shape(
    inputs.map((input) => input.shape),
    attributes,
  );
  return typeof shape === 'string' ? undefined : graph.constant(row.scalar(attributes, a!, b ?? 0), shape);
}

function multiply(graph: Graph, a: Node, b: Node): Node | undefined {
  if (constantValue(a) !== undefined && constantValue(b) === undefined) return graph.multiply(b, a);
  const factor = constantValue(b);
  if (factor !== undefined && keepsShape(a, b)) {
    // As a float32, which it becomes.
    if (Math.fround(factor) === 1) return a;
    if (factor === 0) return graph.constant(0, a.shape);
    // A factor is kept as a scalar, whatever shape it came in.
    if (b.shape.length > 0) return graph.multiply(a, factor);
    const inner = splitFactor(a);
    return inner && graph.multiply(inner.rest, inner.factor * factor);
  }
  const left = splitFactor(a);
  const right = splitFactor(b);
  if (factor !== undefined || (!left && !right)) return undefined;
  return graph.multiply(
    graph.multiply(left?.rest ?? a, right?.rest ?? b),
    (left?.factor ?? 1) * (right?.factor ?? 1),
  );
}

/** A product with constant factors on its operands, rewritten with one factor on the smallest of the three tensors. */
function spread(graph: Graph, a: Node, b: Node, product: (a: Node, b: Node) => Node): Node | undefined {
  const left = splitFactor(a);
  const right = splitFactor(b);
  if (!left && !right) return undefined;
  const factor = (left?.factor ?? 1) * (right?.factor ?? 1);
  const small = elementCount(a.shape) < elementCount(b.shape) ? 'left' : 'right';
  if (small === 'left') return right && product(graph.multiply(left?.rest ?? a, factor), right.rest);
  return left && product(left.rest, graph.multiply(right?.rest ?? b, factor));
}

function pullFactor(graph: Graph, a: Node, apply: (rest: Node) => Node): Node | undefined {
  const split = splitFactor(a);
  return split && graph.multiply(apply(split.rest), split.factor);
}

/** `rest * factor` taken apart, where `node` is such a product. */
function splitFactor(node: Node): { rest: Node; factor: number } | undefined {
  if (!isOp(node, 'multiply')) return undefined;
  const factor = constantValue(node.inputs[1]!);
  return factor !== undefined && node.inputs[1]!.shape.length === 0
    ? { rest: node.inputs[0]!, factor }
    : undefined;
}

function isZero(node: Node): boolean {
  return constantValue(node) === 0;
}

/** Whether broadcasting `a` against `b` leaves the shape of `a`. */
function keepsShape(a: Node, b: Node): boolean {
  const offset = a.shape.length - b.shape.length;
  return offset >= 0 && b.shape.every((size, axis) => size === 1 || size === a.shape[offset + axis]);
}
