/**
 * The adjoint of a 3x3 convolution of stride 2, in blocks of channels. Every second row and column of the result is made
 * by its own few taps, so that four small convolutions at the lower resolution give it all; the runtime's ConvTranspose
 * multiplies as often, but more slowly, and adds up what it spreads out before.
 */
import type { Shape } from '../../graph/index.ts';
import { LEAST_BLOCKED_SIDE, NCHWC_DOMAIN, reordered, withoutPadding } from './blocked.ts';
import type { Emitter } from './emitter.ts';

/**
 * Of an axis of three taps: row 2h of the result is tap 2 of row h - 1 and tap 0 of row h, row 2h + 1 is tap 1 of row h.
 * Zeros around make both phases one longer than the images; of the odd one the last row is zero.
 */
const AXIS_PHASES = [
  { taps: [2, 0], before: 1 },
  { taps: [1], before: 0 },
];

const PHASES = AXIS_PHASES.flatMap((rows) =>
  AXIS_PHASES.map((columns) => ({
    taps: rows.taps.flatMap((i) => columns.taps.map((j) => 3 * i + j)),
    size: [rows.taps.length, columns.taps.length] as const,
    pads: [rows.before, columns.before, 1, 1],
  })),
);

/** `kernels`: [out, in, 3, 3] of the convolution of which this is the adjoint; `images`: what it gets, [N, out, h, w]. */
export function isWorthRaising(kernels: Shape, images: Shape, block: number): boolean {
  const [inputs, outputs, size] = kernels as [number, number, number];
  return size === 3 && inputs % block === 0 && outputs % block === 0 && images[2]! >= LEAST_BLOCKED_SIDE;
}

/** Images [N, out, h, w] -> [N, in, 2 h + 1, 2 w + 1]. */
export function emitRaise(
  emitter: Emitter,
  y: string,
  kernels: string,
  kernelShape: Shape,
  imageShape: Shape,
  block: number,
): string {
  const [, channels] = kernelShape as [number, number];
  const [count, , height, width] = imageShape as [number, number, number, number];
  const blocks = reordered(emitter, y);
  const ofPhases = phaseKernels(emitter, kernels, kernelShape, block);
  const phases = PHASES.map(({ size, pads }, phase) =>
    emitter.node(
      'Conv',
      [blocks, ofPhases[phase]!],
      { pads: { ints: pads }, kernel_shape: { ints: [...size] } },
      NCHWC_DOMAIN,
    ),
  );
  const groups = count * (channels / block);
  const side = (emitted: string) => emitter.reshape(emitted, [groups, (height + 1) * (width + 1) * block]);
  const together = emitter.reshape(emitter.concat(phases.map(side), 1), [
    groups,
    4 * (height + 1) * (width + 1),
    block,
  ]);
  // Whole blocks are looked up, which is faster than to interleave them by shape.
  const order = interleaving(emitter, height + 1, width + 1);
  const even = [count, channels, 2 * (height + 1), 2 * (width + 1)];
  const whole = emitter.reshape(emitter.node('Gather', [together, order], { axis: { int: 1 } }), even);
  return withoutPadding(emitter, whole, [count, channels, 2 * height + 1, 2 * width + 1]);
}

/** Where each pixel of [2 rows, 2 columns] lies in the four phases [4, rows, columns]. */
function interleaving(emitter: Emitter, rows: number, columns: number): string {
  return emitter.constant(`interleaving:${rows}x${columns}`, () => {
    const data = BigInt64Array.from({ length: 4 * rows * columns }, (_, pixel) => {
      const [row, column] = [Math.floor(pixel / (2 * columns)), pixel % (2 * columns)];
      const phase = 2 * (row % 2) + (column % 2);
      return BigInt((phase * rows + (row >> 1)) * columns + (column >> 1));
    });
    return { dimensions: [data.length], data };
  });
}

/** For each phase [in, out, rows, columns] as `blockedKernels` lays them out. */
function phaseKernels(emitter: Emitter, kernels: string, shape: Shape, block: number): string[] {
  const [inputs, outputs] = shape as [number, number];
  const order = emitter.constant('taps:phases', () => {
    const data = new Float32Array(81);
    for (const [to, from] of PHASES.flatMap(({ taps }) => taps).entries()) data[to * 9 + from] = 1;
    return { dimensions: [9, 9], data };
  });
  const byTap = emitter.transpose(emitter.reshape(kernels, [inputs, outputs, 9]), [0, 2, 1]);
  const lengths = PHASES.map(({ taps }) => taps.length);
  const parts = emitter.split(emitter.node('MatMul', [order, byTap]), 1, lengths, PHASES.length);
  return PHASES.map(({ size: [rows, columns] }, phase) => {
    const split = [inputs / block, block, rows * columns, outputs / block, block];
    const moved = emitter.transpose(emitter.reshape(parts[phase]!, split), [3, 0, 2, 1, 4]);
    return emitter.reshape(moved, [outputs, inputs, rows, columns]);
  });
}
