/** From bytes to cards: finds END, joins long strings, refuses what is not a header. */
import { CARD_LENGTH, type ParsedCard, parseCard, parseValue } from './card.ts';
import { FitsError, type FitsPlace } from './errors.ts';

/** Every header and every data unit fills whole blocks of this many bytes. */
export const BLOCK_LENGTH = 2880;

export interface CardImage {
  text: string;
  position: number;
}

export interface RawHeader {
  cards: ParsedCard[];
  /** Where the data unit begins: after the block that holds END. */
  dataOffset: number;
}

/** Reads the header that begins at `offset`. Work and memory grow with the header, not with the file. */
export function readCards(bytes: Uint8Array, offset: number, place: FitsPlace): RawHeader {
  const images: CardImage[] = [];
  for (let position = offset; ; position += CARD_LENGTH) {
    if (position + CARD_LENGTH > bytes.length) {
      throw new FitsError('the header has no END card', {
        ...place,
        byteOffset: position,
        expected: 'END',
        found: `the end of the file after ${images.length} cards`,
        remedy: 'the file was cut off: fetch it again',
      });
    }
    checkKeyword(bytes, position, place);
    const text = latin1(bytes, position);
    if (text.startsWith('END') && text.slice(3, 8).trim() === '') {
      const length = position + CARD_LENGTH - offset;
      const dataOffset = offset + Math.ceil(length / BLOCK_LENGTH) * BLOCK_LENGTH;
      return { cards: joinContinued(images), dataOffset };
    }
    images.push({ text, position });
  }
}

/** Joins each string that ends in `&` with the CONTINUE cards after it (FITS 4.0 section 4.2.1.2). */
export function joinContinued(images: readonly CardImage[]): ParsedCard[] {
  const cards: ParsedCard[] = [];
  let open: ParsedCard | undefined;
  for (const { text, position } of images) {
    const next = open !== undefined && text.startsWith('CONTINUE  ') ? parseValue(text.slice(10)) : undefined;
    if (open !== undefined && typeof next?.value === 'string') {
      open.value = `${(open.value as string).slice(0, -1)}${next.value}`;
      open.comment = [open.comment, next.comment].filter((part) => part !== '').join(' ');
      open.text += text;
      if (!next.value.endsWith('&')) open = undefined;
      continue;
    }
    const card = parseCard(text, position);
    cards.push(card);
    open = typeof card.value === 'string' && card.value.endsWith('&') ? card : undefined;
  }
  return cards;
}

/** Binary data taken for a header is refused at its first card, before anything is made of it. */
function checkKeyword(bytes: Uint8Array, position: number, place: FitsPlace): void {
  for (let i = position; i < position + 8; i++) {
    const byte = bytes[i]!;
    if (byte >= 0x20 && byte <= 0x7e) continue;
    throw new FitsError('not a header card', {
      ...place,
      byteOffset: i,
      expected: 'a keyword in printable ASCII',
      found: `byte 0x${byte.toString(16).padStart(2, '0')}`,
    });
  }
}

function latin1(bytes: Uint8Array, position: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + position, CARD_LENGTH).toString('latin1');
}
