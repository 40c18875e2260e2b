/** Operations that move, repeat, cut or add up elements. */
import { elementCount, formatShape, type Shape, stridesOf } from '../shape.ts';
import { broadcastIndex } from './elementwise.ts';
import type { OpRow } from './row.ts';

export const input: OpRow<'input'> = {
  meaning: 'a value given when the program runs',
  shape: () => 'inputs are made by Graph.input',
  gradient: () => [],
  evaluate: () => {
    throw new Error('inputs have no computation');
  },
};

export const constant: OpRow<'constant'> = {
  meaning: 'a tensor of one repeated number',
  shape: () => 'constants are made by Graph.constant',
  gradient: () => [],
  evaluate: (_, node) => new Float64Array(elementCount(node.shape)).fill(node.attributes.value),
};

export const indices: OpRow<'indices'> = {
  meaning: '0, 1, ..., length - 1',
  shape: (_, { length }) => [length],
  gradient: () => [],
  evaluate: (_, node) => Float64Array.from({ length: node.attributes.length }, (_unused, i) => i),
};

export const identity: OpRow<'identity'> = {
  meaning: 'the value itself; a place to differentiate at',
  shape: ([a]) => a!,
  gradient: (_graph, _node, upstream) => [upstream],
  evaluate: ([a]) => a!.slice(),
};

export const sum: OpRow<'sum'> = {
  meaning: 'sum over axes, which stay with size 1',
  shape: ([a], { axes }) =>
    axes.every((axis) => axis >= 0 && axis < a!.length)
      ? a!.map((size, axis) => (axes.includes(axis) ? 1 : size))
      : `axes ${axes.join(', ')} are not all in ${formatShape(a!)}`,
  gradient: (graph, node, upstream) => [graph.broadcast(upstream, node.inputs[0]!.shape)],
  evaluate: ([a], node) => {
    const result = new Float64Array(elementCount(node.shape));
    const index = broadcastIndex(node.shape, node.inputs[0]!.shape);
    for (let i = 0; i < a!.length; i++) result[index[i]!]! += a![i]!;
    return result;
  },
};

export const broadcast: OpRow<'broadcast'> = {
  meaning: 'repeat axes of size 1, and add leading axes, to reach a shape',
  shape: ([a], { shape }) => {
    const offset = shape.length - a!.length;
    const fits = offset >= 0 && a!.every((size, axis) => size === 1 || size === shape[offset + axis]);
    return fits ? shape : `${formatShape(a!)} does not broadcast to ${formatShape(shape)}`;
  },
  gradient: (graph, node, upstream) => [graph.sumTo(upstream, node.inputs[0]!.shape)],
  evaluate: ([a], node) => {
    const index = broadcastIndex(node.inputs[0]!.shape, node.shape);
    return Float64Array.from(index, (source) => a![source]!);
  },
};

export const reshape: OpRow<'reshape'> = {
  meaning: 'the same elements in another shape',
  shape: ([a], { shape }) =>
    elementCount(a!) === elementCount(shape)
      ? shape
      : `${formatShape(a!)} has another number of elements than ${formatShape(shape)}`,
  gradient: (graph, node, upstream) => [graph.reshape(upstream, node.inputs[0]!.shape)],
  evaluate: ([a]) => a!.slice(),
};

export const transpose: OpRow<'transpose'> = {
  meaning: 'axes in another order: axis i of the result is axis order[i] of the input',
  shape: ([a], { order }) =>
    order.length === a!.length && new Set(order).size === order.length
      ? order.map((axis) => a![axis]!)
      : `order ${order.join(', ')} does not permute the axes of ${formatShape(a!)}`,
  gradient: (graph, node, upstream) => {
    const inverse = node.attributes.order.map((_, axis) => node.attributes.order.indexOf(axis));
    return [graph.transpose(upstream, inverse)];
  },
  evaluate: ([a], node) => {
    const strides = stridesOf(node.inputs[0]!.shape);
    const source = indexByStrides(
      node.shape,
      node.attributes.order.map((axis) => strides[axis]!),
    );
    return Float64Array.from(source, (position) => a![position]!);
  },
};

