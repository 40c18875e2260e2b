/**
 * The gradient of convolution kernels as ONNX operators, which have none for it: matrix products over shifted copies of
 * images and of the results' gradients, which run near the machine's GEMM speed.
 */
import type { Node } from '../../graph/index.ts';
import type { Emitter, Images } from './emitter.ts';
import { emitPhases } from './phases.ts';

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
  const copies = (name: string, channelsOf: number, shifts: number[]) =>
    shiftedCopies(
      emitter,
      shifts.map((shift) => ({ name, shift })),
      [channelsOf, length, total],
    );
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

/** `source` [rows, length] once for each number of zeros in front, [rows * copies, total], filled up with zeros behind. */
function shiftedCopies(
  emitter: Emitter,
  sources: readonly { name: string; shift: number }[],
  [rows, length, total]: readonly [number, number, number],
): string {
  const zeros = (size: number) => (size > 0 ? [emitter.filled(0, [rows, size])] : []);
  const parts = sources.flatMap(({ name, shift }) => [
    ...zeros(shift),
    name,
    ...zeros(total - length - shift),
  ]);
  return emitter.reshape(emitter.concat(parts, 1), [rows * sources.length, total]);
}

/**
 * 3x3, stride 2, no padding, odd images: the image is split into its four phases, and every tap is a product of one of
 * them and the gradient, shifted against each other by whole elements: by rows the gradient, by columns the phases, both
 * to the right and so by zeros in front. Behind each image the gradient has a row and a column of zeros; what the
 * phases have there is of no account.
 */
function byPhases(emitter: Emitter, x: string, y: string, images: Images, results: Images): string {
  const [count, channels, height, width] = images;
  const outputs = results[1];
  const [rows, columns] = [(height + 1) / 2, (width + 1) / 2];
  const length = count * rows * columns;
  const total = length + columns + 1;
  const padded = emitter.pad(y, [0, 0, 0, 0, 0, 0, 1, 1]);
  const gradient = channelsFirst(emitter, padded, [outputs, length]);
  const phases = emitPhases(emitter, x, images).map((phase) =>
    channelsFirst(emitter, phase, [channels, length]),
  );
  const gradientAt = (shift: number) =>
    shiftedCopies(emitter, [{ name: gradient, shift }], [outputs, length, total]);
  const taps = (even: string, odd: string) => {
    const copies = [
      { name: even, shift: 1 },
      { name: odd, shift: 1 },
      { name: even, shift: 0 },
    ];
    return shiftedCopies(emitter, copies, [channels, length, total]);
  };
  const [evenRows, oddRows] = [taps(phases[0]!, phases[1]!), taps(phases[2]!, phases[3]!)];
  const [here, below] = [gradientAt(1), gradientAt(1 + columns)];
  const products = [
    [here, evenRows],
    [here, oddRows],
    [below, evenRows],
  ].map((factors) => {
    const product = emitter.node('Gemm', factors, { transB: { int: 1 } });
    return emitter.reshape(product, [outputs * channels, 3]);
  });
  return emitter.reshape(emitter.concat(products, 1), [outputs, channels, 3, 3]);
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
