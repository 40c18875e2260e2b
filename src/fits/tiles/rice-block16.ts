/**
 * The int16 kernel: codes of at most 12 bits are looked up, two a row from each word that is loaded. Written out for
 * four rows, because only values in local variables stay in registers.
 */
import { RICE_WIDTHS } from './rice.ts';
import { decodeLane, type Lanes } from './rice-lanes.ts';

/** Bits that the table is entered with: two codes of this length fit the 25 bits that a word surely holds. */
const WINDOW = 12;
/** Widest binary part for which looking up pays: wider ones rarely leave a code in the window. */
export const WIDEST_LOOKED_UP = 9;
const SHIFT = 32 - WINDOW;
const WIDTHS = RICE_WIDTHS[2]!;

/**
 * For each width of the binary part and each window the first code in it: 32 * difference + length, or 0 where the code
 * is longer than the window.
 */
const CODES = buildCodes();

function buildCodes(): Int32Array {
  const codes = new Int32Array((WIDEST_LOOKED_UP + 1) << WINDOW);
  for (let head = 0; head <= WIDEST_LOOKED_UP; head++) {
    for (let window = 1; window < 1 << WINDOW; window++) {
      const zeros = Math.clz32(window) - SHIFT;
      const length = zeros + 1 + head;
      if (length > WINDOW) continue;
      const low = (window >>> (WINDOW - length)) & ((1 << head) - 1);
      const code = (zeros << head) | low;
      codes[(head << WINDOW) | window] = (((code >>> 1) ^ -(code & 1)) << 5) | length;
    }
  }
  return codes;
}

/** Decodes pixels `from` to `to`, an even number, of the current block of each lane, whose heads are 0 to the widest. */
export function decodeBlocks16(
  view: DataView,
  lanes: Lanes,
  out: Int16Array,
  from: number,
  to: number,
): void {
  const { bit, last, head, start } = lanes;
  const t0 = head[0]! << WINDOW;
  const t1 = head[1]! << WINDOW;
  const t2 = head[2]! << WINDOW;
  const t3 = head[3]! << WINDOW;
  const s0 = start[0]!;
  const s1 = start[1]!;
  const s2 = start[2]!;
  const s3 = start[3]!;
  const o0 = lanes.out[0]!;
  const o1 = lanes.out[1]!;
  const o2 = lanes.out[2]!;
  const o3 = lanes.out[3]!;
  let p0 = bit[0]!;
  let l0 = last[0]!;
  let p1 = bit[1]!;
  let l1 = last[1]!;
  let p2 = bit[2]!;
  let l2 = last[2]!;
  let p3 = bit[3]!;
  let l3 = last[3]!;
  for (let x = from; x < to; x += 2) {
    const w0 = view.getInt32(s0 + (p0 >>> 3)) << (p0 & 7);
    const w1 = view.getInt32(s1 + (p1 >>> 3)) << (p1 & 7);
    const w2 = view.getInt32(s2 + (p2 >>> 3)) << (p2 & 7);
    const w3 = view.getInt32(s3 + (p3 >>> 3)) << (p3 & 7);
    const a0 = CODES[t0 | (w0 >>> SHIFT)]!;
    const a1 = CODES[t1 | (w1 >>> SHIFT)]!;
    const a2 = CODES[t2 | (w2 >>> SHIFT)]!;
    const a3 = CODES[t3 | (w3 >>> SHIFT)]!;
    // A shift takes the low five bits of its count, and those are the length.
    const b0 = CODES[t0 | ((w0 << a0) >>> SHIFT)]!;
    const b1 = CODES[t1 | ((w1 << a1) >>> SHIFT)]!;
    const b2 = CODES[t2 | ((w2 << a2) >>> SHIFT)]!;
    const b3 = CODES[t3 | ((w3 << a3) >>> SHIFT)]!;
    if (a0 !== 0 && b0 !== 0) {
      p0 += (a0 & 31) + (b0 & 31);
      l0 = (l0 + (a0 >> 5)) | 0;
      out[o0 + x] = l0;
      l0 = (l0 + (b0 >> 5)) | 0;
      out[o0 + x + 1] = l0;
    } else {
      bit[0] = p0;
      last[0] = l0;
      decodeLane(view, lanes, 0, WIDTHS, out, x, x + 2);
      p0 = bit[0]!;
      l0 = last[0]!;
    }
    if (a1 !== 0 && b1 !== 0) {
      p1 += (a1 & 31) + (b1 & 31);
      l1 = (l1 + (a1 >> 5)) | 0;
      out[o1 + x] = l1;
      l1 = (l1 + (b1 >> 5)) | 0;
      out[o1 + x + 1] = l1;
    } else {
      bit[1] = p1;
      last[1] = l1;
      decodeLane(view, lanes, 1, WIDTHS, out, x, x + 2);
      p1 = bit[1]!;
      l1 = last[1]!;
    }
    if (a2 !== 0 && b2 !== 0) {
      p2 += (a2 & 31) + (b2 & 31);
      l2 = (l2 + (a2 >> 5)) | 0;
      out[o2 + x] = l2;
      l2 = (l2 + (b2 >> 5)) | 0;
      out[o2 + x + 1] = l2;
    } else {
      bit[2] = p2;
      last[2] = l2;
      decodeLane(view, lanes, 2, WIDTHS, out, x, x + 2);
      p2 = bit[2]!;
      l2 = last[2]!;
    }
    if (a3 !== 0 && b3 !== 0) {
      p3 += (a3 & 31) + (b3 & 31);
      l3 = (l3 + (a3 >> 5)) | 0;
      out[o3 + x] = l3;
      l3 = (l3 + (b3 >> 5)) | 0;
      out[o3 + x + 1] = l3;
    } else {
      bit[3] = p3;
      last[3] = l3;
      decodeLane(view, lanes, 3, WIDTHS, out, x, x + 2);
      p3 = bit[3]!;
      l3 = last[3]!;
    }
  }
  bit[0] = p0;
  last[0] = l0;
  bit[1] = p1;
  last[1] = l1;
  bit[2] = p2;
  last[2] = l2;
  bit[3] = p3;
  last[3] = l3;
}
