/** Filters of images in blocks of channels, and what is cheaper made of a filter than of its result. */
import type { Resampling } from '../../graph/index.ts';
import { emitBlocked, paddedBlocks, reordered } from './blocked.ts';
import type { Emitter } from './emitter.ts';

type Filter = Pick<Resampling, 'taps' | 'down' | 'before' | 'after'>;

/** A filter that was emitted: its images in blocks (`padded`: with a row and a column of zeros behind) and what it is. */
interface EmittedFilter {
  blocks: string;
  isPadded: boolean;
  channels: number;
  filter: Filter;
  block: number;
}

/** By the names of their results. */
const emittedFilters = new WeakMap<Emitter, Map<string, EmittedFilter>>();

/** Every plane of [N, channels, H, W] on its own, with the same taps along both axes, zeros around, and every `down`-th sample kept. */
export function emitBlockedFilter(
  emitter: Emitter,
  x: string,
  channels: number,
  filter: Filter,
  block: number,
): string {
  // What is padded by a row already needs one less.
  const padded = filter.after > 0 ? paddedBlocks(emitter, x) : undefined;
  const blocks = padded ?? reordered(emitter, x);
  const emitted = { blocks, isPadded: padded !== undefined, channels, filter, block };
  const results = emitFilter(emitter, emitted, filter.down, [0, 0]);
  const known = emittedFilters.get(emitter) ?? new Map<string, EmittedFilter>();
  emittedFilters.set(emitter, known.set(results, emitted));
  return results;
}

/**
 * The four phases of images that came out of a filter which keeps the rate, each by the filter itself at half of it: no
 * more multiplications than for the images, and nothing to part. Undefined for other images.
 */
export function emitFilteredPhases(emitter: Emitter, x: string): string[] | undefined {
  const emitted = emittedFilters.get(emitter)?.get(x);
  if (emitted?.filter.down !== 1 || emitted.filter.before < 1) return undefined;
  const beginnings = [0, 1].flatMap((row) => [0, 1].map((column) => [row, column] as const));
  return beginnings.map((begin) => emitFilter(emitter, emitted, 2, begin));
}

/** Samples from `begin` (row, column) on; as many of each phase, for which the last ones are looked for beyond the end. */
function emitFilter(
  emitter: Emitter,
  { blocks, isPadded, channels, filter: { taps, before, after }, block }: EmittedFilter,
  down: number,
  [row, column]: readonly [number, number],
): string {
  const size = taps.length;
  const kernels = emitter.constant(`blocked:${channels}:${taps.join(',')}`, () => {
    const plane = taps.flatMap((a) => taps.map((b) => a * b));
    const data = Float32Array.from({ length: channels * size * size }, (_, i) => {
      return plane[Math.floor(i / block) % plane.length]!;
    });
    return { dimensions: [channels, 1, size, size], data };
  });
  const behind = after - Number(isPadded);
  return emitBlocked(emitter, [blocks, kernels], channels, {
    strides: { ints: [down, down] },
    pads: { ints: [before - row, before - column, behind + row, behind + column] },
    kernel_shape: { ints: [size, size] },
    group: { int: channels },
  });
}
