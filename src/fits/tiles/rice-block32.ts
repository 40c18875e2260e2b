/**
 * The int32 kernel: codes are too long for a table, so zeros are counted and parts cut out of a word of 32 bits, two
 * codes a row from each word. Written out for four rows, because only values in local variables stay in registers.
 */
import { RICE_WIDTHS } from './rice.ts';
import { decodeLane, type Lanes } from './rice-lanes.ts';

const WIDTHS = RICE_WIDTHS[4]!;

/** Decodes pixels `from` to `to`, an even number, of the current block of each lane, whose heads are 0 to 24. */
export function decodeBlocks32(
  view: DataView,
  lanes: Lanes,
  out: Int32Array,
  from: number,
  to: number,
): void {
  const { bit, last, head, start } = lanes;
  const h0 = head[0]!;
  const n0 = 1 << h0;
  const h1 = head[1]!;
  const n1 = 1 << h1;
  const h2 = head[2]!;
  const n2 = 1 << h2;
  const h3 = head[3]!;
  const n3 = 1 << h3;
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
    const g0 = s0 + (p0 >>> 3);
    const g1 = s1 + (p1 >>> 3);
    const g2 = s2 + (p2 >>> 3);
    const g3 = s3 + (p3 >>> 3);
    const w0 = (view.getInt32(g0) << (p0 & 7)) | ((view.getUint8(g0 + 4) << (p0 & 7)) >>> 8);
    const w1 = (view.getInt32(g1) << (p1 & 7)) | ((view.getUint8(g1 + 4) << (p1 & 7)) >>> 8);
    const w2 = (view.getInt32(g2) << (p2 & 7)) | ((view.getUint8(g2 + 4) << (p2 & 7)) >>> 8);
    const w3 = (view.getInt32(g3) << (p3 & 7)) | ((view.getUint8(g3 + 4) << (p3 & 7)) >>> 8);
    const y0 = Math.clz32(w0);
    const y1 = Math.clz32(w1);
    const y2 = Math.clz32(w2);
    const y3 = Math.clz32(w3);
    const q0 = y0 + h0 + 1;
    const q1 = y1 + h1 + 1;
    const q2 = y2 + h2 + 1;
    const q3 = y3 + h3 + 1;
    const v0 = w0 << q0;
    const v1 = w1 << q1;
    const v2 = w2 << q2;
    const v3 = w3 << q3;
    const z0 = Math.clz32(v0);
    const z1 = Math.clz32(v1);
    const z2 = Math.clz32(v2);
    const z3 = Math.clz32(v3);
    const r0 = q0 + z0 + h0 + 1;
    const r1 = q1 + z1 + h1 + 1;
    const r2 = q2 + z2 + h2 + 1;
    const r3 = q3 + z3 + h3 + 1;
    // The leading bits of a word, shifted down, are 1 followed by the binary part: 2^h too much, hence the count less 1.
    if (r0 <= 32) {
      const a = (Math.imul(y0 - 1, n0) + (w0 >>> (32 - q0))) | 0;
      const b = (Math.imul(z0 - 1, n0) + (v0 >>> (31 - z0 - h0))) | 0;
      p0 += r0;
      l0 = (l0 + ((a >>> 1) ^ -(a & 1))) | 0;
      out[o0 + x] = l0;
      l0 = (l0 + ((b >>> 1) ^ -(b & 1))) | 0;
      out[o0 + x + 1] = l0;
    } else {
      bit[0] = p0;
      last[0] = l0;
      decodeLane(view, lanes, 0, WIDTHS, out, x, x + 2);
      p0 = bit[0]!;
      l0 = last[0]!;
    }
    if (r1 <= 32) {
      const a = (Math.imul(y1 - 1, n1) + (w1 >>> (32 - q1))) | 0;
      const b = (Math.imul(z1 - 1, n1) + (v1 >>> (31 - z1 - h1))) | 0;
      p1 += r1;
      l1 = (l1 + ((a >>> 1) ^ -(a & 1))) | 0;
      out[o1 + x] = l1;
      l1 = (l1 + ((b >>> 1) ^ -(b & 1))) | 0;
      out[o1 + x + 1] = l1;
    } else {
      bit[1] = p1;
      last[1] = l1;
      decodeLane(view, lanes, 1, WIDTHS, out, x, x + 2);
      p1 = bit[1]!;
      l1 = last[1]!;
    }
    if (r2 <= 32) {
      const a = (Math.imul(y2 - 1, n2) + (w2 >>> (32 - q2))) | 0;
      const b = (Math.imul(z2 - 1, n2) + (v2 >>> (31 - z2 - h2))) | 0;
      p2 += r2;
      l2 = (l2 + ((a >>> 1) ^ -(a & 1))) | 0;
      out[o2 + x] = l2;
      l2 = (l2 + ((b >>> 1) ^ -(b & 1))) | 0;
      out[o2 + x + 1] = l2;
    } else {
      bit[2] = p2;
      last[2] = l2;
      decodeLane(view, lanes, 2, WIDTHS, out, x, x + 2);
      p2 = bit[2]!;
      l2 = last[2]!;
    }
    if (r3 <= 32) {
      const a = (Math.imul(y3 - 1, n3) + (w3 >>> (32 - q3))) | 0;
      const b = (Math.imul(z3 - 1, n3) + (v3 >>> (31 - z3 - h3))) | 0;
      p3 += r3;
      l3 = (l3 + ((a >>> 1) ^ -(a & 1))) | 0;
      out[o3 + x] = l3;
      l3 = (l3 + ((b >>> 1) ^ -(b & 1))) | 0;
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
