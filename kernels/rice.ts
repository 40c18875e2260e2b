/**
 * Rice decompression of four rows at once (FITS 4.0 section 10.4.1), in AssemblyScript. A row's codes depend on one
 * another, so one row alone leaves most of the processor idle; four independent rows, four codes of each in turn, keep it
 * busy. src/fits/tiles/rice-rows.ts lays out the memory and copies tiles in and rows out.
 *
 * Short codes are looked up in a table, one for each width of the binary part: the leading bits of the stream give the
 * difference and the length of the code. Blocks with longer codes are done again by counting zeros, and what remains
 * (blocks of zeros, verbatim ones, very long codes) one row at a time.
 */

/** Valid bits of a word that is read in one piece, from any bit on ... */
const SHORT_WORD = 33;
/** ... which holds two codes of up to this width, nearly always. */
const WIDEST_IN_SHORT = 9;

/** Bits that a table looks at. 8 KiB a table stay in the first cache; `npm run bench fits-decode` was slower with 11, 13 and 14. */
const LOOKED_AT = 12;
/** Widest binary part with a table; of wider ones too many codes are longer than LOOKED_AT. */
const WIDEST_LOOKED_UP = 6;
const TABLE_BYTES: usize = 2 << LOOKED_AT;
const TABLES: usize = memory.data((2 << LOOKED_AT) * (WIDEST_LOOKED_UP + 1), 16);

/** Four rows and what is kept of each, one i32 apart: fields of 16 bytes. */
const ROWS: usize = memory.data(112, 16);
const ROW_END: usize = 16;
/** Bits read so far, from the tile's first. */
const BIT: usize = 0;
/** The pixel before the next one. */
const LAST: usize = 16;
/** Width of the current block's binary part; -1 for a block of zeros. */
const HEAD: usize = 32;
/** Address of the tile, in words of 32 bits whose bytes are swapped. */
const TILE: usize = 48;
/** Address of the row's first pixel. */
const TARGET: usize = 64;
/** Length of the tile in bits. */
const LENGTH: usize = 80;
/** Address of the table of the current block's width; where zeros are counted, 2^width. */
const TABLE: usize = 96;

/** To be called once: fills the tables with difference << 4 | length, 0 where the code is longer. */
export function riceTables(): void {
  for (let width = 0; width <= WIDEST_LOOKED_UP; width++) {
    for (let bits = 0; bits < 1 << LOOKED_AT; bits++) {
      const word = <u64>bits << (64 - LOOKED_AT);
      const length = <i32>clz(word) + 1 + width;
      const entry = length > LOOKED_AT ? 0 : (difference(codeOf(word, width)) << 4) | length;
      store<i16>(tableOf(width) + (<usize>bits << 1), <i16>entry);
    }
  }
}

/** Bytes of 32-bit words from big endian to little; both addresses are multiples of 16. */
export function riceSwap(from: usize, to: usize): void {
  for (; from < to; from += 16) {
    const v = v128.load(from);
    v128.store(from, v128.shuffle<u8>(v, v, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12));
  }
}

/** Where row `row` (0 to 3) has its tile of `bits` bits, at a multiple of 4, and where its pixels go. */
export function riceRow(row: usize, tile: usize, bits: i32, target: usize): void {
  store<usize>(ROWS + (row << 2), tile, TILE);
  store<i32>(ROWS + (row << 2), bits, LENGTH);
  store<usize>(ROWS + (row << 2), target, TARGET);
}

/** Four rows of `pixels` int16. False when codes run beyond their tile or there is no such code. */
export function riceRows16(pixels: i32, blockSize: i32): bool {
  return decode<i16>(<usize>pixels << 1, <usize>blockSize << 1, 4, 14);
}

/** The same of int32. */
export function riceRows32(pixels: i32, blockSize: i32): bool {
  return decode<i32>(<usize>pixels << 2, <usize>blockSize << 2, 5, 25);
}

