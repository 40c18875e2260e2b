import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import * as zarr from 'zarrita';
import { quietEffects } from '../../src/core/effects.ts';
import type { Workspace } from '../../src/core/workspace.ts';
import { curate, curateOptions, openDataset } from '../../src/curate/index.ts';
import { decodeBlosc, encodeBlosc } from '../../src/curate/zarr/blosc.ts';
import { crc32c } from '../../src/curate/zarr/crc32c.ts';
import { decodeShardIndex, encodeShard, shardIndexBytes } from '../../src/curate/zarr/shard.ts';
import { addFrame, temporaryWorkspace } from './support.ts';

let workspace: Workspace;
let remove: () => void;
beforeEach(() => {
  ({ workspace, remove } = temporaryWorkspace());
});
afterEach(() => remove());

/** The folder as zarrita's store. */
function folderStore(folder: string): zarr.AsyncReadable {
  const get = async (key: string) => {
    const bytes = await readFile(join(folder, key)).catch(() => undefined);
    return bytes && new Uint8Array(bytes);
  };
  return {
    get,
    async getRange(key: string, range: zarr.RangeQuery) {
      const bytes = await get(key);
      if ('suffixLength' in range) return bytes?.slice(-range.suffixLength);
      return bytes?.slice(range.offset, range.offset + range.length);
    },
  };
}

test('CRC-32C of the check string and of RFC 3720 B.4', () => {
  expect(crc32c(new TextEncoder().encode('123456789'))).toBe(0xe3069283);
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
});

test('a shard gives back its chunks, and a damaged index is refused', () => {
  const chunks = [Uint8Array.of(1, 2, 3), Uint8Array.of(4)];
  const shard = Uint8Array.from(encodeShard(chunks, 4).flatMap((part) => [...part]));
  const tail = shard.slice(-shardIndexBytes(4));
  const ranges = decodeShardIndex(tail, 4, 'test');
  expect(ranges).toEqual([{ offset: 0, length: 3 }, { offset: 3, length: 1 }, undefined, undefined]);
  tail[0]! ^= 1;
  expect(() => decodeShardIndex(tail, 4, 'c/0/0/0')).toThrow('checksum');
});

test.each([0, 16, 127, 128, 4096])('a Blosc frame of %i values gives them back', (length) => {
  const values = Uint16Array.from({ length }, (_, i) => (i * 40503) & 0xffff);
  const smooth = values.map((_, i) => 30000 + (i >> 4));
  for (const input of [values, smooth])
    expect(decodeBlosc(encodeBlosc(input), length, 'test')).toEqual(input);
});

test('a damaged Blosc frame is refused', () => {
  const frame = encodeBlosc(Uint16Array.from({ length: 1024 }, (_, i) => 1000 + i));
  expect(() => decodeBlosc(frame.subarray(0, 900), 1024, 'shard')).toThrow('no Blosc frame');
  expect(() => decodeBlosc(frame, 1023, 'shard')).toThrow('no Blosc frame');
  expect(() =>
    decodeBlosc(
      frame.map((byte, i) => (i > 1054 ? 0xff : byte)),
      1024,
      'shard',
    ),
  ).toThrow('cannot be unpacked');
});

test('zarrita reads every level and coordinate as we do', async () => {
  for (let day = 1; day <= 5; day++) addFrame(workspace, { slot: `2017-01-0${day}T00:00:00Z`, size: 32 });
  const { directory } = await curate(curateOptions.parse({}), { workspace, effects: quietEffects() });
  const dataset = await openDataset(directory);
  const root = zarr.root(folderStore(directory));
  const group = await zarr.open.v3(root, { kind: 'group' });
  expect(group.attrs).toMatchObject({ title: 'aia-193', simulated: false });
  for (const size of dataset.levels) {
    const array = await zarr.open.v3(root.resolve(String(size)), { kind: 'array' });
    expect(array.shape).toEqual([5, size, size]);
    const { data } = await zarr.get(array);
    expect(Buffer.from((data as Uint16Array).buffer)).toEqual(
      Buffer.from((await dataset.read(size, [0, 1, 2, 3, 4])).buffer),
    );
  }
  const time = await zarr.get(await zarr.open.v3(root.resolve('time'), { kind: 'array' }));
  const times = [...(time.data as BigInt64Array)].map((value) => new Date(Number(value)).toISOString());
  expect(times).toEqual(dataset.frames.map((frame) => frame.time));
  const split = await zarr.get(await zarr.open.v3(root.resolve('split'), { kind: 'array' }));
  expect([...(split.data as Uint8Array)]).toEqual([0, 0, 0, 1, 2]);
});
