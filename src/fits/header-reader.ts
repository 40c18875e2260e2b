/** From bytes to cards: finds END, joins long strings, refuses what is not a header. */
import { CARD_LENGTH, type ParsedCard, parseCard, parseValue } from './card.ts';
import { FitsError, type FitsPlace } from './errors.ts';

/** Every header and every data unit fills whole blocks of this many bytes. */
export const BLOCK_LENGTH = 2880;

export interface RawHeader {
  cards: ParsedCard[];
  /** Where the data unit begins: after the block that holds END. */
  dataOffset: number;
}

/**
 * Reads the header that begins at `offset`, of at most `maxCards` cards. Work and memory grow with the header, not with
 * the file.
 */
export function readCards(bytes: Uint8Array, offset: number, maxCards: number, place: FitsPlace): RawHeader {
  const joiner = new CardJoiner();
  for (let position = offset, count = 0; ; position += CARD_LENGTH, count++) {
    if (position + CARD_LENGTH > bytes.length) {
      throw new FitsError('the header has no END card', {
        ...place,
        byteOffset: position,
        expected: 'END',
        found: `the end of the file after ${count} cards`,
        remedy: 'the file was cut off: fetch it again',
      });
    }
    checkKeyword(bytes, position, place);
    const text = latin1(bytes, position);
    if (text.startsWith('END') && text.slice(3, 8).trim() === '') {
      const length = position + CARD_LENGTH - offset;
      const dataOffset = offset + Math.ceil(length / BLOCK_LENGTH) * BLOCK_LENGTH;
      return { cards: joiner.finish(), dataOffset };
    }
    if (count === maxCards) throw tooManyCards(maxCards, position, place);
    joiner.add(text, position);
  }
}

/** Makes cards of card images: joins each string that ends in `&` with the CONTINUE cards after it (FITS 4.0 section 4.2.1.2). */
export class CardJoiner {
  readonly #cards: ParsedCard[] = [];
  /** The card that may go on, and what belongs to it: joined once, because a string may go on for many cards. */
  #open: ParsedCard | undefined;
  #values: string[] = [];
  #comments: string[] = [];
  #texts: string[] = [];

  add(text: string, position: number): void {
    if (this.#continues(text)) return;
    this.#close();
    const card = parseCard(text, position);
    this.#cards.push(card);
    if (typeof card.value === 'string' && card.value.endsWith('&')) this.#begin(card, card.value);
  }

  /** All cards, in order. */
  finish(): ParsedCard[] {
    this.#close();
    return this.#cards;
  }

  #begin(card: ParsedCard, value: string): void {
    this.#open = card;
    this.#values = [value];
    this.#comments = [card.comment];
    this.#texts = [card.text];
  }

  /** Takes the text of a CONTINUE card to the open string; false when it is no such card. */
  #continues(text: string): boolean {
    if (this.#open === undefined || !text.startsWith('CONTINUE  ')) return false;
    const { value, comment } = parseValue(text.slice(10));
    if (typeof value !== 'string' || !this.#values.at(-1)!.endsWith('&')) return false;
    this.#values.push(value);
    this.#comments.push(comment);
    this.#texts.push(text);
    return true;
  }

  #close(): void {
    if (this.#open !== undefined && this.#values.length > 1) {
      const last = this.#values.length - 1;
      this.#open.value = this.#values.map((part, i) => (i < last ? part.slice(0, -1) : part)).join('');
      this.#open.comment = this.#comments.filter((part) => part !== '').join(' ');
      this.#open.text = this.#texts.join('');
    }
    this.#open = undefined;
  }
}

function tooManyCards(maxCards: number, position: number, place: FitsPlace): FitsError {
  return new FitsError('the header is longer than the limit', {
    ...place,
    byteOffset: position,
    expected: `at most ${maxCards} cards`,
    found: 'more',
    remedy: 'raise maxHeaderCards',
  });
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
