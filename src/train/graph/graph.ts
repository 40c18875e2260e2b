/**
 * A graph under construction. Every method checks shapes at once and names the layer that asked; equal nodes are made
 * only once; constants are folded.
 */
import { SunganError } from '../../core/errors.ts';
import {
  type ConvolutionGeometry,
  constantValue,
  type Node,
  type OpAttributes,
  type OpName,
  type Resampling,
} from './node.ts';
import { rowOf } from './ops/index.ts';
import { elementCount, formatShape, type Shape } from './shape.ts';
import { simplify } from './simplify.ts';

/** Wherever a node is wanted, a number may stand for a scalar constant. */
export type Operand = Node | number;

export class Graph {
  readonly nodes: Node[] = [];
  private readonly known = new Map<string, Node>();
  private layer = '';

  /** Nodes made inside `build` carry `name` (below the enclosing layer's) in errors and in the printed form. */
  inLayer<Result>(name: string, build: () => Result): Result {
    const outer = this.layer;
    this.layer = outer ? `${outer}/${name}` : name;
    try {
      return build();
    } finally {
      this.layer = outer;
    }
  }

  input(name: string, shape: Shape): Node {
    return this.intern('input', [], { name }, shape);
  }

  constant(value: number, shape: Shape = []): Node {
    return this.intern('constant', [], { value }, shape);
  }

  /** 0, 1, ..., length - 1 */
  indices(length: number): Node {
    return this.apply('indices', [], { length });
  }

  /** Distance from zero. */
  absolute(a: Node): Node {
    return this.leakyRelu(a, -1);
  }

  /** `a` as a place to differentiate at: rewriting looks past other inner nodes, so `gradients` refuses them. */
  identity(a: Node): Node {
    return this.apply('identity', [a], {});
  }

  add(a: Operand, b: Operand): Node {
    return this.apply('add', this.ordered(a, b), {});
  }

  subtract(a: Operand, b: Operand): Node {
    return this.apply('subtract', [this.lift(a), this.lift(b)], {});
  }

  multiply(a: Operand, b: Operand): Node {
    return this.apply('multiply', this.ordered(a, b), {});
  }

  divide(a: Operand, b: Operand): Node {
    return this.apply('divide', [this.lift(a), this.lift(b)], {});
  }

  negate(a: Node): Node {
    return this.multiply(a, -1);
  }

  square(a: Node): Node {
    return this.multiply(a, a);
  }

  squareRoot(a: Node): Node {
    return this.apply('squareRoot', [a], {});
  }

  reciprocalRoot(a: Node): Node {
    return this.apply('reciprocalRoot', [a], {});
  }

  exponential(a: Node): Node {
    return this.apply('exponential', [a], {});
  }

  logarithm(a: Node): Node {
    return this.apply('logarithm', [a], {});
  }

  softplus(a: Node): Node {
    return this.apply('softplus', [a], {});
  }

  sigmoid(a: Node): Node {
    return this.apply('sigmoid', [a], {});
  }

  leakyRelu(a: Node, slope = 0.2): Node {
    return this.apply('leakyRelu', [a], { slope });
  }

  leakyStep(a: Node, slope: number): Node {
    return this.apply('leakyStep', [a], { slope });
  }

  clamp(a: Node, low: number, high: number): Node {
    return this.apply('clamp', [a], { low, high });
  }

  insideStep(a: Node, low: number, high: number): Node {
    return this.apply('insideStep', [a], { low, high });
  }

  /** Sum over `axes`, which stay with size 1. */
  sumAxes(a: Node, axes: readonly number[]): Node {
    return axes.length === 0 ? a : this.apply('sum', [a], { axes: [...axes].sort((p, q) => p - q) });
  }

  /** Sum over all elements: a scalar. */
  total(a: Node): Node {
    return this.reshape(
      this.sumAxes(
        a,
        a.shape.map((_, axis) => axis),
      ),
      [],
    );
  }

  /** Mean over `axes`, which stay with size 1. */
  meanAxes(a: Node, axes: readonly number[]): Node {
    return this.multiply(this.sumAxes(a, axes), 1 / elementCount(axes.map((axis) => a.shape[axis]!)));
  }

