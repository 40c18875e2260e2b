/** What a file is made of, as the reader hands it out. */
import type { FitsHeader } from './header.ts';
import type { TileTable } from './tiles/index.ts';

/** The bytes that HDUs refer to, and the limits they were opened with. */
export interface FitsSource {
  bytes: Uint8Array;
  file: string | undefined;
  maxDecodedBytes: number;
  maxHeaderCards: number;
}

export type Bitpix = 8 | 16 | 32 | 64 | -32 | -64;

interface HduBase {
  readonly source: FitsSource;
  /** 0 is the primary HDU. */
  readonly index: number;
  /** Byte offset of the header and of the data unit. */
  readonly headerOffset: number;
  readonly dataOffset: number;
  /** Length of the data unit by the header, without padding. */
  readonly dataBytes: number;
  /** How much of it the file holds: less than `dataBytes` when the file was cut off. */
  readonly availableBytes: number;
  /** The header of the image: for a compressed one, as it was before compression. */
  readonly header: FitsHeader;
  /** The header as it stands in the file. */
  readonly storedHeader: FitsHeader;
}

export interface ImageHdu extends HduBase {
  readonly kind: 'image';
  /** NAXIS1 first, as the header has it. */
  readonly shape: readonly number[];
  /** NAXIS1: pixels a row. */
  readonly width: number;
  /** Rows in file order: NAXIS2 times all further axes, so that a cube is its planes on top of one another. */
  readonly height: number;
  /** Of the image: ZBITPIX when compressed. */
  readonly bitpix: Bitpix;
  /**
   * Physical value = bzero + bscale * stored value. NaN where the card is damaged, BSCALE also where the BLANK of integers
   * is: such an image can be read raw only.
   */
  readonly bscale: number;
  readonly bzero: number;
  /** Stored integer that means "no value"; undefined for float images, where the standard forbids BLANK. */
  readonly blank: number | undefined;
  /** `none`, `RICE_1`, `GZIP_1`, `GZIP_2`, `PLIO_1`, `HCOMPRESS_1`, `NOCOMPRESS`. */
  readonly compression: string;
  readonly tiles: TileTable | undefined;
}

/** Tables, random groups, and headers without data. */
export interface OtherHdu extends HduBase {
  readonly kind: 'empty' | 'table' | 'groups' | 'other';
}

export type Hdu = ImageHdu | OtherHdu;
