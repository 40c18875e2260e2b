/** The `zarr.json` documents of a group and of its arrays (Zarr specification version 3). */
import { BLOSC_CONFIGURATION } from './blosc.ts';

export interface LevelArray {
  /** Frames, then channels when there are several, then rows (0 = south), then columns. */
  shape: number[];
  dimensionNames: string[];
  /** Frames in one shard. */
  framesPerShard: number;
  attributes: Record<string, unknown>;
}

export interface CoordinateArray {
  dataType: 'int64' | 'uint8' | 'float64';
  length: number;
  chunkLength: number;
  attributes: Record<string, unknown>;
}

const BYTES_LITTLE = { name: 'bytes', configuration: { endian: 'little' } };

export function groupDocument(attributes: Record<string, unknown>): object {
  return { zarr_format: 3, node_type: 'group', attributes };
}

/** uint16, one chunk a frame, sharded along the frames. */
export function levelDocument(array: LevelArray): object {
  const frameShape = array.shape.slice(1);
  return {
    zarr_format: 3,
    node_type: 'array',
    shape: array.shape,
    data_type: 'uint16',
    chunk_grid: { name: 'regular', configuration: { chunk_shape: [array.framesPerShard, ...frameShape] } },
    chunk_key_encoding: { name: 'default', configuration: { separator: '/' } },
    fill_value: 0,
    codecs: [
      {
        name: 'sharding_indexed',
        configuration: {
          chunk_shape: [1, ...frameShape],
          codecs: [BYTES_LITTLE, { name: 'blosc', configuration: BLOSC_CONFIGURATION }],
          index_codecs: [BYTES_LITTLE, { name: 'crc32c' }],
          index_location: 'end',
        },
      },
    ],
    dimension_names: array.dimensionNames,
    attributes: array.attributes,
  };
}

/** One value a frame, uncompressed, so that appending touches the last chunk only. */
export function coordinateDocument(array: CoordinateArray): object {
  return {
    zarr_format: 3,
    node_type: 'array',
    shape: [array.length],
    data_type: array.dataType,
    chunk_grid: { name: 'regular', configuration: { chunk_shape: [array.chunkLength] } },
    chunk_key_encoding: { name: 'default', configuration: { separator: '/' } },
    fill_value: 0,
    codecs: array.dataType === 'uint8' ? [{ name: 'bytes' }] : [BYTES_LITTLE],
    dimension_names: ['frame'],
    attributes: array.attributes,
  };
}

/** Path of a shard inside its array: `c/3/0/0` for a three-dimensional one. */
export function shardKey(shard: number, dimensions: number): string {
  return ['c', shard, ...Array.from({ length: dimensions - 1 }, () => 0)].join('/');
}
