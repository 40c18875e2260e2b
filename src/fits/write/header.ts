/** Assembles headers: structural cards, the caller's cards, END and padding. */
import { CARD_LENGTH, type HeaderCard } from '../card.ts';
import { BLOCK_LENGTH } from '../header-reader.ts';
import { formatCard } from './format-card.ts';

/** Keywords that the writer sets itself; the caller's cards of these names are left out. */
const STRUCTURAL =
  /^(?:SIMPLE|XTENSION|BITPIX|NAXIS\d*|PCOUNT|GCOUNT|GROUPS|EXTEND|TFIELDS|T(?:TYPE|FORM)\d+|THEAP|BSCALE|BZERO|BLANK|EXTNAME|CHECKSUM|DATASUM|END|CONTINUE|Z(?:IMAGE|SIMPLE|TENSION|EXTEND|BITPIX|NAXIS\d*|TILE\d+|CMPTYPE|NAME\d+|VAL\d+|QUANTIZ|DITHER0|SCALE|ZERO|BLANK|PCOUNT|GCOUNT|HECKSUM|DATASUM))$/;

export function isStructural(keyword: string): boolean {
  return STRUCTURAL.test(keyword.toUpperCase());
}

/** Whole blocks, ending with END. */
export function formatHeader(cards: readonly HeaderCard[]): Buffer {
  const text = [...cards.flatMap((card) => formatCard(card)), 'END'.padEnd(CARD_LENGTH)].join('');
  return Buffer.from(text.padEnd(Math.ceil(text.length / BLOCK_LENGTH) * BLOCK_LENGTH), 'latin1');
}
