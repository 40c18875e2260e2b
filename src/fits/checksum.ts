/** CHECKSUM and DATASUM: the ones' complement sum of 32-bit words and its text form (FITS 4.0 section 4.4.2.7, appendix J). */

import { FitsError } from './errors.ts';
import type { Hdu } from './hdu.ts';
import { BLOCK_LENGTH } from './header-reader.ts';

export type SumVerdict = 'right' | 'wrong' | 'absent';

export interface Sums {
  datasum: SumVerdict;
  checksum: SumVerdict;
}

/** Whether the bytes of an HDU add up to what its header says; a blank card says nothing. A file that was cut off is wrong. */
export function verifySums(hdu: Hdu): Sums {
  const { source, storedHeader, headerOffset, dataOffset, dataBytes } = hdu;
  // DATASUM is the text of a number; some writers leave the quotes out.
  const stated = String(storedHeader.get('DATASUM') ?? '').trim();
  const hasChecksum = String(storedHeader.get('CHECKSUM') ?? '').trim() !== '';
  if (stated === '' && !hasChecksum) return { datasum: 'absent', checksum: 'absent' };
  const end = dataOffset + Math.ceil(dataBytes / BLOCK_LENGTH) * BLOCK_LENGTH;
  const data = checksum(source.bytes.subarray(dataOffset, end));
  const whole = addSums(checksum(source.bytes.subarray(headerOffset, dataOffset)), data);
  const isCutOff = hdu.availableBytes < dataBytes;
  return {
    datasum: stated === '' ? 'absent' : verdict(!isCutOff && data === Number(stated)),
    // All ones is zero in ones' complement.
    checksum: hasChecksum ? verdict(!isCutOff && (whole === 0xffffffff || whole === 0)) : 'absent',
  };
}

/** The error for sums of an HDU of which one is wrong; undefined when none is. */
export function wrongSum(hdu: Hdu, { datasum, checksum }: Sums = verifySums(hdu)): FitsError | undefined {
  const isData = datasum === 'wrong';
  if (!isData && checksum !== 'wrong') return undefined;
  return new FitsError(`${isData ? 'DATASUM' : 'CHECKSUM'} does not fit`, {
    file: hdu.source.file,
    hdu: hdu.index,
    byteOffset: isData ? hdu.dataOffset : hdu.headerOffset,
    expected: `${isData ? 'the data' : 'the header'} as written`,
    found: 'bytes that add up to something else',
    remedy: 'fetch the file again',
  });
}

function verdict(isRight: boolean): SumVerdict {
  return isRight ? 'right' : 'wrong';
}

/** Sum over whole 2880-byte blocks; sums of parts add up by `addSums`. */
export function checksum(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const words = bytes.length >>> 2;
  let total = 0;
  // 2^20 words stay below 2^53.
  for (let i = 0; i < words; ) {
    const end = Math.min(words, i + (1 << 20));
    for (; i < end; i++) total += view.getUint32(i * 4);
    total = fold(total);
  }
  return total;
}

export function addSums(a: number, b: number): number {
  return fold(a + b);
}

/** 2^32 counts as 1; a sum of all ones stays, as in the standard's own procedure. */
function fold(sum: number): number {
  let folded = sum;
  while (folded > 0xffffffff) folded = (folded % 2 ** 32) + Math.floor(folded / 2 ** 32);
  return folded;
}

/**
 * The 16 characters that make the HDU's sum all ones: each byte of the complement is spread over four characters, which
 * are moved away from punctuation in pairs, so that their sum stays.
 */
export function encodeChecksum(sum: number): string {
  const complement = ~sum >>> 0;
  const characters = new Uint8Array(16);
  for (let i = 0; i < 4; i++) {
    const byte = (complement >>> (24 - 8 * i)) & 0xff;
    const quarter = Array.from({ length: 4 }, (_, j) => (byte >>> 2) + 0x30 + (j === 0 ? byte & 3 : 0));
    for (let again = true; again; ) {
      again = false;
      for (let j = 0; j < 4; j += 2) {
        if (!isPunctuation(quarter[j]!) && !isPunctuation(quarter[j + 1]!)) continue;
        quarter[j]!++;
        quarter[j + 1]!--;
        again = true;
      }
    }
    for (let j = 0; j < 4; j++) characters[4 * j + i] = quarter[j]!;
  }
  // The value begins at column 12 of the card, one byte after a word: the text is rotated to match.
  const text = String.fromCharCode(...characters);
  return text.slice(15) + text.slice(0, 15);
}

function isPunctuation(code: number): boolean {
  return (code >= 0x3a && code <= 0x40) || (code >= 0x5b && code <= 0x60);
}
