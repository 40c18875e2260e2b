/**
 * The inverse H-transform: from the sum over a square and three differences of its quarters to the four quarters' sums,
 * level by level down to pixels. The rounding undoes exactly what the forward transform dropped (White 1992).
 */
import { type Coefficients, ceilLog2 } from './hcompress-quadtree.ts';
import { smoothLevel } from './hcompress-smooth.ts';

/** Columns that are moved together, because they lie in the same lines of the cache; fewer in a narrow tile, to save memory. */
const COLUMNS_AT_ONCE = 16;

/**
 * The largest absolute value that `invertTransform` can store: `sum` is the first coefficient, `difference` bounds the
 * others. A level halves a sum and at most three differences; what rounding adds to each is below twice the level's unit.
 */
export function largestInTransform(
  sum: number,
  difference: number,
  { lines, length, smoothScale }: { lines: number; length: number; smoothScale: number },
): number {
  const unit = 2 ** ceilLog2(Math.max(lines, length));
  const most = difference + Math.max(0, smoothScale) / 2 + 2 * unit;
  // Sums never pass the larger of the first one and the fixed point of s -> (s + 3 most) / 2.
  return Math.max(Math.abs(sum) + unit, 3 * most);
}

/** In place; `lines` x `length` values. `smoothScale`: above 1, smooth with this scale. */
export function invertTransform(a: Coefficients, lines: number, length: number, smoothScale: number): void {
  const levels = ceilLog2(Math.max(lines, length));
  if (levels === 0) return;
  const together = Math.max(1, Math.min(COLUMNS_AT_ONCE, length >> 3));
  const size = Math.max(length, lines * together);
  const held = a instanceof Int32Array ? new Int32Array(size) : new Float64Array(size);
  a[0] = roundTo(a[0]!, 2 ** (levels + 1));
  for (let level = levels - 1; level >= 0; level--) {
    const rows = Math.ceil(lines / 2 ** level);
    const columns = Math.ceil(length / 2 ** level);
    for (let y = 0; y < rows; y++) interleave(a, y * length, columns, 1, 1, held);
    for (let x = 0; x < columns; x += together) {
      interleave(a, x, rows, length, Math.min(together, columns - x), held);
    }
    if (smoothScale > 1) smoothLevel(a, rows, columns, length, smoothScale);
    splitSquares(a, rows, columns, length, level);
  }
}

/** Puts the second half of a line between the values of the first; of `lines` lines side by side. */
function interleave(
  a: Coefficients,
  offset: number,
  count: number,
  step: number,
  lines: number,
  held: Coefficients,
): void {
  const first = (count + 1) >> 1;
  for (let i = 0, to = 0; i < count; i++) {
    const from = offset + i * step;
    for (let k = 0; k < lines; k++) held[to++] = a[from + k]!;
  }
  for (let i = 0, from = 0; i < count; i++) {
    const to = offset + (i < first ? 2 * i : 2 * (i - first) + 1) * step;
    for (let k = 0; k < lines; k++) a[to + k] = held[from++]!;
  }
}

/** Sum and differences of each square of 2 x 2 become its four values; at the far edges 1 x 2, 2 x 1 or 1 x 1. */
function splitSquares(a: Coefficients, rows: number, columns: number, stride: number, level: number): void {
  const unit = 2 ** level;
  // Values are sums over two directions; the last step also undoes the doubling of the transform.
  const divisor = level === 0 ? 4 : 2;
  for (let y = 0; y < rows; y += 2) {
    const hasBelow = y + 1 < rows;
    for (let x = 0; x < columns; x += 2) {
      const at = y * stride + x;
      const hasRight = x + 1 < columns;
      if (hasBelow && hasRight) splitSquare(a, at, stride, unit, divisor);
      else if (hasBelow) splitPair(a, at, at + stride, unit, divisor);
      else if (hasRight) splitPair(a, at, at + 1, unit, divisor);
      else a[at] = Math.floor(a[at]! / divisor);
    }
  }
}

function splitSquare(a: Coefficients, at: number, stride: number, unit: number, divisor: number): void {
  if (a[at + 1] === 0 && a[at + stride] === 0 && a[at + stride + 1] === 0) {
    // Most squares of a lossy image: nothing to round.
    const even = Math.floor(a[at]! / divisor);
    a[at] = even;
    a[at + 1] = even;
    a[at + stride] = even;
    a[at + stride + 1] = even;
    return;
  }
  const diagonal = roundTo(a[at + stride + 1]!, unit);
  const lowest = bitOf(diagonal, unit);
  // All four sums are odd or even together, so the diagonal one tells which others were rounded, away from zero.
  const down = towardsZero(roundTo(a[at + stride]!, 2 * unit), lowest);
  const right = towardsZero(roundTo(a[at + 1]!, 2 * unit), lowest);
  const parity = bitOf(diagonal, 2 * unit) + bitOf(down, 2 * unit) + bitOf(right, 2 * unit);
  const next = parity === 2 * unit || parity === 6 * unit ? 2 * unit : 0;
  const sum = a[at]!;
  const whole = sum >= 0 ? sum + lowest - next : sum + (lowest === 0 ? next : lowest - next);
  a[at + stride + 1] = Math.floor((whole + down + right + diagonal) / divisor);
  a[at + stride] = Math.floor((whole + down - right - diagonal) / divisor);
  a[at + 1] = Math.floor((whole - down + right - diagonal) / divisor);
  a[at] = Math.floor((whole - down - right + diagonal) / divisor);
}

function splitPair(a: Coefficients, at: number, other: number, unit: number, divisor: number): void {
  const difference = roundTo(a[other]!, 2 * unit);
  const sum = towardsZero(a[at]!, bitOf(difference, 2 * unit));
  a[other] = Math.floor((sum + difference) / divisor);
  a[at] = Math.floor((sum - difference) / divisor);
}

/** The nearest multiple of `unit`, a power of two; halves go away from zero. */
function roundTo(value: number, unit: number): number {
  const half = Math.floor(unit / 2);
  return Math.floor((value + (value >= 0 ? half : Math.max(0, half - 1))) / unit) * unit;
}

/** `unit` when that bit of the value, in two's complement, is set; else 0. */
function bitOf(value: number, unit: number): number {
  const quotient = Math.floor(value / unit);
  return quotient - 2 * Math.floor(quotient / 2) === 0 ? 0 : unit;
}

function towardsZero(value: number, amount: number): number {
  return value >= 0 ? value - amount : value + amount;
}
