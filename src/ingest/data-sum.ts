/** The checksum of a data unit that FITS writers note in DATASUM: ones' complement 32-bit sum (FITS 4.0, appendix J). */

/** Sum of the big-endian 32-bit words of `bytes`, whose length is a multiple of 4. */
export function dataSum(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let high = 0;
  let low = 0;
  for (let offset = 0; offset + 4 <= bytes.length; offset += 4) {
    const word = view.getUint32(offset);
    high += word >>> 16;
    low += word & 0xffff;
  }
  // Each half stays below 2^53 for 2^37 words; the carries of one half go into the other, around the end.
  while (high > 0xffff || low > 0xffff) {
    const carryHigh = Math.floor(high / 0x10000);
    const carryLow = Math.floor(low / 0x10000);
    high = (high % 0x10000) + carryLow;
    low = (low % 0x10000) + carryHigh;
  }
  return high * 0x10000 + low;
}
