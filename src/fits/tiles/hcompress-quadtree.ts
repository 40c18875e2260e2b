/** The quadtrees of HCOMPRESS: which coefficients of a quadrant have a bit set, one tree a bit plane. */
import type { BitReader } from './bits.ts';

export class UnknownCode extends Error {}

/** Whole numbers: of 32 bits where none can pass them, else as float64. */
export type Coefficients = Int32Array | Float64Array;

/** A quadrant of the coefficients, in an array with `stride` values a line. */
export interface Quadrant {
  offset: number;
  stride: number;
  rows: number;
  columns: number;
  /** Bit planes stored, the highest first. */
  planes: number;
}

/** A plane was stored as it is, or as a tree. */
const DIRECT = 0;
const TREE = 15;

/** Adds the bits of all planes to `out`. */
export function decodeQuadrant(bits: BitReader, out: Coefficients, quadrant: Quadrant): void {
  const { rows, columns, planes } = quadrant;
  // A code of 4 bits for each block of 2 x 2; the same memory serves all planes.
  const count = half(rows) * half(columns);
  const codes = new Uint8Array(Math.max(1, count));
  const tree: Tree = { levels: ceilLog2(Math.max(rows, columns)), parents: new Uint8Array(codes.length) };
  for (let plane = planes - 1; plane >= 0; plane--) {
    const kind = bits.bits(4);
    if (kind !== DIRECT && kind !== TREE) throw new UnknownCode();
    if (kind === TREE && !readTree(bits, quadrant, tree, codes)) continue;
    if (kind === DIRECT) for (let i = 0; i < count; i++) codes[i] = bits.bits(4);
    addPlane(codes, out, quadrant, 2 ** plane);
  }
}

interface Tree {
  levels: number;
  /** Room for the codes of the level above the one that is read. */
  parents: Uint8Array;
}

/** The least k with 2^k >= n; 0 for n below 2. */
export function ceilLog2(n: number): number {
  return n <= 1 ? 0 : 32 - Math.clz32(n - 1);
}

/** From the root down: each code tells which of its four parts hold a bit, and only those have codes of their own. False: no bit at all. */
function readTree(
  bits: BitReader,
  { rows, columns }: Quadrant,
  { levels, parents }: Tree,
  codes: Uint8Array,
): boolean {
  const root = readCode(bits);
  if (root === 0) return false;
  codes[0] = root;
  let height = 1;
  let width = 1;
  for (let level = levels - 1; level >= 1; level--) {
    const nextHeight = Math.ceil(rows / 2 ** level);
    const nextWidth = Math.ceil(columns / 2 ** level);
    parents.set(codes.subarray(0, height * width));
    expand(parents, height, width, codes, nextHeight, nextWidth);
    height = nextHeight;
    width = nextWidth;
    // Codes follow from the last part to the first.
    for (let i = height * width - 1; i >= 0; i--) {
      if (codes[i] !== 0) codes[i] = readCode(bits);
    }
  }
  return true;
}

/** Marks the parts that a level's codes name in the grid of the next level. */
function expand(
  codes: Uint8Array,
  height: number,
  width: number,
  parts: Uint8Array,
  nextHeight: number,
  nextWidth: number,
): void {
  parts.fill(0, 0, nextHeight * nextWidth);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const code = codes[i]!;
      const at = 2 * y * nextWidth + 2 * x;
      const hasRight = 2 * x + 1 < nextWidth;
      const hasBelow = 2 * y + 1 < nextHeight;
      if ((code & 8) !== 0) parts[at] = 1;
      if ((code & 4) !== 0 && hasRight) parts[at + 1] = 1;
      if ((code & 2) !== 0 && hasBelow) parts[at + nextWidth] = 1;
      if ((code & 1) !== 0 && hasRight && hasBelow) parts[at + nextWidth + 1] = 1;
    }
  }
}

function addPlane(
  codes: Uint8Array,
  out: Coefficients,
  { offset, stride, rows, columns }: Quadrant,
  bit: number,
): void {
  for (let y = 0, i = 0; y < rows; y += 2) {
    for (let x = 0; x < columns; x += 2, i++) {
      const code = codes[i]!;
      if (code === 0) continue;
      const at = offset + y * stride + x;
      const hasRight = x + 1 < columns;
      const hasBelow = y + 1 < rows;
      if ((code & 8) !== 0) out[at]! += bit;
      if ((code & 4) !== 0 && hasRight) out[at + 1]! += bit;
      if ((code & 2) !== 0 && hasBelow) out[at + stride]! += bit;
      if ((code & 1) !== 0 && hasRight && hasBelow) out[at + stride + 1]! += bit;
    }
  }
}

function half(n: number): number {
  return (n + 1) >> 1;
}

const FOUR_BITS: Record<number, number> = { 8: 3, 9: 5, 10: 10, 11: 12, 12: 15 };
const FIVE_BITS: Record<number, number> = { 26: 6, 27: 7, 28: 9, 29: 11, 30: 13 };

/** The fixed Huffman code of the 16 values: those with one bit set are the shortest. */
function readCode(bits: BitReader): number {
  const three = bits.bits(3);
  if (three < 4) return 1 << three;
  const four = (three << 1) | bits.bit();
  if (four < 13) return FOUR_BITS[four]!;
  const five = (four << 1) | bits.bit();
  if (five < 31) return FIVE_BITS[five]!;
  return bits.bit() === 0 ? 0 : 14;
}
