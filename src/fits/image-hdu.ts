/** Tells images from other HDUs and describes them: plain arrays and tile-compressed ones alike. */
import type { FitsPlace } from './errors.ts';
import type { FitsSource, Hdu, OtherHdu } from './hdu.ts';
import type { FitsHeader } from './header.ts';
import { product, type Structure } from './structure.ts';
import { isCompressedImage, readTileTable, uncompressedHeader } from './tiles/index.ts';

export interface HduParts {
  source: FitsSource;
  index: number;
  headerOffset: number;
  dataOffset: number;
  availableBytes: number;
  storedHeader: FitsHeader;
  structure: Structure;
}

export function describeHdu(parts: HduParts): Hdu {
  const { structure, storedHeader, index, source, headerOffset } = parts;
  const place: FitsPlace = { file: source.file, hdu: index, byteOffset: headerOffset };
  const common = {
    source,
    index,
    headerOffset,
    dataOffset: parts.dataOffset,
    dataBytes: structure.dataBytes,
    availableBytes: parts.availableBytes,
    storedHeader,
    header: storedHeader,
  };
  if (isCompressedImage(storedHeader)) {
    const tiles = readTileTable(common, structure, place, storedHeader);
    const header = uncompressedHeader(storedHeader);
    if (product(tiles.shape) === 0) return { ...common, kind: 'empty', header };
    return {
      ...common,
      kind: 'image',
      header,
      ...axes(tiles.shape),
      bitpix: tiles.bitpix,
      ...scaling(storedHeader, tiles.bitpix),
      compression: tiles.codec,
      tiles,
    };
  }
  const kind = kindOf(storedHeader, structure);
  if (kind !== 'image') return { ...common, kind };
  return {
    ...common,
    kind,
    ...axes(structure.shape),
    bitpix: structure.bitpix,
    ...scaling(storedHeader, structure.bitpix),
    compression: 'none',
    tiles: undefined,
  };
}

function axes(shape: number[]): { shape: number[]; width: number; height: number } {
  return { shape, width: shape[0]!, height: product(shape.slice(1)) };
}

/**
 * As the header has them. What is damaged, like a scale of zero, is refused when pixels are scaled, not here, so that the
 * header stays readable; NaN keeps it from being taken for the default.
 */
function scaling(header: FitsHeader, bitpix: number) {
  const blank = numberOr(header, 'BLANK', undefined);
  const isBlankDamaged = bitpix > 0 && blank !== undefined && !Number.isInteger(blank);
  return {
    bscale: isBlankDamaged ? Number.NaN : numberOr(header, 'BSCALE', 1),
    bzero: numberOr(header, 'BZERO', 0),
    blank: bitpix > 0 && !isBlankDamaged ? blank : undefined,
  };
}

/** NaN for a value that is no number. */
function numberOr<Fallback>(header: FitsHeader, keyword: string, fallback: Fallback): number | Fallback {
  const value = header.get(keyword) ?? null;
  if (value === null) return fallback;
  return typeof value === 'number' ? value : Number.NaN;
}

function kindOf(header: FitsHeader, { shape, isGroups, dataBytes }: Structure): OtherHdu['kind'] | 'image' {
  if (isGroups) return 'groups';
  const extension = header.text('XTENSION');
  if (extension === 'BINTABLE' || extension === 'TABLE' || extension === 'A3DTABLE') return 'table';
  if (extension !== undefined && extension !== 'IMAGE' && extension !== 'IUEIMAGE') return 'other';
  return shape.length === 0 || product(shape) === 0 || dataBytes === 0 ? 'empty' : 'image';
}
