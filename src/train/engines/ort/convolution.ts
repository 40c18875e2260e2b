/**
 * Convolution and its two adjoints as ONNX operators. ONNX has no gradient operators, so the gradient of the kernels is
 * written as one matrix product over shifted copies, which runs near the machine's GEMM speed.
 */
import type { Node, Shape } from '../../graph/index.ts';
import { blockedKernels, emitBlockedConvolution, isWorthBlocking } from './blocked.ts';
import { emitRaise, isWorthRaising } from './blocked-raise.ts';
import type { Emitter } from './emitter.ts';

type Images = [count: number, channels: number, height: number, width: number];

/** `inputs`: images, kernels and perhaps the bias [out]. `slope`: of the leaky ReLU behind it, where there is one. */
export function emitConvolution(
  emitter: Emitter,
  node: Node<'convolution'>,
  inputs: readonly string[],
  slope?: number,
): string {
  const { stride, pad } = node.attributes;
  const kernels = node.inputs[1]!.shape as Images;
  const geometry = { kernels, results: node.shape, stride, pad };
  if (emitter.channelBlock !== undefined && isWorthBlocking(geometry, emitter.channelBlock)) {
    const [x, w, ...bias] = inputs as [string, string, ...string[]];
    const blocks = blockedKernels(emitter, w, kernels, emitter.channelBlock);
    return emitBlockedConvolution(emitter, [x, blocks, ...bias], geometry, slope);
  }
  const sum = emitConv(emitter, inputs, kernels, stride, pad);
  return slope === undefined ? sum : emitter.node('LeakyRelu', [sum], { alpha: { float: slope } });
}

/** `kernels`: [out, in, k, k]. */
function emitConv(
  emitter: Emitter,
  [x, w, ...bias]: readonly string[],
  kernels: Images,
  stride: number,
  pad: number,
): string {
  const [, channels, size] = kernels;
  const missing = size > 1 ? channelsMissing(emitter, channels) : 0;
  const filled = (name: string) => emitter.pad(name, [0, 0, 0, 0, 0, missing, 0, 0]);
  return emitter.node('Conv', [filled(x!), filled(w!), ...bias], {
    strides: { ints: [stride, stride] },
    pads: { ints: [pad, pad, pad, pad] },
    kernel_shape: { ints: [size, size] },
  });
}

/** Channels of zeros to add, where a provider computes other numbers of channels wrongly. */
function channelsMissing({ channelMultiple }: Emitter, channels: number): number {
  return channels < channelMultiple ? 0 : (channelMultiple - (channels % channelMultiple)) % channelMultiple;
}

/** With stride 1 it is a convolution with turned kernels (faster than ConvTranspose), with stride 2 four of them where there are blocks. */
export function emitConvolutionInput(
  emitter: Emitter,
  node: Node<'convolutionInput'>,
  [y, w]: readonly string[],
): string {
  const { stride, pad, shape } = node.attributes;
  const [, , height, width] = node.inputs[0]!.shape as Images;
  const size = node.inputs[1]!.shape[2]!;
  const { channelBlock } = emitter;
  if (stride === 1) {
    const [inputs, outputs] = node.inputs[1]!.shape as Images;
    const kernels: Images = [outputs, inputs, size, size];
    const geometry = { kernels, results: node.shape, stride, pad: size - 1 - pad };
    if (channelBlock !== undefined && isWorthBlocking(geometry, channelBlock)) {
      const blocks = blockedKernels(emitter, w!, kernels, channelBlock, true);
      return emitBlockedConvolution(emitter, [y!, blocks], geometry);
    }
    const turned = turnKernels(emitter, w!, node.inputs[1]!.shape as Images);
    const adjoint = emitter.transpose(turned, [1, 0, 2, 3]);
    return emitConv(emitter, [y!, adjoint], kernels, 1, geometry.pad);
  }
  const [images, kernelShape] = node.inputs.map((input) => input.shape) as [Shape, Shape];
  const isOdd = stride === 2 && pad === 0 && shape[2] === 2 * height + 1 && shape[3] === 2 * width + 1;
  if (channelBlock !== undefined && isOdd && isWorthRaising(kernelShape, images, channelBlock))
    return emitRaise(emitter, y!, w!, kernelShape, images, channelBlock);
  const missing = (length: number, axis: number) => shape[axis]! - ((length - 1) * stride - 2 * pad + size);
  return emitter.node('ConvTranspose', [y!, w!], {
    strides: { ints: [stride, stride] },
    pads: { ints: [pad, pad, pad, pad] },
    kernel_shape: { ints: [size, size] },
    output_padding: { ints: [missing(height, 2), missing(width, 3)] },
  });
}

