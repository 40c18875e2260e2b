/**
 * The table from operations of the graph to calls of TensorFlow.js. Only calls that every backend has are used: tfjs
 * wasm lacks the gradient kernels of convolutions, so these are written as convolutions and matrix products.
 */
import { type Node, type OpName, resamplingMatrix } from '../../graph/index.ts';
import type { Tf, TfTensor } from './api.ts';
import { sample, splat } from './sample.ts';

type Run<Op extends OpName> = (tf: Tf, node: Node<Op>, inputs: TfTensor[]) => TfTensor;

export const OPERATIONS: { readonly [Op in Exclude<OpName, 'input'>]: Run<Op> } = {
  constant: (tf, { attributes, shape }) => tf.fill([...shape], attributes.value),
  indices: (tf, { attributes }) => tf.cast(tf.range(0, attributes.length), 'float32'),
  identity: (tf, _, [a]) => tf.reshape(a!, a!.shape),
  add: (tf, _, [a, b]) => tf.add(a!, b!),
  subtract: (tf, _, [a, b]) => tf.sub(a!, b!),
  multiply: (tf, _, [a, b]) => tf.mul(a!, b!),
  divide: (tf, _, [a, b]) => tf.div(a!, b!),
  squareRoot: (tf, _, [a]) => tf.sqrt(a!),
  reciprocalRoot: (tf, _, [a]) => tf.rsqrt(a!),
  exponential: (tf, _, [a]) => tf.exp(a!),
  logarithm: (tf, _, [a]) => tf.log(a!),
  softplus: (tf, _, [a]) => {
    // log1p is not in the wasm backend.
    const small = tf.exp(tf.neg(tf.abs(a!)));
    return tf.add(tf.relu(a!), tf.log(tf.add(small, tf.fill([], 1))));
  },
  sigmoid: (tf, _, [a]) => tf.sigmoid(a!),
  leakyRelu: (tf, { attributes }, [a]) => tf.mul(a!, step(tf, a!, attributes.slope)),
  leakyStep: (tf, { attributes }, [a]) => step(tf, a!, attributes.slope),
  clamp: (tf, { attributes }, [a]) => tf.clipByValue(a!, attributes.low, attributes.high),
  insideStep: (tf, { attributes: { low, high } }, [a]) => {
    const above = tf.greater(a!, tf.fill([], low));
    return tf.cast(tf.logicalAnd(above, tf.less(a!, tf.fill([], high))), 'float32');
  },
  sum: (tf, { attributes }, [a]) => tf.sum(a!, [...attributes.axes], true),
  broadcast: (tf, { shape }, [a]) => {
    const leading = shape.length - a!.shape.length;
    return tf.broadcastTo(tf.reshape(a!, [...new Array<number>(leading).fill(1), ...a!.shape]), [...shape]);
  },
  reshape: (tf, { shape }, [a]) => tf.reshape(a!, [...shape]),
  transpose: (tf, { attributes }, [a]) => tf.transpose(a!, [...attributes.order]),
  concat: (tf, { attributes }, inputs) => tf.concat(inputs, attributes.axis),
  slice: (tf, { attributes: { axis, begin }, shape }, [a]) =>
    tf.slice(
      a!,
      shape.map((_, i) => (i === axis ? begin : 0)),
      [...shape],
    ),
  pad: (tf, { attributes: { axis, before, after }, shape }, [a]) =>
    tf.pad(
      a!,
      shape.map((_, i) => (i === axis ? [before, after] : [0, 0])),
    ),
  matmul: (tf, node, [a, b]) => matmul(tf, node, a!, b!),
  convolution: (tf, { attributes: { stride, pad } }, [x, w]) =>
    convolve(tf, x!, w!, stride, pad, pad, pad, pad),
  convolutionInput: (tf, node, [y, w]) => convolutionInput(tf, node, y!, w!),
  convolutionWeights: (tf, node, [x, y]) => convolutionWeights(tf, node, x!, y!),
  resample: (tf, node, [x]) => resample(tf, node, x!),
  sample,
  splat,
};

function step(tf: Tf, a: TfTensor, slope: number): TfTensor {
  const positive = tf.cast(tf.greater(a, tf.fill([], 0)), 'float32');
  return tf.add(tf.mul(positive, tf.fill([], 1 - slope)), tf.fill([], slope));
}

/** tfjs multiplies batches of equal leading axes only. */
function matmul(tf: Tf, { attributes, shape }: Node<'matmul'>, a: TfTensor, b: TfTensor): TfTensor {
  const { transposeLeft, transposeRight } = attributes;
  const batch = shape.slice(0, -2);
  const spread = (x: TfTensor) => {
    const own = new Array<number>(shape.length - x.shape.length).fill(1).concat(x.shape);
    return tf.broadcastTo(tf.reshape(x, own), [...batch, ...x.shape.slice(-2)]);
  };
  return batch.length === 0
    ? tf.matMul(a, b, transposeLeft, transposeRight)
    : tf.matMul(spread(a), spread(b), transposeLeft, transposeRight);
}

