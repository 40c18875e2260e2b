/** Opens a file: walks from header to header as far as is asked, and refuses what is not FITS with the reason. */
import { FitsError } from './errors.ts';
import { unwrapGzip, unwrapStart } from './gzip.ts';
import type { FitsSource, Hdu, ImageHdu } from './hdu.ts';
import { BLOCK_LENGTH } from './header-reader.ts';
import { describeHdu } from './image-hdu.ts';
import { hasExtension, readExtent, startsWith } from './walk.ts';

export interface ReadOptions {
  /** Name for error messages. */
  file?: string | undefined;
  /** Largest array that any read of this file may return or unpack, in bytes. */
  maxDecodedBytes?: number | undefined;
  /** Longest header that is read, in cards of 80 characters. */
  maxHeaderCards?: number | undefined;
}

/** 1 GiB: an image of 11585 x 11585 in float64. */
export const DEFAULT_MAX_DECODED_BYTES = 2 ** 30;
/** 8 MB. Level-1 headers have some 250 cards. */
const DEFAULT_MAX_HEADER_CARDS = 100_000;

/** A file in memory. HDUs are read when first asked for, so a fault behind the wanted image does no harm. */
export class FitsFile {
  readonly file: string | undefined;
  readonly #source: FitsSource;
  readonly #found: Hdu[] = [];
  #next = 0;

  constructor(source: FitsSource) {
    this.file = source.file;
    this.#source = source;
  }

  /** All HDUs. Throws `FitsError` when one of them has a broken header. */
  get hdus(): readonly Hdu[] {
    while (this.#walk());
    return this.#found;
  }

  /** The HDU at an index, or undefined behind the last. */
  hdu(index: number): Hdu | undefined {
    while (this.#found.length <= index && this.#walk());
    return this.#found[index];
  }

  /** Bytes after the last HDU that are no HDU; the standard lets readers ignore them. Of a gzipped file at least its first block is counted. */
  get trailingBytes(): number {
    while (this.#walk());
    return Math.max(0, this.#source.bytes.length - this.#next);
  }

  /**
   * Throws `FitsError` when a block or more follows the last HDU that is not padding: an HDU whose first card is damaged,
   * or data of which the header does not know.
   */
  checkEnd(): void {
    const { bytes, file } = this.#source;
    if (this.trailingBytes < BLOCK_LENGTH) return;
    const rest = bytes.subarray(this.#next);
    if (rest.every((byte) => byte === 0 || byte === 0x20)) return;
    throw new FitsError('what follows the last HDU is no HDU', {
      file,
      hdu: this.#found.length,
      byteOffset: this.#next,
      expected: `XTENSION at byte ${this.#next}`,
      found: `${rest.length} other bytes`,
    });
  }

  /** Reads one more HDU; false when there is none. */
  #walk(): boolean {
    const index = this.#found.length;
    const offset = this.#next;
    const { bytes, file } = this.#source;
    if (index > 0 && !hasExtension(bytes, offset)) return false;
    const place = { file, hdu: index, byteOffset: offset };
    const { header, structure, dataOffset, end } = readExtent(this.#source, place);
    this.#found.push(
      describeHdu({
        source: this.#source,
        index,
        headerOffset: offset,
        dataOffset,
        availableBytes: Math.max(0, Math.min(structure.dataBytes, bytes.length - dataOffset)),
        storedHeader: header,
        structure,
      }),
    );
    this.#next = end;
    return true;
  }
}

/**
 * Opens FITS bytes, gzipped or not. Pixels are decoded by `readImage`. The bytes are kept, not copied.
 * Throws `FitsError` when the first header cannot be one.
 */
export function readFits(bytes: Uint8Array, options: ReadOptions = {}): FitsFile {
  const source: FitsSource = {
    bytes,
    file: options.file,
    maxDecodedBytes: options.maxDecodedBytes ?? DEFAULT_MAX_DECODED_BYTES,
    maxHeaderCards: options.maxHeaderCards ?? DEFAULT_MAX_HEADER_CARDS,
  };
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    checkSignature({ ...source, bytes: unwrapStart(source) });
    source.bytes = unwrapGzip(source);
  }
  checkSignature(source);
  return new FitsFile(source);
}

/** The first HDU that holds pixels: the primary one, or for most SDO files HDU 1. Throws when there is none. */
export function firstImage(fits: FitsFile): ImageHdu {
  for (let index = 0; ; index++) {
    const hdu = fits.hdu(index);
    if (hdu === undefined) break;
    if (hdu.kind === 'image') return hdu;
  }
  throw new FitsError('the file holds no image', {
    file: fits.file,
    expected: 'an HDU with pixels',
    found: fits.hdus.map(({ kind }) => kind).join(', '),
  });
}

function checkSignature({ bytes, file }: FitsSource): void {
  if (startsWith(bytes, 0, 'SIMPLE  =')) return;
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 512)).toString('latin1');
  const isPage = /^\s*<(?:!doctype|html|\?xml|head)/i.test(start);
  throw new FitsError('not a FITS file', {
    file,
    byteOffset: 0,
    expected: '"SIMPLE  ="',
    found: isPage ? 'an HTML page' : describeStart(bytes, start),
    remedy: isPage
      ? 'the server sent a page instead of the file: fetch it again later'
      : 'fetch the file again',
  });
}

function describeStart(bytes: Uint8Array, start: string): string {
  if (bytes.length === 0) return 'an empty file';
  if (bytes[0] === 0x1f && bytes[1] === 0x9d) return 'a file packed by compress (.Z): unpack it first';
  if (start.startsWith('BZh')) return 'a bzip2 file: unpack it first';
  return JSON.stringify(start.slice(0, 9));
}
