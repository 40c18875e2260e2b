/**
 * Resampling as ONNX operators: where the runtime has blocked convolutions, one of them for each filter that keeps the
 * rate; else two products with constant matrices for small images, filter operators for large ones.
 */
import { type Node, type Resampling, resamplingMatrix } from '../../graph/index.ts';
import { isReordered, LEAST_BLOCKED_SIDE } from './blocked.ts';
import { emitBlockedFilter } from './blocked-filter.ts';
import type { Emitter } from './emitter.ts';
import type { OnnxTensor } from './onnx-writer.ts';

/** Up to this side a dense product is faster than a filter of one channel, whose memory traffic does not pay. */
const MATRIX_LIMIT = 160;

export function emitResample(emitter: Emitter, node: Node<'resample'>, [x]: readonly string[]): string {
  const block = emitter.channelBlock;
  if (block !== undefined && isBlockable(emitter, node, x!, block))
    return emitBlockedFilter(emitter, x!, node.shape[1]!, node.attributes, block);
  const longest = Math.max(...node.inputs[0]!.shape.slice(2), ...node.shape.slice(2));
  return longest <= MATRIX_LIMIT ? byMatrices(emitter, node, x!) : byFilter(emitter, node, x!);
}

/**
 * Where filters drop or insert samples, two products with matrices leave out what is dropped or zero, which takes less
 * time than to reorder the image; once it is reordered, a filter that drops is cheaper.
 */
function isBlockable(emitter: Emitter, node: Node<'resample'>, x: string, block: number): boolean {
  const { up, down, before, after } = node.attributes;
  const isCheap = down === 1 || isReordered(emitter, x);
  const [, channels, height] = node.shape as [number, number, number];
  return (
    up === 1 && isCheap && before >= 0 && after >= 0 && channels % block === 0 && height >= LEAST_BLOCKED_SIDE
  );
}

function byMatrices(emitter: Emitter, node: Node<'resample'>, x: string): string {
  const [count, channels, height, width] = node.inputs[0]!.shape as [number, number, number, number];
  const [, , newHeight, newWidth] = node.shape as [number, number, number, number];
  const vertical = matrixConstant(emitter, height, newHeight, node.attributes, false);
  const horizontal = matrixConstant(emitter, width, newWidth, node.attributes, true);
  const rows = emitter.node('MatMul', [emitter.reshape(x, [count * channels * height, width]), horizontal]);
  const planes = emitter.reshape(rows, [count * channels, height, newWidth]);
  return emitter.reshape(emitter.node('MatMul', [vertical, planes]), node.shape);
}

function matrixConstant(
  emitter: Emitter,
  length: number,
  rows: number,
  resampling: Resampling,
  transposed: boolean,
): string {
  return emitter.constant(`resample:${length}:${transposed}:${JSON.stringify(resampling)}`, () => {
    const matrix = Float32Array.from(resamplingMatrix(length, resampling));
    if (!transposed) return { dimensions: [rows, length], data: matrix };
    const turned = matrix.map((_, i) => matrix[(i % rows) * length + Math.floor(i / rows)]!);
    return { dimensions: [length, rows], data: turned };
  });
}

/** Each plane on its own: decimation is a strided Conv, zero insertion a strided ConvTranspose. */
function byFilter(emitter: Emitter, node: Node<'resample'>, x: string): string {
  const { taps, up, down, before } = node.attributes;
  const [count, channels, height, width] = node.inputs[0]!.shape as [number, number, number, number];
  const planes = emitter.reshape(x, [count * channels, 1, height, width]);
  if (up === 1) return emitter.reshape(decimate(emitter, planes, node), node.shape);
  if (down !== 1) throw new Error(`resample by ${up}/${down} of large images is not offered`);
  // Full transposed convolution: position p of it is position p - (taps - 1) of the padded, zero-inserted signal.
  const full = emitter.node('ConvTranspose', [planes, filterConstant(emitter, [...taps].reverse())], {
    strides: { ints: [up, up] },
    kernel_shape: { ints: [taps.length, taps.length] },
  });
  const begin = taps.length - 1 - before;
  const fullSize = [height, width].map((length) => (length - 1) * up + taps.length);
  const cut = cutOrPad(emitter, full, begin, fullSize, node.shape.slice(2));
  return emitter.reshape(cut, node.shape);
}

function decimate(emitter: Emitter, planes: string, node: Node<'resample'>): string {
  const { taps, down, before, after } = node.attributes;
  const pad = [before, after].map((size) => Math.max(0, size));
  const [, , height, width] = node.inputs[0]!.shape as [number, number, number, number];
  const cropped = cutOrPad(
    emitter,
    planes,
    Math.max(0, -before),
    [height, width],
    [height, width].map((length) => length + Math.min(0, before) + Math.min(0, after)),
  );
  return emitter.node('Conv', [cropped, filterConstant(emitter, taps)], {
    strides: { ints: [down, down] },
    pads: { ints: [pad[0]!, pad[0]!, pad[1]!, pad[1]!] },
    kernel_shape: { ints: [taps.length, taps.length] },
  });
}

/** Cuts or zero-pads both image axes so that they hold `wanted` elements from `begin` on. */
function cutOrPad(
  emitter: Emitter,
  planes: string,
  begin: number,
  size: readonly number[],
  wanted: readonly number[],
): string {
  let result = planes;
  const before = Math.max(0, -begin);
  const after = wanted.map((length, i) => Math.max(0, begin + length - size[i]!));
  result = emitter.pad(result, [0, 0, before, before, 0, 0, after[0]!, after[1]!]);
  wanted.forEach((length, i) => {
    const from = begin + before;
    if (from > 0 || length < size[i]! + before + after[i]!)
      result = emitter.slice(result, i + 2, from, from + length);
  });
  return result;
}

function filterConstant(emitter: Emitter, taps: readonly number[]): string {
  return emitter.constant(`filter:${taps.join(',')}`, (): OnnxTensor => {
    const data = Float32Array.from(taps.flatMap((a) => taps.map((b) => a * b)));
    return { dimensions: [1, 1, taps.length, taps.length], data };
  });
}
