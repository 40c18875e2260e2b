/** The keywords that say how long a data unit is, checked before anything is believed (FITS 4.0 section 4.4.1). */
import { FitsError, type FitsPlace } from './errors.ts';
import type { Bitpix } from './hdu.ts';
import type { FitsHeader } from './header.ts';

export interface Structure {
  bitpix: Bitpix;
  /** NAXIS1 first. */
  shape: number[];
  isGroups: boolean;
  /** Without padding. */
  dataBytes: number;
}

const MAX_AXES = 999;
const BITPIX_VALUES: readonly number[] = [8, 16, 32, 64, -32, -64];

export function readStructure(header: FitsHeader, place: FitsPlace): Structure {
  const bitpix = readBitpix(header, 'BITPIX', place);
  const shape = readShape(header, 'NAXIS', place);
  const isGroups = shape[0] === 0 && shape.length > 1 && header.get('GROUPS') === true;
  const parameters = optionalCount(header, 'PCOUNT', 0, place);
  const groups = optionalCount(header, 'GCOUNT', 1, place);
  const elements = shape.length === 0 ? 0 : product(isGroups ? shape.slice(1) : shape);
  const dataBytes = (Math.abs(bitpix) / 8) * groups * (parameters + elements);
  if (!Number.isSafeInteger(dataBytes)) {
    throw cardError(header, 'NAXIS', place, 'a data unit of less than 2^53 bytes', shape.join(' x '));
  }
  return { bitpix, shape, isGroups, dataBytes };
}

/** BITPIX or ZBITPIX. */
export function readBitpix(header: FitsHeader, keyword: string, place: FitsPlace): Bitpix {
  const value = header.number(keyword);
  if (value === undefined || !BITPIX_VALUES.includes(value)) {
    throw cardError(header, keyword, place, '8, 16, 32, 64, -32 or -64');
  }
  return value as Bitpix;
}

/** The lengths of the axes named NAXISn or ZNAXISn. */
export function readShape(header: FitsHeader, keyword: string, place: FitsPlace): number[] {
  const axes = header.number(keyword);
  if (axes === undefined || !Number.isInteger(axes) || axes < 0 || axes > MAX_AXES) {
    throw cardError(header, keyword, place, `an integer from 0 to ${MAX_AXES}`);
  }
  return Array.from({ length: axes }, (_, i) => readCount(header, `${keyword}${i + 1}`, place));
}

/** A keyword that must be a non-negative integer. */
export function readCount(header: FitsHeader, keyword: string, place: FitsPlace): number {
  const value = header.number(keyword);
  if (value === undefined || !Number.isSafeInteger(value) || value < 0) {
    throw cardError(header, keyword, place, 'a non-negative integer');
  }
  return value;
}

export function optionalCount(
  header: FitsHeader,
  keyword: string,
  fallback: number,
  place: FitsPlace,
): number {
  return header.has(keyword) ? readCount(header, keyword, place) : fallback;
}

/** The number of a keyword, `fallback` where it is absent or without a value; anything else in its place is damage. */
export function optionalNumber<Fallback>(
  header: FitsHeader,
  keyword: string,
  fallback: Fallback,
  place: FitsPlace,
): number | Fallback {
  const value = header.get(keyword) ?? null;
  if (value === null) return fallback;
  if (typeof value !== 'number') throw cardError(header, keyword, place, 'a number');
  return value;
}

export function product(values: readonly number[]): number {
  return values.reduce((total, value) => total * value, 1);
}

/** An error that points at a card, or at the header when the card is missing. */
export function cardError(
  header: FitsHeader,
  keyword: string,
  place: FitsPlace,
  expected: string,
  found?: string,
): FitsError {
  const card = header.card(keyword);
  return new FitsError(`bad ${keyword}`, {
    ...place,
    byteOffset: card?.position ?? place.byteOffset,
    expected,
    found: found ?? (card === undefined ? 'no such card' : JSON.stringify(String(card.value))),
  });
}