  /** Mean over all elements: a scalar. */
  mean(a: Node): Node {
    return this.multiply(this.total(a), 1 / elementCount(a.shape));
  }

  /** Undoes broadcasting: sums `a` until it has `shape`. */
  sumTo(a: Node, shape: Shape): Node {
    const offset = a.shape.length - shape.length;
    const axes = a.shape.flatMap((size, axis) =>
      axis < offset || (shape[axis - offset] === 1 && size !== 1) ? [axis] : [],
    );
    return this.reshape(this.sumAxes(a, axes), shape);
  }

  broadcast(a: Node, shape: Shape): Node {
    return this.apply('broadcast', [a], { shape });
  }

  reshape(a: Node, shape: Shape): Node {
    return this.apply('reshape', [a], { shape });
  }

  transpose(a: Node, order: readonly number[]): Node {
    return this.apply('transpose', [a], { order });
  }

  concat(parts: readonly Node[], axis: number): Node {
    return this.apply('concat', parts, { axis });
  }

  slice(a: Node, axis: number, begin: number, end: number): Node {
    return this.apply('slice', [a], { axis, begin, end });
  }

  pad(a: Node, axis: number, before: number, after: number): Node {
    return this.apply('pad', [a], { axis, before, after });
  }

  matmul(a: Node, b: Node, transposeLeft = false, transposeRight = false): Node {
    return this.apply('matmul', [a, b], { transposeLeft, transposeRight });
  }

  convolution(x: Node, w: Node, { stride, pad }: ConvolutionGeometry): Node {
    return this.apply('convolution', [x, w], { stride, pad });
  }

  convolutionInput(y: Node, w: Node, { stride, pad, shape }: ConvolutionGeometry & { shape: Shape }): Node {
    return this.apply('convolutionInput', [y, w], { stride, pad, shape });
  }

  convolutionWeights(x: Node, y: Node, { stride, pad, shape }: ConvolutionGeometry & { shape: Shape }): Node {
    return this.apply('convolutionWeights', [x, y], { stride, pad, shape });
  }

  resample(x: Node, { taps, up, down, before, after }: Resampling): Node {
    return this.apply('resample', [x], { taps, up, down, before, after });
  }

  sample(x: Node, rows: Node, columns: Node): Node {
    return this.apply('sample', [x, rows, columns], {});
  }

  splat(y: Node, rows: Node, columns: Node, size: { height: number; width: number }): Node {
    return this.apply('splat', [y, rows, columns], size);
  }

  private lift(a: Operand): Node {
    return typeof a === 'number' ? this.constant(a) : a;
  }

  /** Operands of a commutative operation, constants last, so that equal sums and products are found equal. */
  private ordered(a: Operand, b: Operand): [Node, Node] {
    const [left, right] = [this.lift(a), this.lift(b)];
    const rank = (node: Node) => (constantValue(node) === undefined ? node.id : Number.MAX_SAFE_INTEGER);
    return rank(left) <= rank(right) ? [left, right] : [right, left];
  }

  private apply<Op extends OpName>(op: Op, inputs: readonly Node[], attributes: OpAttributes[Op]): Node {
    const shape = rowOf(op).shape(
      inputs.map((node) => node.shape),
      attributes,
    );
    if (typeof shape === 'string') {
      throw new SunganError('usage', `${op}: ${shape}`, {
        where: this.layer ? `layer ${this.layer}` : 'graph',
      });
    }
    return simplify(this, op, inputs, attributes) ?? this.intern(op, inputs, attributes, shape);
  }

  private intern<Op extends OpName>(
    op: Op,
    inputs: readonly Node[],
    attributes: OpAttributes[Op],
    shape: Shape,
  ): Node {
    const key = `${op} ${inputs.map((node) => node.id).join(' ')} ${formatShape(shape)} ${JSON.stringify(attributes)}`;
    const existing = this.known.get(key);
    if (existing) return existing;
    const node = {
      id: this.nodes.length,
      op,
      inputs,
      attributes,
      shape,
      layer: this.layer,
    } as unknown as Node;
    this.nodes.push(node);
    this.known.set(key, node);
    return node;
  }
}
