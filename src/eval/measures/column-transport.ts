/**
 * Wasserstein-1 distance of two long columns of equal length without sorting them: the area between their cumulative
 * distributions, taken on a fine grid over the middle, where nearly all values are, and exactly in the tails. The grid
 * has a step for each value up to MOST_STEPS; test/eval/measures/swd.test.ts compares it with sorted columns.
 */
import { sortFloats } from './sort.ts';

export interface GridScratch {
  /** Counts of one column less those of the other; all zero between two calls. */
  readonly counts: Int32Array;
}

/** The middle reaches so many mean absolute deviations to each side. */
const REACH = 4;
const FEWEST_STEPS = 2 ** 16;
/** As many counts as stay in a processor's cache. */
const MOST_STEPS = 2 ** 18;

const LOOKED_AT = 4096;

/** Shorter columns are sorted as fast. */
export const FEWEST_FOR_GRID = 2 ** 14;

export function createGridScratch(length: number): GridScratch {
  const steps = 2 ** Math.ceil(Math.log2(length));
  return { counts: new Int32Array(Math.min(MOST_STEPS, Math.max(FEWEST_STEPS, steps))) };
}

/** Both columns have the same length. NaN where one of them holds a NaN, as sorted columns would give. */
export function columnTransport(a: Float32Array, b: Float32Array, { counts }: GridScratch): number {
  const { middle, deviation } = centreOf(a, b);
  // A grid of any width will do where nearly all values are the same: the others are tails then.
  const reach = REACH * (deviation || 1);
  const low = middle - reach;
  const step = (2 * reach) / counts.length;
  const tailsOfA = countInto(counts, a, low, step, 1);
  const tailsOfB = countInto(counts, b, low, step, -1);
  // No grid and no tail takes them in: without this they would count as no difference.
  if (tailsOfA.some(Number.isNaN) || tailsOfB.some(Number.isNaN)) {
    counts.fill(0);
    return Number.NaN;
  }
  const [belowA, aboveA] = split(tailsOfA, middle);
  const [belowB, aboveB] = split(tailsOfB, middle);
  // Values are taken to lie in the middle of their step, so half a step at both ends belongs to the tails' difference.
  const atLow = belowA.length - belowB.length;
  const atHigh = aboveB.length - aboveA.length;
  const inside = takeArea(counts, atLow) + (Math.abs(atLow) - Math.abs(atHigh)) / 2;
  const high = low + step * counts.length;
  return (
    (inside * step + tailArea(belowA, belowB, low, 0) + tailArea(aboveA, aboveB, high, atHigh)) / a.length
  );
}

/** From some thousand values: it only says where the grid lies. */
function centreOf(a: Float32Array, b: Float32Array): { middle: number; deviation: number } {
  const stride = Math.max(1, Math.floor(a.length / LOOKED_AT));
  let [sum, count] = [0, 0];
  for (let i = 0; i < a.length; i += stride, count += 2) sum += a[i] + b[i];
  const middle = sum / count;
  let distance = 0;
  for (let i = 0; i < a.length; i += stride) distance += Math.abs(a[i] - middle) + Math.abs(b[i] - middle);
  return { middle, deviation: distance / count };
}

/** Adds `weight` for every value inside the grid; the others are returned. */
function countInto(
  counts: Int32Array,
  values: Float32Array,
  low: number,
  step: number,
  weight: number,
): number[] {
  const outside: number[] = [];
  const scale = 1 / step;
  const steps = counts.length;
  for (let i = 0; i < values.length; i++) {
    const place = (values[i] - low) * scale;
    if (place >= 0 && place < steps) counts[place | 0] += weight;
    else outside.push(values[i]);
  }
  return outside;
}

/** Sum over the grid of how far the running counts are apart, from `start` on. Leaves zeros. */
function takeArea(counts: Int32Array, start: number): number {
  let apart = start;
  let area = 0;
  for (let i = 0; i < counts.length; i++) {
    apart += counts[i];
    area += apart < 0 ? -apart : apart;
    counts[i] = 0;
  }
  return area;
}

function split(values: readonly number[], at: number): [Float32Array, Float32Array] {
  const parts: [Float32Array, Float32Array] = [
    Float32Array.from(values.filter((value) => value < at)),
    Float32Array.from(values.filter((value) => value >= at)),
  ];
  for (const part of parts) sortFloats(part);
  return parts;
}

/** Area between the running counts, `start` apart at first, of two sorted tails up to, or from, the `edge` of the grid. */
function tailArea(a: Float32Array, b: Float32Array, edge: number, start: number): number {
  let [i, j, area] = [0, 0, 0];
  let apart = start;
  let before = Math.min(edge, a[0] ?? edge, b[0] ?? edge);
  while (i < a.length || j < b.length) {
    const next = Math.min(a[i] ?? Number.POSITIVE_INFINITY, b[j] ?? Number.POSITIVE_INFINITY);
    area += Math.abs(apart) * (next - before);
    for (; i < a.length && a[i] === next; i++) apart++;
    for (; j < b.length && b[j] === next; j++) apart--;
    before = next;
  }
  return before < edge ? area + Math.abs(apart) * (edge - before) : area;
}
