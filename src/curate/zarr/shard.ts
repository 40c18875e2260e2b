/**
 * One shard of Zarr's `sharding_indexed` codec (specification v1.0): chunks one behind the other, then an index of
 * (offset, length) pairs as little-endian uint64, then the index's CRC-32C. An absent chunk has all bits set.
 */
import { SunganError } from '../../core/errors.ts';
import { crc32c } from './crc32c.ts';

const ENTRY_BYTES = 16;
const CHECKSUM_BYTES = 4;
const ABSENT = 0xffffffffffffffffn;

export interface ChunkRange {
  offset: number;
  length: number;
}

/** Bytes of the index at the end of a shard of `capacity` chunks. */
export function shardIndexBytes(capacity: number): number {
  return capacity * ENTRY_BYTES + CHECKSUM_BYTES;
}

/** The shard as parts that follow one another, the chunks themselves first; fewer than `capacity` leave the rest absent. */
export function encodeShard(chunks: readonly Uint8Array[], capacity: number): Uint8Array[] {
  const bytes = new Uint8Array(shardIndexBytes(capacity));
  const index = new DataView(bytes.buffer);
  let offset = 0;
  for (let i = 0; i < capacity; i++) {
    const chunk = chunks[i];
    index.setBigUint64(i * ENTRY_BYTES, chunk ? BigInt(offset) : ABSENT, true);
    index.setBigUint64(i * ENTRY_BYTES + 8, chunk ? BigInt(chunk.length) : ABSENT, true);
    offset += chunk?.length ?? 0;
  }
  const entries = bytes.subarray(0, capacity * ENTRY_BYTES);
  index.setUint32(capacity * ENTRY_BYTES, crc32c(entries), true);
  return [...chunks.slice(0, capacity), bytes];
}

/** The ranges of a shard's chunks, from the last `shardIndexBytes(capacity)` bytes of its file. */
export function decodeShardIndex(
  tail: Uint8Array,
  capacity: number,
  where: string,
): (ChunkRange | undefined)[] {
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength);
  if (tail.length !== shardIndexBytes(capacity)) {
    throw new SunganError('format', 'shard is shorter than its index', { where, remedy: REMEDY });
  }
  if (view.getUint32(capacity * ENTRY_BYTES, true) !== crc32c(tail.subarray(0, capacity * ENTRY_BYTES))) {
    throw new SunganError('format', 'checksum of the shard index does not match', { where, remedy: REMEDY });
  }
  return Array.from({ length: capacity }, (_, i) => {
    const offset = view.getBigUint64(i * ENTRY_BYTES, true);
    const length = view.getBigUint64(i * ENTRY_BYTES + 8, true);
    return offset === ABSENT ? undefined : { offset: Number(offset), length: Number(length) };
  });
}

const REMEDY = 'the file is damaged: delete the dataset folder and run curate again';
