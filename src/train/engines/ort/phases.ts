/** The four phases of images: every second row and column, beginning with the first or the second. */
import { emitFilteredPhases } from './blocked-filter.ts';
import type { Emitter, Images } from './emitter.ts';

/** Up to this width, even and odd columns are parted by a product with a permutation, which beats a strided copy. */
const PERMUTATION_LIMIT = 160;

/**
 * Odd images [N, C, H, W] -> four times [N, C, (H + 1) / 2, (W + 1) / 2]: (even, even), (even, odd), (odd, even),
 * (odd, odd). An odd phase ends with a row or column that is not of the images, of any numbers.
 */
export function emitPhases(emitter: Emitter, x: string, [count, channels, height, width]: Images): string[] {
  const filtered = emitFilteredPhases(emitter, x);
  if (filtered) return filtered;
  const [rows, columns] = [(height + 1) / 2, (width + 1) / 2];
  const length = count * channels * rows * columns;
  const parts = (phases: string) =>
    emitter
      .split(phases, 0, [1, 1, 1, 1], 4)
      .map((part) => emitter.reshape(part, [count, channels, rows, columns]));
  if (width > PERMUTATION_LIMIT) {
    const even = emitter.pad(x, [0, 0, 0, 0, 0, 0, 1, 1]);
    const split = emitter.reshape(even, [count, channels, rows, 2, columns, 2]);
    return parts(emitter.reshape(emitter.transpose(split, [3, 5, 0, 1, 2, 4]), [4, length]));
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
  const lines = emitter.reshape(parted, [count, channels, height * 2 * columns]);
  const planes = emitter.pad(lines, [0, 0, 0, 0, 0, 2 * columns]);
  const split = emitter.reshape(planes, [count, channels, rows, 2, 2, columns]);
  return parts(emitter.reshape(emitter.transpose(split, [3, 4, 0, 1, 2, 5]), [4, length]));
}
