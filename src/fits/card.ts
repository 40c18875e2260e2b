/**
 * One 80-character header card, read. Follows FITS 4.0 section 4, and what JSOC and others write beside it: bare `nan`
 * and `inf`, D exponents, HIERARCH keywords, values without the fixed columns.
 */

/** `null`: the keyword is there, its value is not. `undefined`: a card that has no value, such as COMMENT. */
export type CardValue = string | number | boolean | null | undefined;

/** A card as it is given to the writer. For COMMENT, HISTORY and blank keywords the text is in `comment`. */
export interface HeaderCard {
  keyword: string;
  /** A complex value is the text `(re, im)`. */
  value: CardValue;
  comment: string;
}

/** A card as it was read. */
export interface ParsedCard extends HeaderCard {
  /** Byte offset of its first character in the file. */
  position: number;
  /** The card image, 80 characters, and those of the CONTINUE cards that belong to it, each 80. */
  text: string;
}

export const CARD_LENGTH = 80;

const HIERARCH = /^HIERARCH\s+([^=\s][^=]*?)\s*=/;
/** Have text, whatever stands in it. */
const COMMENTARY: ReadonlySet<string> = new Set(['', 'COMMENT', 'HISTORY', 'CONTINUE']);
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[EeDd][+-]?\d+)?$/;
const NOT_FINITE = /^([+-]?)(nan|inf|infinity)$/i;

/** Reads one card image; `position` is kept for messages. Never throws: what has no value is commentary. */
export function parseCard(text: string, position: number): ParsedCard {
  const name = text.slice(0, 8).trimEnd();
  if (text.startsWith('= ', 8) && !COMMENTARY.has(name.toUpperCase())) {
    return { keyword: name.toUpperCase(), ...parseValue(text.slice(10)), position, text };
  }
  const long = HIERARCH.exec(text);
  if (long !== null) {
    return {
      keyword: long[1]!.toUpperCase(),
      ...parseValue(text.slice(long[0].length)),
      position,
      text,
    };
  }
  return { keyword: name.toUpperCase(), value: undefined, comment: text.slice(8).trimEnd(), position, text };
}

/** The value field and the comment after its slash. */
export function parseValue(field: string): { value: CardValue; comment: string } {
  const start = field.trimStart();
  if (start.startsWith("'")) return parseQuoted(start);
  const slash = start.indexOf('/');
  const word = (slash < 0 ? start : start.slice(0, slash)).trim();
  const comment = slash < 0 ? '' : start.slice(slash + 1).trim();
  return { value: parseBare(word), comment };
}

function parseQuoted(start: string): { value: string; comment: string } {
  let end = 1;
  // A doubled quote stands for one; a slash inside quotes does not begin the comment.
  while (end < start.length) {
    if (start[end] === "'") {
      if (start[end + 1] !== "'") break;
      end++;
    }
    end++;
  }
  const rest = start.slice(end + 1);
  const slash = rest.indexOf('/');
  return {
    value: start.slice(1, end).replaceAll("''", "'").trimEnd(),
    comment: slash < 0 ? '' : rest.slice(slash + 1).trim(),
  };
}

function parseBare(word: string): CardValue {
  if (word === '') return null;
  if (word === 'T') return true;
  if (word === 'F') return false;
  if (NUMBER.test(word)) return Number(word.replace(/[Dd]/, 'e'));
  const odd = NOT_FINITE.exec(word);
  if (odd === null) return word;
  if (odd[2]!.toLowerCase() === 'nan') return Number.NaN;
  return odd[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

/** The two parts of a complex value's text, or undefined when it is none. */
export function parseComplex(text: string): [number, number] | undefined {
  const parts = /^\(\s*([^,\s]+)\s*,\s*([^,\s]+)\s*\)$/.exec(text);
  if (parts === null) return undefined;
  const real = parseBare(parts[1]!);
  const imaginary = parseBare(parts[2]!);
  return typeof real === 'number' && typeof imaginary === 'number' ? [real, imaginary] : undefined;
}
