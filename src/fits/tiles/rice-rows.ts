/**
 * Rice decompression of whole rows, four at a time. A row's pixels depend on one another, so one row alone leaves most
 * of the processor idle; four independent rows keep it busy. Two kernels, each for one type of pixel, so that the
 * compiler sees one type of array in each: int16 by a table of short codes, int32 by counting leading zeros.
 */
import { type RiceCoding, RiceOverrun, type RiceTile, type RiceWidths, readHead, readSeed } from './rice.ts';
import { decodeBlocks16, WIDEST_LOOKED_UP } from './rice-block16.ts';
import { decodeBlocks32 } from './rice-block32.ts';
import { decodeLane, LANES, type Lanes } from './rice-lanes.ts';

const lanes: Lanes = {
  bit: new Int32Array(LANES),
  last: new Int32Array(LANES),
  head: new Int32Array(LANES),
  start: new Int32Array(LANES),
  end: new Int32Array(LANES),
  out: new Int32Array(LANES),
};

/** Decodes one tile into each of four rows of `pixels` values, the first at `outStart` and the others behind it. */
export function decodeRiceRows(
  view: DataView,
  tiles: readonly RiceTile[],
  { blockSize, widths }: RiceCoding,
  out: Int16Array | Int32Array,
  outStart: number,
  pixels: number,
): void {
  for (let k = 0; k < LANES; k++) {
    const { start, length } = tiles[k]!;
    if (length * 8 < widths.pixelBits + Math.ceil(pixels / blockSize) * widths.headBits)
      throw new RiceOverrun();
    lanes.start[k] = start;
    lanes.end[k] = length * 8;
    lanes.bit[k] = widths.pixelBits;
    lanes.last[k] = readSeed(view, start, widths.pixelBits);
    lanes.out[k] = outStart + k * pixels;
  }
  for (let x = 0; x < pixels; x += blockSize) {
    decodeBlocks(view, widths, out, x, Math.min(x + blockSize, pixels));
  }
}

/** One block of each row. Blocks that the kernels do not take (all zero, verbatim, odd length) go one by one. */
function decodeBlocks(
  view: DataView,
  widths: RiceWidths,
  out: Int16Array | Int32Array,
  from: number,
  to: number,
): void {
  let least = widths.verbatim;
  let greatest = -1;
  for (let k = 0; k < LANES; k++) {
    const bit = lanes.bit[k]!;
    const head = readHead(view, lanes.start[k]!, bit, widths.headBits);
    lanes.bit[k] = bit + widths.headBits;
    lanes.head[k] = head;
    if (head < least) least = head;
    if (head > greatest) greatest = head;
  }
  const isPlain = least >= 0 && ((to - from) & 1) === 0;
  if (isPlain && out instanceof Int16Array && greatest <= WIDEST_LOOKED_UP) {
    decodeBlocks16(view, lanes, out, from, to);
  } else if (isPlain && out instanceof Int32Array && greatest < widths.verbatim) {
    decodeBlocks32(view, lanes, out, from, to);
  } else {
    for (let k = 0; k < LANES; k++) decodeLane(view, lanes, k, widths, out, from, to);
  }
  for (let k = 0; k < LANES; k++) {
    if (lanes.bit[k]! > lanes.end[k]!) throw new RiceOverrun();
  }
}
