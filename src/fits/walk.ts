/** Steps along a file: the header at a place, where the HDU ends by it, and how far the HDUs reach in all. */
import { CARD_LENGTH } from './card.ts';
import { type FitsPlace, isFitsError } from './errors.ts';
import type { FitsSource } from './hdu.ts';
import { FitsHeader } from './header.ts';
import { BLOCK_LENGTH, readCards } from './header-reader.ts';
import { readStructure, type Structure } from './structure.ts';

interface HduExtent {
  header: FitsHeader;
  structure: Structure;
  dataOffset: number;
  /** Where the next HDU begins. */
  end: number;
}

/** Throws `FitsError` for a broken header. */
export function readExtent({ bytes, maxHeaderCards }: FitsSource, place: FitsPlace): HduExtent {
  const { cards, dataOffset } = readCards(bytes, place.byteOffset ?? 0, maxHeaderCards, place);
  const header = new FitsHeader(cards);
  const structure = readStructure(header, place);
  const end = dataOffset + Math.ceil(structure.dataBytes / BLOCK_LENGTH) * BLOCK_LENGTH;
  return { header, structure, dataOffset, end };
}

/** Whether an HDU may begin there. */
export function hasExtension(bytes: Uint8Array, offset: number): boolean {
  return startsWith(bytes, offset, 'XTENSION');
}

export function startsWith(bytes: Uint8Array, offset: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    if (bytes[offset + i] !== text.charCodeAt(i)) return false;
  }
  return true;
}

/** How far a file's HDUs reach, as far as its beginning tells. */
export interface Reach {
  /** HDUs of which the header was read. */
  hdus: number;
  /** Where the last of them ends. */
  end: number;
  /** Nothing that a reader may want follows `end` and the block behind it. */
  isKnown: boolean;
}

/** Goes on from `reach` in the beginning of a file. A broken header is the last: no reader comes behind it. */
export function extendReach(start: FitsSource, reach: Reach): Reach {
  let { hdus, end } = reach;
  const { length } = start.bytes;
  while (end + BLOCK_LENGTH <= length) {
    if (hdus > 0 && !hasExtension(start.bytes, end)) return { hdus, end, isKnown: true };
    try {
      end = readExtent(start, { hdu: hdus, byteOffset: end }).end;
    } catch (error) {
      if (!isFitsError(error)) throw error;
      // Past the last byte that is there, the header may only be longer than this beginning.
      return { hdus, end, isKnown: (error.byteOffset ?? 0) + CARD_LENGTH <= length };
    }
    hdus++;
  }
  return { hdus, end, isKnown: false };
}