/** Images [N, C, H, W] and kernels [out, in, k, k], through the layout that all backends know. */
function convolve(
  tf: Tf,
  x: TfTensor,
  w: TfTensor,
  stride: number,
  top: number,
  bottom: number,
  left: number,
  right: number,
): TfTensor {
  const image = tf.pad(tf.transpose(x, [0, 2, 3, 1]), [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ]);
  return tf.transpose(tf.conv2d(image, tf.transpose(w, [2, 3, 1, 0]), stride, 'valid'), [0, 3, 1, 2]);
}

/** Zeros between the elements, then convolution with turned kernels. */
function convolutionInput(
  tf: Tf,
  { attributes }: Node<'convolutionInput'>,
  y: TfTensor,
  w: TfTensor,
): TfTensor {
  const { stride, pad, shape } = attributes;
  const size = w.shape[2]!;
  const turned = tf.transpose(tf.reverse(w, [2, 3]), [1, 0, 2, 3]);
  const [count, channels, height, width] = y.shape as [number, number, number, number];
  const apart = tf.reshape(
    tf.pad(tf.reshape(y, [count, channels, height, 1, width, 1]), [
      [0, 0],
      [0, 0],
      [0, 0],
      [0, stride - 1],
      [0, 0],
      [0, stride - 1],
    ]),
    [count, channels, height * stride, width * stride],
  );
  const before = size - 1 - pad;
  const after = (axis: number, length: number) => shape[axis]! + size - 1 - length * stride - before;
  return convolve(
    tf,
    crop(tf, apart, after(2, height), after(3, width)),
    turned,
    1,
    before,
    Math.max(0, after(2, height)),
    before,
    Math.max(0, after(3, width)),
  );
}

/** Where the end wants less than nothing, elements (zeros between) are cut off. */
function crop(tf: Tf, x: TfTensor, bottom: number, right: number): TfTensor {
  const [count, channels, height, width] = x.shape as [number, number, number, number];
  const size = [count, channels, height + Math.min(0, bottom), width + Math.min(0, right)];
  return tf.slice(x, [0, 0, 0, 0], size);
}

/** One matrix product a tap. */
function convolutionWeights(
  tf: Tf,
  { attributes }: Node<'convolutionWeights'>,
  x: TfTensor,
  y: TfTensor,
): TfTensor {
  const { stride, pad, shape } = attributes;
  const [outputs, channels, size] = shape as [number, number, number, number];
  const [count, , height, width] = y.shape as [number, number, number, number];
  const area = count * height * width;
  const gradient = tf.reshape(tf.transpose(y, [1, 0, 2, 3]), [outputs, area]);
  const padded = tf.pad(x, [
    [0, 0],
    [0, 0],
    [pad, pad],
    [pad, pad],
  ]);
  const taps: TfTensor[] = [];
  for (let tap = 0; tap < size * size; tap++) {
    const [i, j] = [Math.floor(tap / size), tap % size];
    const end = [count, channels, i + (height - 1) * stride + 1, j + (width - 1) * stride + 1];
    const part = tf.stridedSlice(padded, [0, 0, i, j], end, [1, 1, stride, stride]);
    const flat = tf.reshape(tf.transpose(part, [1, 0, 2, 3]), [channels, area]);
    taps.push(tf.reshape(tf.matMul(gradient, flat, false, true), [outputs, channels, 1]));
  }
  return tf.reshape(tf.concat(taps, 2), [...shape]);
}

/** Products with the resampling's matrices, on both sides of every plane. */
function resample(tf: Tf, { attributes, inputs, shape }: Node<'resample'>, x: TfTensor): TfTensor {
  const [count, channels, height, width] = inputs[0]!.shape as [number, number, number, number];
  const [, , newHeight, newWidth] = shape as [number, number, number, number];
  const matrix = (length: number, rows: number) =>
    tf.tensor(Float32Array.from(resamplingMatrix(length, attributes)), [rows, length]);
  const rows = tf.matMul(
    tf.reshape(x, [count * channels * height, width]),
    matrix(width, newWidth),
    false,
    true,
  );
  const columns = tf.transpose(tf.reshape(rows, [count * channels, height, newWidth]), [0, 2, 1]);
  const flat = tf.reshape(columns, [count * channels * newWidth, height]);
  const both = tf.reshape(tf.matMul(flat, matrix(height, newHeight), false, true), [
    count * channels,
    newWidth,
    newHeight,
  ]);
  return tf.reshape(tf.transpose(both, [0, 2, 1]), [...shape]);
}
