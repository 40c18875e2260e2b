/**
 * Up- and downsampling with a filter (the "upfirdn" of StyleGAN2): zero insertion, padding, correlation with taps,
 * decimation, alike along both image axes. Its adjoint is an operation of the same kind, so it is closed under
 * differentiation.
 */
import type { Node, Resampling } from '../node.ts';
import { elementCount, formatShape } from '../shape.ts';
import type { OpRow } from './row.ts';

export const resample: OpRow<'resample'> = {
  meaning: 'zero insertion, padding, filter taps, decimation along both image axes',
  shape: ([x], attributes) => {
    if (x!.length !== 4) return `${formatShape(x!)} is not a batch of images`;
    const size = [x![2]!, x![3]!].map((length) => resampledLength(length, attributes));
    return size.every((length) => length > 0)
      ? [x![0]!, x![1]!, ...size]
      : `nothing is left of ${formatShape(x!)}`;
  },
  gradient: (graph, node, upstream) => {
    const [, , height, width] = node.inputs[0]!.shape as [number, number, number, number];
    // One adjoint serves both axes only where both were cut alike, which holds for square images.
    if (height !== width)
      throw new Error(`gradient of resample wants square images, not ${formatShape(node.inputs[0]!.shape)}`);
    return [graph.resample(upstream, adjoint(node.attributes, height, node.shape[2]!))];
  },
  evaluate: ([x], node) => evaluateResample(x!, node),
};

export function resampledLength(length: number, { taps, up, down, before, after }: Resampling): number {
  return Math.floor((length * up + before + after - taps.length) / down) + 1;
}

/** The resampling that is the transpose of `forward` as a matrix from `length` to `resultLength` samples. */
function adjoint({ taps, up, down, before }: Resampling, length: number, resultLength: number): Resampling {
  const newBefore = taps.length - 1 - before;
  return {
    taps: [...taps].reverse(),
    up: down,
    down: up,
    before: newBefore,
    after: (length - 1) * up + taps.length - newBefore - resultLength * down,
  };
}

/** The resampling along one axis as a matrix, row-major [result length, length]. */
export function resamplingMatrix(length: number, resampling: Resampling): Float64Array {
  const { taps, up, down, before } = resampling;
  const rows = resampledLength(length, resampling);
  const matrix = new Float64Array(rows * length);
  for (let row = 0; row < rows; row++) {
    for (let tap = 0; tap < taps.length; tap++) {
      const position = row * down + tap - before;
      if (position % up !== 0) continue;
      const column = position / up;
      if (column >= 0 && column < length) matrix[row * length + column]! += taps[tap]!;
    }
  }
  return matrix;
}

function evaluateResample(x: Float64Array, node: Node<'resample'>): Float64Array {
  const [, , height, width] = node.inputs[0]!.shape as [number, number, number, number];
  const [, , newHeight, newWidth] = node.shape as [number, number, number, number];
  const vertical = resamplingMatrix(height, node.attributes);
  const horizontal = resamplingMatrix(width, node.attributes);
  const result = new Float64Array(elementCount(node.shape));
  const half = new Float64Array(height * newWidth);
  for (let plane = 0; plane * height * width < x.length; plane++) {
    half.fill(0);
    for (let row = 0; row < height; row++) {
      for (let i = 0; i < newWidth; i++) {
        for (let j = 0; j < width; j++) {
          half[row * newWidth + i]! += horizontal[i * width + j]! * x[(plane * height + row) * width + j]!;
        }
      }
    }
    for (let i = 0; i < newHeight; i++) {
      for (let column = 0; column < newWidth; column++) {
        let total = 0;
        for (let j = 0; j < height; j++) total += vertical[i * height + j]! * half[j * newWidth + column]!;
        result[(plane * newHeight + i) * newWidth + column] = total;
      }
    }
  }
  return result;
}
