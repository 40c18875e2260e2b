/** What the kernels for four rows share: the rows' state, and the way out for what they do not take. */
import { decodeRun, type RiceCursor, type RiceWidths } from './rice.ts';

/** Rows decoded side by side. */
export const LANES = 4;

/** The state of the rows during one call; kernels load it into locals and store it back once a block. */
export interface Lanes {
  bit: Int32Array;
  last: Int32Array;
  head: Int32Array;
  /** Byte offset of each tile in the view, and its length in bits. */
  start: Int32Array;
  end: Int32Array;
  /** Index in the output of the first pixel of each row. */
  out: Int32Array;
}

const cursor: RiceCursor = { bit: 0, last: 0 };

/** Pixels `from` to `to` of one lane's block, by the code that takes everything. */
export function decodeLane(
  view: DataView,
  state: Lanes,
  lane: number,
  widths: RiceWidths,
  out: Int16Array | Int32Array,
  from: number,
  to: number,
): void {
  cursor.bit = state.bit[lane]!;
  cursor.last = state.last[lane]!;
  const first = state.out[lane]!;
  decodeRun(
    view,
    state.start[lane]!,
    cursor,
    state.head[lane]!,
    widths,
    out,
    first + from,
    first + to,
    state.end[lane]!,
  );
  state.bit[lane] = cursor.bit;
  state.last[lane] = cursor.last;
}