/** Kernels [a, b, k, k] turned by 180 degrees: a product with a permutation, which beats strided copies of short rows. */
function turnKernels(emitter: Emitter, kernels: string, shape: Images): string {
  const [a, b, size] = shape;
  if (size === 1) return kernels;
  const taps = size * size;
  const turn = emitter.constant(`turn:${size}`, () => {
    const data = new Float32Array(taps * taps);
    for (let tap = 0; tap < taps; tap++) data[tap * taps + taps - 1 - tap] = 1;
    return { dimensions: [taps, taps], data };
  });
  const turned = emitter.node('Gemm', [emitter.reshape(kernels, [a * b, taps]), turn]);
  return emitter.reshape(turned, shape);
}

export function emitConvolutionWeights(
  emitter: Emitter,
  node: Node<'convolutionWeights'>,
  [x, y]: readonly string[],
): string {
  const { stride, pad, shape } = node.attributes;
  const size = shape[2]!;
  const images = node.inputs[0]!.shape as Images;
  const results = node.inputs[1]!.shape as Images;
  if (size === 1 && stride === 1 && pad === 0) return pointwise(emitter, x!, y!, images, results);
  if (size === 3 && stride === 1 && pad === 1) return byShiftedRows(emitter, x!, y!, images, results);
  if (size === 3 && stride === 2 && pad === 0 && images[2] % 2 === 1 && images[3] % 2 === 1) {
    return byPhases(emitter, x!, y!, images, results);
  }
  return byTaps(emitter, x!, y!, node);
}

function pointwise(emitter: Emitter, x: string, y: string, images: Images, results: Images): string {
  const [count, channels, height, width] = images;
  const area = count * height * width;
  const product = emitter.node(
    'Gemm',
    [channelsFirst(emitter, y, [results[1], area]), channelsFirst(emitter, x, [channels, area])],
    {
      transB: { int: 1 },
    },
  );
  return emitter.reshape(product, [results[1], channels, 1, 1]);
}

/**
 * 3x3, stride 1, pad 1. Images and gradients are laid out as [C, N * rows * columns] with one row and one column of zeros
 * behind each image, which serve as what is above and left of the next one, too. Tap (i, j) is then a product of the
 * gradient and the image, shifted against each other by i - 1 rows and j - 1 columns. Three gradients are shifted by rows
 * and three images by columns, all to the right and so by zeros in front, and one GEMM gives all nine taps.
 */
function byShiftedRows(emitter: Emitter, x: string, y: string, images: Images, results: Images): string {
  const [count, channels, height, width] = images;
  const outputs = results[1];
  const rowLength = width + 1;
  const length = count * (height + 1) * rowLength;
  const padded = (name: string, rows: number) =>
    channelsFirst(emitter, emitter.pad(name, [0, 0, 0, 0, 0, 0, 1, 1]), [rows, length]);
  const total = length + 2 * rowLength;
  const copies = (source: string, rows: number, shifts: number[]) => {
    const zeros = (size: number) => (size > 0 ? [emitter.filled(0, [rows, size])] : []);
    const parts = shifts.flatMap((shift) => [...zeros(shift), source, ...zeros(total - length - shift)]);
    return emitter.reshape(emitter.concat(parts, 1), [rows * shifts.length, total]);
  };
  const byRow = copies(
    padded(y, outputs),
    outputs,
    [0, 1, 2].map((i) => i * rowLength),
  );
  const byColumn = copies(
    padded(x, channels),
    channels,
    [0, 1, 2].map((j) => rowLength + 1 - j),
  );
  const product = emitter.node('Gemm', [byRow, byColumn], { transB: { int: 1 } });
  const taps = emitter.transpose(emitter.reshape(product, [outputs, 3, channels, 3]), [0, 2, 1, 3]);
  return emitter.reshape(taps, [outputs, channels, 3, 3]);
}

/**
 * 3x3, stride 2, no padding, odd images: the image is split into its four phases once, and every tap is a phase shifted
 * by whole elements; strided slices of the image would read it nine times.
 */
