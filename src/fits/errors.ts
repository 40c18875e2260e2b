/** The one error of this room: which file, which HDU, which byte, what the standard asks for and what is there. */
import { SunganError } from '../core/errors.ts';

/** Where in a file something is. Bytes count from 0 at the start of the (uncompressed) file. */
export interface FitsPlace {
  file?: string | undefined;
  /** 0 is the primary HDU. */
  hdu?: number | undefined;
  byteOffset?: number | undefined;
}

export interface FitsErrorDetails extends FitsPlace {
  expected?: string;
  found?: string;
  remedy?: string;
  cause?: unknown;
}

/** What stands in a broken file may be long, and a message is one line. Characters. */
const LONGEST_FOUND = 80;
const LONGEST_TEXT = 200;

export class FitsError extends SunganError {
  override readonly name = 'FitsError';
  readonly file: string | undefined;
  readonly hdu: number | undefined;
  readonly byteOffset: number | undefined;
  readonly expected: string | undefined;
  readonly found: string | undefined;

  constructor(message: string, details: FitsErrorDetails = {}) {
    const expected = shorten(details.expected, LONGEST_TEXT);
    const found = shorten(details.found, LONGEST_FOUND);
    super('format', sentence(shorten(message, LONGEST_TEXT), { expected, found }), {
      where: placeText(details),
      ...(details.remedy === undefined ? {} : { remedy: details.remedy }),
      ...(details.cause === undefined ? {} : { cause: details.cause }),
    });
    this.file = details.file;
    this.hdu = details.hdu;
    this.byteOffset = details.byteOffset;
    this.expected = expected;
    this.found = found;
  }
}

function shorten<Text extends string | undefined>(text: Text, length: number): Text | string {
  return text === undefined || text.length <= length ? text : `${text.slice(0, length - 3)}...`;
}

interface Facts {
  expected: string | undefined;
  found: string | undefined;
}

function sentence(message: string, { expected, found }: Facts): string {
  const parts = [
    ...(expected === undefined ? [] : [`expected ${expected}`]),
    ...(found === undefined ? [] : [`found ${found}`]),
  ];
  return parts.length === 0 ? message : `${message}: ${parts.join(', ')}`;
}

function placeText({ file, hdu, byteOffset }: FitsPlace): string {
  const inside = [
    ...(hdu === undefined ? [] : [`HDU ${hdu}`]),
    ...(byteOffset === undefined ? [] : [`byte ${byteOffset}`]),
  ].join(', ');
  const name = file ?? 'FITS data';
  return inside === '' ? name : `${name} (${inside})`;
}

export function isFitsError(value: unknown): value is FitsError {
  return value instanceof FitsError;
}
