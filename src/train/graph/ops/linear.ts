/**
 * Products: matrices, convolutions and their adjoints. Convolution, its adjoint in the image and its adjoint in the
 * weights are each other's gradients, so second derivatives (R1, path length, gradient penalty) need nothing else.
 * Images are [N, C, H, W], weights [out, in, k, k]; like everywhere in this field "convolution" is correlation.
 */
import type { Node } from '../node.ts';
import { broadcastShapes, elementCount, formatShape, type Shape } from '../shape.ts';
import { broadcastIndex } from './elementwise.ts';
import type { OpRow } from './row.ts';

export const matmul: OpRow<'matmul'> = {
  meaning: 'matrix product over the last two axes',
  shape: ([a, b], { transposeLeft, transposeRight }) => {
    if (a!.length < 2 || b!.length < 2) return `${formatShape(a!)} and ${formatShape(b!)} are not matrices`;
    const [rows, inner] = orient(a!, transposeLeft);
    const [innerRight, columns] = orient(b!, transposeRight);
    const batch = broadcastShapes(a!.slice(0, -2), b!.slice(0, -2));
    if (inner !== innerRight || !batch) return `${formatShape(a!)} times ${formatShape(b!)} does not fit`;
    return [...batch, rows, columns];
  },
  gradient: (graph, node, upstream, needs) => {
    const [a, b] = node.inputs as [Node, Node];
    const { transposeLeft: left, transposeRight: right } = node.attributes;
    const da = () =>
      left ? graph.matmul(b, upstream, right, true) : graph.matmul(upstream, b, false, !right);
    const db = () =>
      right ? graph.matmul(upstream, a, true, left) : graph.matmul(a, upstream, !left, false);
    return [
      needs(0) ? graph.sumTo(da(), a.shape) : undefined,
      needs(1) ? graph.sumTo(db(), b.shape) : undefined,
    ];
  },
  evaluate: ([a, b], node) => evaluateMatmul(a!, b!, node),
};

export const convolution: OpRow<'convolution'> = {
  meaning: 'correlation of images with square kernels, zero padded',
  shape: ([x, w], { stride, pad }) => {
    if (x!.length !== 4 || w!.length !== 4 || w![2] !== w![3])
      return `${formatShape(x!)} and ${formatShape(w!)} are not images and kernels`;
    if (x![1] !== w![1]) return `images have ${x![1]} channels, kernels ${formatShape(w!)} want ${w![1]}`;
    const size = (length: number) => Math.floor((length + 2 * pad - w![2]!) / stride) + 1;
    return [x![0]!, w![0]!, size(x![2]!), size(x![3]!)];
  },
  gradient: (graph, node, upstream, needs) => {
    const [x, w] = node.inputs as [Node, Node];
    return [
      needs(0) ? graph.convolutionInput(upstream, w, { ...node.attributes, shape: x.shape }) : undefined,
      needs(1) ? graph.convolutionWeights(x, upstream, { ...node.attributes, shape: w.shape }) : undefined,
    ];
  },
  evaluate: ([x, w], node) => {
    const result = new Float64Array(elementCount(node.shape));
    forEachTap(node.inputs[0]!.shape, node.inputs[1]!.shape, node.shape, node.attributes, (xi, wi, yi) => {
      result[yi]! += x![xi]! * w![wi]!;
    });
    return result;
  },
};

export const convolutionInput: OpRow<'convolutionInput'> = {
  meaning: 'adjoint of convolution in its image: (gradient of the result, kernels) -> gradient of the image',
  shape: ([y, w], { stride, pad, shape }) => {
    const expected = convolution.shape([shape, w!], { stride, pad });
    return typeof expected !== 'string' && formatShape(expected) === formatShape(y!)
      ? shape
      : `${formatShape(y!)} with kernels ${formatShape(w!)} does not come from images ${formatShape(shape)}`;
  },
  gradient: (graph, node, upstream, needs) => {
    const [y, w] = node.inputs as [Node, Node];
    const { stride, pad } = node.attributes;
    return [
      needs(0) ? graph.convolution(upstream, w, { stride, pad }) : undefined,
      needs(1) ? graph.convolutionWeights(upstream, y, { stride, pad, shape: w.shape }) : undefined,
    ];
  },
  evaluate: ([y, w], node) => {
    const result = new Float64Array(elementCount(node.shape));
    forEachTap(node.shape, node.inputs[1]!.shape, node.inputs[0]!.shape, node.attributes, (xi, wi, yi) => {
      result[xi]! += y![yi]! * w![wi]!;
    });
    return result;
  },
};

