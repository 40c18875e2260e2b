/**
 * FITS files: bytes in, values out. Reads images plain and tile-compressed, exactly; writes images plain and
 * Rice-compressed. No file system, no clock. docs/fits.md has the guide.
 */
export type { CardValue, HeaderCard, ParsedCard } from './card.ts';
export { type SumVerdict, verifySums, wrongSum } from './checksum.ts';
export { FitsError } from './errors.ts';
export { DEFAULT_MAX_DECODED_BYTES, type FitsFile, firstImage, type ReadOptions, readFits } from './file.ts';
export type { Bitpix, Hdu, ImageHdu, OtherHdu } from './hdu.ts';
export { FitsHeader, type HeaderJson } from './header.ts';
export {
  type PhysicalImage,
  type PixelArray,
  type ReadImageOptions,
  readImage,
  readImageFloat32,
  readRaw,
  type TargetOptions,
} from './image.ts';
export type { RawPixels } from './pixels.ts';
export type { Region, RegionOptions } from './region.ts';
export { type SolarWcs, wcs } from './wcs.ts';
export { card, type WriteImageOptions, writeImage } from './write/index.ts';
