/** Header cards, written: fixed format where it fits, CONTINUE for long strings, HIERARCH for long keywords. */
import { CARD_LENGTH, type CardValue, type HeaderCard } from '../card.ts';
import { FitsError } from '../errors.ts';

/** A card for `writeImage`. `null` writes a keyword without a value; NaN and infinities, which FITS lacks, do too. */
export function card(keyword: string, value: CardValue, comment = ''): HeaderCard {
  return { keyword, value, comment };
}

/** The card images of one card: one of 80 characters, or more for long strings and long commentary. */
export function formatCard(header: HeaderCard): string[] {
  const keyword = header.keyword.toUpperCase();
  if (header.value === undefined) return formatCommentary(keyword, asciiOf(header.comment, keyword, LINES));
  const comment = asciiOf(header.comment, keyword, LINE);
  const start = `${formatKeyword(keyword)}= `;
  if (typeof header.value === 'string')
    return formatString(start, asciiOf(header.value, keyword, LINE), comment);
  const value = formatNumber(header.value, keyword);
  const body = start.length === 10 ? value.padStart(20) : value;
  return [withComment(start + body, comment)];
}

function formatKeyword(keyword: string): string {
  if (/^[A-Z0-9_-]{1,8}$/.test(keyword)) return keyword.padEnd(8);
  if (/^[A-Z0-9_-]+(?: [A-Z0-9_-]+)*$/.test(keyword) && keyword.length <= 50) return `HIERARCH ${keyword} `;
  throw new FitsError('cannot write a keyword', {
    expected: 'letters, digits, - and _, in words of a HIERARCH keyword at most 50 characters long',
    found: JSON.stringify(keyword),
  });
}

function formatNumber(value: number | boolean | null, keyword: string): string {
  if (value === null) return '';
  if (typeof value === 'boolean') return value ? 'T' : 'F';
  if (typeof value !== 'number') {
    throw new FitsError(`cannot write the value of ${keyword}`, {
      expected: 'a string, number, boolean or null',
      found: typeof value,
    });
  }
  if (!Number.isFinite(value)) return '';
  return Object.is(value, -0) ? '-0.0' : String(value).replace('e', 'E').replace('E+', 'E');
}

function formatString(start: string, value: string, comment: string): string[] {
  const quoted = value.replaceAll("'", "''");
  if (start.length + quoted.length + 2 <= CARD_LENGTH) {
    return [withComment(`${start}'${quoted.padEnd(8)}'`.slice(0, CARD_LENGTH), comment)];
  }
  const parts = splitQuoted(quoted, CARD_LENGTH - start.length - 3);
  return parts.map((part, i) => {
    const isLast = i === parts.length - 1;
    const text = `${i === 0 ? start : 'CONTINUE  '}'${part}${isLast ? '' : '&'}'`;
    return isLast ? withComment(text, comment) : text.padEnd(CARD_LENGTH);
  });
}

/** Pieces that each fit a card; a doubled quote is not cut in two. */
function splitQuoted(quoted: string, firstLength: number): string[] {
  const parts: string[] = [];
  let rest = quoted;
  for (let room = firstLength; rest.length > room; room = CARD_LENGTH - 13) {
    const quotesAtEnd = /'*$/.exec(rest.slice(0, room))![0].length;
    const cut = quotesAtEnd % 2 === 1 ? room - 1 : room;
    parts.push(rest.slice(0, cut));
    rest = rest.slice(cut);
  }
  return [...parts, rest];
}

/** Cuts the comment where the card ends, as the standard's own examples do. */
function withComment(text: string, comment: string): string {
  return (comment === '' ? text : `${text.padEnd(30)} / ${comment}`)
    .slice(0, CARD_LENGTH)
    .padEnd(CARD_LENGTH);
}

function formatCommentary(keyword: string, text: string): string[] {
  const start = keyword === '' ? ' '.repeat(8) : formatKeyword(keyword);
  const lines: string[] = [];
  for (const line of text.split('\n')) {
    let rest = line;
    do {
      lines.push(start + rest.slice(0, CARD_LENGTH - 8).padEnd(CARD_LENGTH - 8));
      rest = rest.slice(CARD_LENGTH - 8);
    } while (rest !== '');
  }
  return lines;
}

/** Headers hold printable ASCII only; line ends separate lines of commentary, and have no place beside a value. */
const LINES = /^[\x20-\x7e\n]*$/;
const LINE = /^[\x20-\x7e]*$/;

function asciiOf(text: string, keyword: string, allowed: RegExp): string {
  if (allowed.test(text)) return text;
  throw new FitsError(`cannot write the text of ${keyword || 'a blank card'}`, {
    expected: allowed === LINE ? 'printable ASCII in one line' : 'printable ASCII',
    found: JSON.stringify(text),
  });
}
