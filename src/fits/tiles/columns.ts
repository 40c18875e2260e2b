/** The columns of a binary table: name, type and place in the row (FITS 4.0 section 7.3.2). */
import type { FitsPlace } from '../errors.ts';
import type { FitsHeader } from '../header.ts';
import { cardError, readCount } from '../structure.ts';

export interface Column {
  name: string;
  /** Letter of the element type: for a variable-length column that of the data in the heap. */
  type: string;
  /** Elements in the row; for a descriptor 0 or 1. */
  repeat: number;
  /** Byte offset in the row, and length there. */
  offset: number;
  bytes: number;
  /** Bytes of one element of `type`. */
  elementBytes: number;
  /** A P or Q descriptor: count and heap offset of 32 or 64 bits. */
  isDescriptor: boolean;
  isWide: boolean;
}

const TYPE_BYTES: Record<string, number> = { L: 1, B: 1, A: 1, I: 2, J: 4, K: 8, E: 4, D: 8, C: 8, M: 16 };
const FORMAT = /^(\d*)([LXBIJKAEDCM])|^(\d*)([PQ])([LXBIJKAEDCM])/;

/** Columns by upper-case name, without empty ones. Their lengths must add up to the row's. */
export function readColumns(header: FitsHeader, rowBytes: number, place: FitsPlace): Map<string, Column> {
  const fields = readCount(header, 'TFIELDS', place);
  if (fields > 999) throw cardError(header, 'TFIELDS', place, 'at most 999');
  const columns = new Map<string, Column>();
  let offset = 0;
  for (let i = 1; i <= fields; i++) {
    const column = readColumn(header, i, offset, place);
    if (column.bytes > 0) columns.set(column.name, column);
    offset += column.bytes;
  }
  if (offset !== rowBytes) throw cardError(header, 'NAXIS1', place, `${offset}, the sum of the columns`);
  return columns;
}

function readColumn(header: FitsHeader, index: number, offset: number, place: FitsPlace): Column {
  const keyword = `TFORM${index}`;
  const match = FORMAT.exec(header.text(keyword) ?? '');
  if (match === null) throw cardError(header, keyword, place, 'a column format such as 1PB(100)');
  const name = (header.text(`TTYPE${index}`) ?? '').toUpperCase();
  const isDescriptor = match[4] !== undefined;
  const isWide = match[4] === 'Q';
  const count = isDescriptor ? match[3] : match[1];
  const type = (isDescriptor ? match[5] : match[2])!;
  const repeat = count === '' || count === undefined ? 1 : Number(count);
  if (!Number.isSafeInteger(repeat)) throw cardError(header, keyword, place, 'a repeat count below 2^53');
  const elementBytes = type === 'X' ? 1 : TYPE_BYTES[type]!;
  const inRow = isDescriptor
    ? Math.min(repeat, 1) * (isWide ? 16 : 8)
    : type === 'X'
      ? Math.ceil(repeat / 8)
      : repeat * elementBytes;
  return { name, type, repeat, offset, bytes: inRow, elementBytes, isDescriptor, isWide };
}
