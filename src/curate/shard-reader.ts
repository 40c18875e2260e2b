/** Reads single chunks of a dataset's shards as they are stored. */
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { SunganError } from '../core/errors.ts';
import type { Manifest } from './manifest.ts';
import { shardKey } from './zarr/metadata.ts';
import { type ChunkRange, decodeShardIndex, shardIndexBytes } from './zarr/shard.ts';

export interface ChunkReader {
  /** The compressed chunk of a frame at a level. */
  read(size: number, index: number): Promise<Uint8Array>;
  /** Where that chunk lies, for messages. */
  where(size: number, index: number): string;
}

export function createChunkReader(directory: string, manifest: Manifest): ChunkReader {
  const indices = new Map<string, (ChunkRange | undefined)[]>();
  const dimensions = manifest.recipe.channels.length > 1 ? 4 : 3;
  const pathOf = (size: number, index: number) => {
    const capacity = manifest.framesPerShard[size]!;
    return join(directory, String(size), shardKey(Math.floor(index / capacity), dimensions));
  };
  return {
    where: (size, index) => `${pathOf(size, index)}, frame ${index}`,
    async read(size, index) {
      const path = pathOf(size, index);
      const capacity = manifest.framesPerShard[size]!;
      const file = await open(path, 'r').catch((cause) => {
        throw new SunganError('io', 'cannot read a shard', {
          where: path,
          remedy: 'the dataset is damaged: delete its folder and run curate again',
          cause,
        });
      });
      try {
        const ranges = indices.get(path) ?? (await readShardIndex(file, capacity, path));
        indices.set(path, ranges);
        const range = ranges[index % capacity];
        if (!range) throw new SunganError('format', `frame ${index} is absent`, { where: path });
        const chunk = new Uint8Array(range.length);
        await file.read(chunk, 0, range.length, range.offset);
        return chunk;
      } finally {
        await file.close();
      }
    },
  };
}

async function readShardIndex(file: FileHandle, capacity: number, path: string) {
  const { size } = await file.stat();
  const tail = new Uint8Array(Math.min(size, shardIndexBytes(capacity)));
  await file.read(tail, 0, tail.length, size - tail.length);
  return decodeShardIndex(tail, capacity, path);
}