export const concat: OpRow<'concat'> = {
  meaning: 'inputs joined along one axis',
  shape: (shapes, { axis }) => {
    const first = shapes[0]!;
    const fits = shapes.every(
      (shape) => shape.length === first.length && shape.every((size, i) => i === axis || size === first[i]),
    );
    if (!fits) return `${shapes.map(formatShape).join(', ')} cannot be joined along axis ${axis}`;
    return first.map((size, i) =>
      i === axis ? shapes.reduce((total, shape) => total + shape[axis]!, 0) : size,
    );
  },
  gradient: (graph, node, upstream, needs) => {
    const { axis } = node.attributes;
    let begin = 0;
    return node.inputs.map((part, i) => {
      const end = begin + part.shape[axis]!;
      const piece = needs(i) ? graph.slice(upstream, axis, begin, end) : undefined;
      begin = end;
      return piece;
    });
  },
  evaluate: (parts, node) => {
    const result = new Float64Array(elementCount(node.shape));
    const inner = elementCount(node.shape.slice(node.attributes.axis + 1));
    const rowLength = node.shape[node.attributes.axis]! * inner;
    let column = 0;
    parts.forEach((part, i) => {
      const length = node.inputs[i]!.shape[node.attributes.axis]! * inner;
      for (let row = 0; row * length < part.length; row++) {
        result.set(part.subarray(row * length, (row + 1) * length), row * rowLength + column);
      }
      column += length;
    });
    return result;
  },
};

export const slice: OpRow<'slice'> = {
  meaning: 'elements begin..end-1 of one axis',
  shape: ([a], { axis, begin, end }) =>
    axis >= 0 && axis < a!.length && begin >= 0 && begin < end && end <= a![axis]!
      ? a!.map((size, i) => (i === axis ? end - begin : size))
      : `no elements ${begin}..${end} on axis ${axis} of ${formatShape(a!)}`,
  gradient: (graph, node, upstream) => {
    const { axis, begin, end } = node.attributes;
    return [graph.pad(upstream, axis, begin, node.inputs[0]!.shape[axis]! - end)];
  },
  evaluate: ([a], node) =>
    copyAlongAxis(a!, node.inputs[0]!.shape, node.shape, node.attributes.axis, -node.attributes.begin),
};

export const pad: OpRow<'pad'> = {
  meaning: 'zeros before and after, along one axis',
  shape: ([a], { axis, before, after }) =>
    axis >= 0 && axis < a!.length && before >= 0 && after >= 0
      ? a!.map((size, i) => (i === axis ? size + before + after : size))
      : `cannot pad axis ${axis} of ${formatShape(a!)} by ${before} and ${after}`,
  gradient: (graph, node, upstream) => {
    const { axis, before } = node.attributes;
    return [graph.slice(upstream, axis, before, before + node.inputs[0]!.shape[axis]!)];
  },
  evaluate: ([a], node) =>
    copyAlongAxis(a!, node.inputs[0]!.shape, node.shape, node.attributes.axis, node.attributes.before),
};

/** Copies `source` into zeros of shape `to`, shifted by `shift` along `axis`; what falls outside is left out. */
function copyAlongAxis(
  source: Float64Array,
  from: Shape,
  to: Shape,
  axis: number,
  shift: number,
): Float64Array {
  const result = new Float64Array(elementCount(to));
  const inner = elementCount(to.slice(axis + 1));
  const outer = elementCount(to.slice(0, axis));
  for (let row = 0; row < outer; row++) {
    for (let i = Math.max(0, shift); i < Math.min(to[axis]!, from[axis]! + shift); i++) {
      const begin = (row * from[axis]! + i - shift) * inner;
      result.set(source.subarray(begin, begin + inner), (row * to[axis]! + i) * inner);
    }
  }
  return result;
}

function indexByStrides(shape: Shape, strides: readonly number[]): Int32Array {
  const own = stridesOf(shape);
  const index = new Int32Array(elementCount(shape));
  for (let i = 0; i < index.length; i++) {
    let offset = 0;
    for (let axis = 0; axis < shape.length; axis++) {
      offset += (Math.floor(i / own[axis]!) % shape[axis]!) * strides[axis]!;
    }
    index[i] = offset;
  }
  return index;
}