function byPhases(emitter: Emitter, x: string, y: string, images: Images, results: Images): string {
  const [count, channels, height, width] = images;
  const outputs = results[1];
  const [rows, columns] = [(height + 1) / 2, (width + 1) / 2];
  const length = count * rows * columns;
  const padded = emitter.pad(emitPhases(emitter, x, images), [0, 0, 0, 0, 0, columns + 1]);
  const taps: string[] = [];
  for (let tap = 0; tap < 9; tap++) {
    const [i, j] = [Math.floor(tap / 3), tap % 3];
    const phase = emitter.slice(padded, 0, (i % 2) * 2 + (j % 2), (i % 2) * 2 + (j % 2) + 1);
    const shift = (i >> 1) * columns + (j >> 1);
    taps.push(emitter.reshape(emitter.slice(phase, 2, shift, shift + length), [channels, length]));
  }
  const gradient = channelsFirst(emitter, emitter.pad(y, [0, 0, 0, 0, 0, 0, 1, 1]), [outputs, length]);
  const product = emitter.node('Gemm', [gradient, emitter.node('Concat', taps, { axis: { int: 0 } })], {
    transB: { int: 1 },
  });
  const ordered = emitter.transpose(emitter.reshape(product, [outputs, 9, channels]), [0, 2, 1]);
  return emitter.reshape(ordered, [outputs, channels, 3, 3]);
}

/** Up to this width, even and odd columns are parted by a product with a permutation, which beats a strided copy. */
const PERMUTATION_LIMIT = 160;

/** Odd images [N, C, H, W] -> [4, C, N * rows * columns]: the phases (even, even), (even, odd), ..., zero padded. */
function emitPhases(emitter: Emitter, x: string, [count, channels, height, width]: Images): string {
  const [rows, columns] = [(height + 1) / 2, (width + 1) / 2];
  const length = count * rows * columns;
  if (width > PERMUTATION_LIMIT) {
    const even = emitter.pad(x, [0, 0, 0, 0, 0, 0, 1, 1]);
    const split = emitter.reshape(even, [count, channels, rows, 2, columns, 2]);
    return emitter.reshape(emitter.transpose(split, [3, 5, 1, 0, 2, 4]), [4, channels, length]);
  }
  const permutation = emitter.constant(`even-odd:${width}`, () => {
    const data = new Float32Array(width * 2 * columns);
    for (let i = 0; i < width; i++) data[i * 2 * columns + (i % 2) * columns + (i >> 1)] = 1;
    return { dimensions: [width, 2 * columns], data };
  });
  const parted = emitter.node('MatMul', [
    emitter.reshape(x, [count * channels * height, width]),
    permutation,
  ]);
  const planes = emitter.pad(emitter.reshape(parted, [count, channels, height * 2 * columns]), [
    0,
    0,
    0,
    0,
    0,
    2 * columns,
  ]);
  const split = emitter.reshape(planes, [count, channels, rows, 2, 2, columns]);
  return emitter.reshape(emitter.transpose(split, [3, 4, 1, 0, 2, 5]), [4, channels, length]);
}

/** Any geometry: one matrix product a tap. */
function byTaps(emitter: Emitter, x: string, y: string, node: Node<'convolutionWeights'>): string {
  const { stride, pad, shape } = node.attributes;
  const [outputs, channels, size] = shape as Images;
  const [count, , height, width] = node.inputs[1]!.shape as Images;
  const area = count * height * width;
  const gradient = channelsFirst(emitter, y, [outputs, area]);
  const padded = emitter.pad(x, [0, 0, pad, pad, 0, 0, pad, pad]);
  const taps: string[] = [];
  for (let tap = 0; tap < size * size; tap++) {
    const [i, j] = [Math.floor(tap / size), tap % size];
    const rows = emitter.slice(padded, 2, i, i + (height - 1) * stride + 1, stride);
    const part = emitter.slice(rows, 3, j, j + (width - 1) * stride + 1, stride);
    const product = emitter.node('Gemm', [gradient, channelsFirst(emitter, part, [channels, area])], {
      transB: { int: 1 },
    });
    taps.push(emitter.reshape(product, [outputs, channels, 1]));
  }
  return emitter.reshape(emitter.node('Concat', taps, { axis: { int: 2 } }), shape);
}

/** [N, C, H, W] -> [C, N * H * W] */
function channelsFirst(emitter: Emitter, images: string, shape: readonly number[]): string {
  return emitter.reshape(emitter.transpose(images, [1, 0, 2, 3]), shape);
}
