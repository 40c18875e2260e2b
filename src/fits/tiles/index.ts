/** Tile-compressed images: the table that holds them, and the decoding of their tiles. */
export { readTileBand } from './band.ts';
export { blankOfAllTiles, isCompressedImage, readTileTable, type TileTable } from './table.ts';
export { uncompressedHeader } from './uncompressed-header.ts';