export const convolutionWeights: OpRow<'convolutionWeights'> = {
  meaning:
    'adjoint of convolution in its kernels: (image, gradient of the result) -> gradient of the kernels',
  shape: ([x, y], { stride, pad, shape }) => {
    const expected = convolution.shape([x!, shape], { stride, pad });
    return typeof expected !== 'string' && formatShape(expected) === formatShape(y!)
      ? shape
      : `${formatShape(y!)} is no result of images ${formatShape(x!)} with kernels ${formatShape(shape)}`;
  },
  gradient: (graph, node, upstream, needs) => {
    const [x, y] = node.inputs as [Node, Node];
    const { stride, pad } = node.attributes;
    return [
      needs(0) ? graph.convolutionInput(y, upstream, { stride, pad, shape: x.shape }) : undefined,
      needs(1) ? graph.convolution(x, upstream, { stride, pad }) : undefined,
    ];
  },
  evaluate: ([x, y], node) => {
    const result = new Float64Array(elementCount(node.shape));
    forEachTap(node.inputs[0]!.shape, node.shape, node.inputs[1]!.shape, node.attributes, (xi, wi, yi) => {
      result[wi]! += x![xi]! * y![yi]!;
    });
    return result;
  },
};

function orient(shape: Shape, transposed: boolean): [number, number] {
  const [rows, columns] = shape.slice(-2) as [number, number];
  return transposed ? [columns, rows] : [rows, columns];
}

function evaluateMatmul(a: Float64Array, b: Float64Array, node: Node<'matmul'>): Float64Array {
  const [left, right] = node.inputs as [Node, Node];
  const batch = node.shape.slice(0, -2);
  const leftBatch = broadcastIndex(left.shape.slice(0, -2), batch);
  const rightBatch = broadcastIndex(right.shape.slice(0, -2), batch);
  const [rows, columns] = node.shape.slice(-2) as [number, number];
  const inner = orient(left.shape, node.attributes.transposeLeft)[1];
  const [aRow, aInner] = node.attributes.transposeLeft ? [1, rows] : [inner, 1];
  const [bInner, bColumn] = node.attributes.transposeRight ? [1, inner] : [columns, 1];
  const result = new Float64Array(elementCount(node.shape));
  for (let n = 0; n < leftBatch.length; n++) {
    const aBegin = leftBatch[n]! * rows * inner;
    const bBegin = rightBatch[n]! * inner * columns;
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        let total = 0;
        for (let k = 0; k < inner; k++)
          total += a[aBegin + i * aRow + k * aInner]! * b[bBegin + k * bInner + j * bColumn]!;
        result[(n * rows + i) * columns + j] = total;
      }
    }
  }
  return result;
}

/** Visits every product of a convolution: flat positions in the image, the kernels and the result. */
function forEachTap(
  image: Shape,
  kernels: Shape,
  result: Shape,
  { stride, pad }: { stride: number; pad: number },
  visit: (image: number, kernel: number, result: number) => void,
): void {
  const [count, channels, height, width] = image as [number, number, number, number];
  const [outputs, , size] = kernels as [number, number, number, number];
  const [, , resultHeight, resultWidth] = result as [number, number, number, number];
  for (let position = 0; position < count * outputs * resultHeight * resultWidth; position++) {
    const column = position % resultWidth;
    const row = Math.floor(position / resultWidth) % resultHeight;
    const output = Math.floor(position / (resultWidth * resultHeight)) % outputs;
    const n = Math.floor(position / (resultWidth * resultHeight * outputs));
    for (let tap = 0; tap < channels * size * size; tap++) {
      const x = column * stride - pad + (tap % size);
      const y = row * stride - pad + (Math.floor(tap / size) % size);
      if (x < 0 || y < 0 || x >= width || y >= height) continue;
      const channel = Math.floor(tap / (size * size));
      visit(
        ((n * channels + channel) * height + y) * width + x,
        output * channels * size * size + tap,
        position,
      );
    }
  }
}
