/** The header of the image inside a compressed HDU, as FITS 4.0 section 10.1 says to restore it. */
import type { ParsedCard } from '../card.ts';
import { FitsHeader } from '../header.ts';

/** Keywords of the table, not of the image. */
const TABLE_KEYWORD =
  /^(?:XTENSION|BITPIX|NAXIS\d*|PCOUNT|GCOUNT|TFIELDS|T(?:TYPE|FORM|UNIT|SCAL|ZERO|NULL|DISP|DIM)\d+|THEAP|CHECKSUM|DATASUM)$/;
const COMPRESSION_KEYWORD =
  /^(?:ZIMAGE|ZCMPTYPE|ZTILE\d+|ZNAME\d+|ZVAL\d+|ZQUANTIZ|ZDITHER0|ZSCALE|ZZERO|ZBLANK|ZMASKCMP)$/;
/** Keywords of the image that were set aside under another name. */
const RENAMED: Record<string, string> = {
  ZSIMPLE: 'SIMPLE',
  ZEXTEND: 'EXTEND',
  ZBLOCKED: 'BLOCKED',
  ZTENSION: 'XTENSION',
  ZBITPIX: 'BITPIX',
  ZPCOUNT: 'PCOUNT',
  ZGCOUNT: 'GCOUNT',
  ZHECKSUM: 'CHECKSUM',
  ZDATASUM: 'DATASUM',
};

export function uncompressedHeader(stored: FitsHeader): FitsHeader {
  return new FitsHeader(stored.cards.flatMap((card) => restore(card)));
}

function restore(card: ParsedCard): ParsedCard[] {
  const { keyword } = card;
  if (COMPRESSION_KEYWORD.test(keyword) || TABLE_KEYWORD.test(keyword)) return [];
  const name = Object.hasOwn(RENAMED, keyword)
    ? RENAMED[keyword]!
    : keyword.replace(/^ZNAXIS(\d*)$/, 'NAXIS$1');
  if (name === keyword) return [card];
  return [{ ...card, keyword: name, text: name.padEnd(8) + card.text.slice(8) }];
}