function decode<T>(end: usize, step: usize, headBits: i32, verbatim: i32): bool {
  for (let row = ROWS; row < ROWS + ROW_END; row += 4) {
    const seed = load<i32>(load<usize>(row, TILE));
    store<i32>(row, 8 * sizeof<T>(), BIT);
    store<i32>(row, sizeof<T>() == 2 ? seed >> 16 : seed, LAST);
  }
  for (let from: usize = 0; from < end; from += step) {
    const to = min(from + step, end);
    let least = verbatim;
    let most = -1;
    for (let row = ROWS; row < ROWS + ROW_END; row += 4) {
      const bit = load<i32>(row, BIT);
      if (bit + headBits > load<i32>(row, LENGTH)) return false;
      const head = <i32>(wordAt(row, bit) >>> <u64>(64 - headBits)) - 1;
      store<i32>(row, bit + headBits, BIT);
      store<i32>(row, head, HEAD);
      least = min(least, head);
      most = max(most, head);
    }
    // Four codes a turn: blocks of another length go the slow way.
    const isPlain = least >= 0 && most < verbatim && ((to - from) & (4 * sizeof<T>() - 1)) == 0;
    if (!(isPlain && most <= WIDEST_LOOKED_UP && lookUp<T>(from, to)) &&
      !(isPlain && most <= WIDEST_IN_SHORT && count<T>(from, to, SHORT_WORD)) && !(isPlain && count<T>(from, to, 64))) {
      for (let row = ROWS; row < ROWS + ROW_END; row += 4) {
        if (!single<T>(row, from, to, verbatim)) return false;
      }
    }
    for (let row = ROWS; row < ROWS + ROW_END; row += 4) {
      if (load<i32>(row, BIT) > load<i32>(row, LENGTH)) return false;
    }
  }
  return true;
}

/** One block of each row by table. False, with the rows as they were, when a code is longer than the tables'. */
function lookUp<T>(from: usize, to: usize): bool {
  const bits = v128.load(ROWS, BIT);
  const lasts = v128.load(ROWS, LAST);
  for (let row = ROWS; row < ROWS + ROW_END; row += 4) {
    store<usize>(row, tableOf(load<i32>(row, HEAD)), TABLE);
  }
  let isLong = 0;
  for (let x = from; x < to; x += 4 * sizeof<T>()) {
    isLong |= quad<T>(ROWS, x);
    isLong |= quad<T>(ROWS + 4, x);
    isLong |= quad<T>(ROWS + 8, x);
    isLong |= quad<T>(ROWS + 12, x);
  }
  if (isLong >= 0) return true;
  v128.store(ROWS, bits, BIT);
  v128.store(ROWS, lasts, LAST);
  return false;
}

/** Four codes of one row by table: 48 bits at most. Negative when one of them is longer than the table's. */
// @ts-ignore: decorator
@inline function quad<T>(row: usize, x: usize): i32 {
  const bit = load<i32>(row, BIT);
  const table = load<usize>(row, TABLE);
  const target = load<usize>(row, TARGET) + x;
  let last = load<i32>(row, LAST);
  let word = wordAt(row, bit);
  let entry = <i32>load<i16>(table + (<usize>(word >>> (64 - LOOKED_AT)) << 1));
  let length = entry & 15;
  let isLong = length - 1;
  let read = length;
  last += entry >> 4;
  store<T>(target, <T>last);
  word <<= <u64>length;
  entry = <i32>load<i16>(table + (<usize>(word >>> (64 - LOOKED_AT)) << 1));
  length = entry & 15;
  isLong |= length - 1;
  read += length;
  last += entry >> 4;
  store<T>(target, <T>last, sizeof<T>());
  word <<= <u64>length;
  entry = <i32>load<i16>(table + (<usize>(word >>> (64 - LOOKED_AT)) << 1));
  length = entry & 15;
  isLong |= length - 1;
  read += length;
  last += entry >> 4;
  store<T>(target, <T>last, 2 * sizeof<T>());
  word <<= <u64>length;
  entry = <i32>load<i16>(table + (<usize>(word >>> (64 - LOOKED_AT)) << 1));
  length = entry & 15;
  isLong |= length - 1;
  last += entry >> 4;
  store<T>(target, <T>last, 3 * sizeof<T>());
  store<i32>(row, bit + read + length, BIT);
  store<i32>(row, last, LAST);
  return isLong;
}

/** One block of each row by counting zeros. False, with the rows as they were, when two codes are longer than `valid` bits, 33 or 64. */
// @ts-ignore: decorator
@inline function count<T>(from: usize, to: usize, valid: i32): bool {
  const bits = v128.load(ROWS, BIT);
  const lasts = v128.load(ROWS, LAST);
  for (let row = ROWS; row < ROWS + ROW_END; row += 4) store<i32>(row, 1 << load<i32>(row, HEAD), TABLE);
  let isLong = 0;
  for (let x = from; x < to; x += 2 * sizeof<T>()) {
    isLong |= pair<T>(ROWS, x, valid);
    isLong |= pair<T>(ROWS + 4, x, valid);
    isLong |= pair<T>(ROWS + 8, x, valid);
    isLong |= pair<T>(ROWS + 12, x, valid);
  }
  if (isLong >= 0) return true;
  v128.store(ROWS, bits, BIT);
  v128.store(ROWS, lasts, LAST);
  return false;
}

