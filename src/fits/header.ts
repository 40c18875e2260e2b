/** A header: cards in file order, and typed access by keyword. */
import { CARD_LENGTH, type CardValue, type ParsedCard, parseComplex } from './card.ts';
import { CardJoiner } from './header-reader.ts';

/** Lossless: `FitsHeader.fromJSON` of it has the same cards, byte for byte. Numbers that JSON lacks are text in `value`. */
export interface HeaderJson {
  cards: {
    keyword: string;
    value: string | number | boolean | null;
    comment: string;
    position: number;
    text: string;
  }[];
}

export class FitsHeader {
  /** Every card up to END, in file order, blank and commentary cards too; a long string is one card. */
  readonly cards: readonly ParsedCard[];
  readonly #last = new Map<string, ParsedCard>();

  constructor(cards: readonly ParsedCard[]) {
    this.cards = cards;
    for (const card of cards) this.#last.set(card.keyword, card);
  }

  /** The card of a keyword, the last where it is given twice. Case does not matter, nor does a leading HIERARCH. */
  card(keyword: string): ParsedCard | undefined {
    return this.#last.get(keyword.toUpperCase().replace(/^HIERARCH\s+/, ''));
  }

  /** `undefined` when the keyword is absent, `null` when it is there without a value. */
  get(keyword: string): CardValue {
    return this.card(keyword)?.value;
  }

  has(keyword: string): boolean {
    return this.card(keyword) !== undefined;
  }

  /** The number, NaN and infinities as JSOC writes them included; `undefined` when there is none. */
  number(keyword: string): number | undefined {
    const value = this.get(keyword);
    return typeof value === 'number' ? value : undefined;
  }

  text(keyword: string): string | undefined {
    const value = this.get(keyword);
    return typeof value === 'string' ? value : undefined;
  }

  boolean(keyword: string): boolean | undefined {
    const value = this.get(keyword);
    return typeof value === 'boolean' ? value : undefined;
  }

  /** Real and imaginary part. */
  complex(keyword: string): [number, number] | undefined {
    const value = this.text(keyword);
    return value === undefined ? undefined : parseComplex(value);
  }

  /** Every value of a keyword that may come more than once; for COMMENT and HISTORY the texts. */
  all(keyword: string): CardValue[] {
    const wanted = keyword.toUpperCase();
    return this.cards
      .filter((card) => card.keyword === wanted)
      .map((card) => (card.value === undefined ? card.comment : card.value));
  }

  /** Keyword to value, the last of duplicates; NaN and infinities as text; COMMENT and HISTORY joined by line ends. */
  toRecord(): Record<string, string | number | boolean | null> {
    const record: Record<string, string | number | boolean | null> = {};
    for (const { keyword, value, comment } of this.cards) {
      if (keyword === '') continue;
      if (value !== undefined) {
        define(record, keyword, jsonValue(value));
      } else if (typeof record[keyword] === 'string') {
        define(record, keyword, `${record[keyword]}\n${comment.trim()}`);
      } else {
        define(record, keyword, comment.trim());
      }
    }
    return record;
  }

  toJSON(): HeaderJson {
    return {
      cards: this.cards.map(({ keyword, value, comment, position, text }) => ({
        keyword,
        value: jsonValue(value),
        comment,
        position,
        text,
      })),
    };
  }

  static fromJSON(json: HeaderJson): FitsHeader {
    const joiner = new CardJoiner();
    for (const { text, position } of json.cards) {
      for (let at = 0; at < text.length; at += CARD_LENGTH) {
        joiner.add(text.slice(at, at + CARD_LENGTH), position + at);
      }
    }
    return new FitsHeader(joiner.finish());
  }
}

/** A keyword of a hostile file may be `__PROTO__`-like: always an own property. */
function define<T>(record: Record<string, T>, keyword: string, value: T): void {
  Object.defineProperty(record, keyword, { value, enumerable: true, writable: true, configurable: true });
}

function jsonValue(value: CardValue): string | number | boolean | null {
  if (value === undefined) return null;
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}
