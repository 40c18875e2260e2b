/** From the cards of an image to the scale of its pixels; what is damaged there is refused, not taken for the default. */
import { FitsError, type FitsPlace } from './errors.ts';
import type { ImageHdu } from './hdu.ts';
import type { PhysicalScale } from './physical.ts';
import { cardError, optionalNumber } from './structure.ts';
import { blankOfAllTiles } from './tiles/index.ts';

export interface ScaleOptions {
  /**
   * Take BLANK for "no value" in float images too, comparing physical values. The standard forbids BLANK there and
   * readers ignore it, but JSOC's own products for missing blocks of level-1 frames mean it.
   */
  floatBlank?: boolean | undefined;
  /**
   * Scale 8- and 16-bit integers in float32 as astropy does, so that checksums of pixels can be compared with its. The
   * default is float64, which is what the standard's formula gives.
   */
  astropyScaling?: boolean | undefined;
}

export function physicalScale(hdu: ImageHdu, { floatBlank, astropyScaling }: ScaleOptions): PhysicalScale {
  const { bscale, bzero, bitpix, header } = hdu;
  const blank = bitpix > 0 || floatBlank ? readBlank(hdu) : undefined;
  for (const keyword of ['BSCALE', 'BZERO']) optionalNumber(header, keyword, undefined, placeOf(hdu));
  if (bscale === 0 || !Number.isFinite(bscale) || !Number.isFinite(bzero)) {
    throw new FitsError('pixels cannot be scaled', {
      ...placeOf(hdu),
      byteOffset: (header.card('BSCALE') ?? header.card('BZERO'))?.position,
      expected: 'a finite BZERO and a finite BSCALE other than 0',
      found: `BSCALE ${bscale}, BZERO ${bzero}`,
    });
  }
  return {
    bscale,
    bzero,
    ...blank,
    isSingle: astropyScaling === true && (bitpix === 8 || bitpix === 16),
  };
}

type Blank = Pick<PhysicalScale, 'blank' | 'wideBlank'>;

/** ZBLANK of a compressed integer image stands for BLANK. */
function readBlank(hdu: ImageHdu): Blank {
  const { bitpix, tiles } = hdu;
  if (tiles === undefined || bitpix < 0 || tiles.blank === undefined) return blankOfCard(hdu, 'BLANK');
  if (typeof tiles.blank === 'number') return blankOfCard(hdu, 'ZBLANK');
  const blank = blankOfAllTiles(tiles, tiles.blank);
  return { blank, wideBlank: BigInt(blank) };
}

/** Of 64-bit images from the text of the card, because a number holds 53 bits. */
function blankOfCard(hdu: ImageHdu, keyword: string): Blank {
  const { storedHeader, bitpix } = hdu;
  const blank = optionalNumber(storedHeader, keyword, undefined, placeOf(hdu));
  if (blank === undefined || bitpix < 0) return { blank };
  if (!Number.isInteger(blank)) throw cardError(storedHeader, keyword, placeOf(hdu), 'an integer');
  const digits = /=\s*\+?(-?\d+)\s*(?:\/|$)/.exec(storedHeader.card(keyword)!.text);
  return { blank, wideBlank: BigInt(digits?.[1] ?? blank) };
}

function placeOf({ source, index, headerOffset }: ImageHdu): FitsPlace {
  return { file: source.file, hdu: index, byteOffset: headerOffset };
}