/** Two codes of one row by counting zeros. Negative when both together are longer than `valid` bits. */
// @ts-ignore: decorator
@inline function pair<T>(row: usize, x: usize, valid: i32): i32 {
  const bit = load<i32>(row, BIT);
  const width = load<i32>(row, HEAD);
  const power = load<i32>(row, TABLE);
  const target = load<usize>(row, TARGET) + x;
  const word = valid == SHORT_WORD ? shortWordAt(row, bit) : wordAt(row, bit);
  const zeros = <i32>clz(word);
  const length = zeros + 1 + width;
  const rest = word << <u64>length;
  const more = <i32>clz(rest);
  const first = load<i32>(row, LAST) + difference(<i32>(word >>> <u64>(63 - zeros - width)) + (zeros - 1) * power);
  const second = first + difference(<i32>(rest >>> <u64>(63 - more - width)) + (more - 1) * power);
  store<T>(target, <T>first);
  store<T>(target, <T>second, sizeof<T>());
  const both = length + more + 1 + width;
  store<i32>(row, bit + both, BIT);
  store<i32>(row, second, LAST);
  return valid - both;
}

/** The current block of one row: every head, every length of code. False when codes run beyond the tile. */
function single<T>(row: usize, from: usize, to: usize, verbatim: i32): bool {
  const head = load<i32>(row, HEAD);
  const target = load<usize>(row, TARGET);
  const length = load<i32>(row, LENGTH);
  const pixelBits: i32 = 8 * sizeof<T>();
  let bit = load<i32>(row, BIT);
  let last = load<i32>(row, LAST);
  if (head > verbatim) return false;
  for (let x = from; x < to; x += sizeof<T>()) {
    let code = 0;
    if (head == verbatim) {
      code = <i32>(wordAt(row, bit) >>> <u64>(64 - pixelBits));
      bit += pixelBits;
    } else if (head >= 0) {
      let zeros = 0;
      let word = wordAt(row, bit);
      for (; word == 0; word = wordAt(row, bit + zeros)) {
        zeros += 64;
        if (bit + zeros > length) return false;
      }
      zeros += <i32>clz(word);
      bit += zeros + 1;
      code = (zeros << head) | (head == 0 ? 0 : <i32>(wordAt(row, bit) >>> <u64>(64 - head)));
      bit += head;
    }
    if (bit > length) return false;
    last += difference(code);
    store<T>(target + x, <T>last);
  }
  store<i32>(row, bit, BIT);
  store<i32>(row, last, LAST);
  return true;
}

/** The 64 bits of a row's tile from `bit` on. */
// @ts-ignore: decorator
@inline function wordAt(row: usize, bit: i32): u64 {
  const at = load<usize>(row, TILE) + <usize>((bit >>> 5) << 2);
  const shift = <u64>(bit & 31);
  return (rotl(load<u64>(at), 32) << shift) | ((<u64>load<u32>(at, 8) << shift) >>> 32);
}

/** The first SHORT_WORD of them, and some zeros. */
// @ts-ignore: decorator
@inline function shortWordAt(row: usize, bit: i32): u64 {
  const at = load<usize>(row, TILE) + <usize>((bit >>> 5) << 2);
  return rotl(load<u64>(at), 32) << <u64>(bit & 31);
}

/** The code at the head of a word: the leading 1 and the binary part, shifted down, are 2^width too much. */
// @ts-ignore: decorator
@inline function codeOf(word: u64, width: i32): i32 {
  const zeros = <i32>clz(word);
  return <i32>(word >>> <u64>(63 - zeros - width)) + ((zeros - 1) << width);
}

/** 0, 1, 2, 3, 4 ... stand for the differences 0, -1, 1, -2, 2 ... */
// @ts-ignore: decorator
@inline function difference(code: i32): i32 {
  return (code >>> 1) ^ -(code & 1);
}

// @ts-ignore: decorator
@inline function tableOf(width: i32): usize {
  return TABLES + <usize>width * TABLE_BYTES;
}
