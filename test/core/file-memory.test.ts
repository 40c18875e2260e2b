import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { FileMemory } from '../../src/core/file-memory.ts';

const folder = mkdtempSync(join(tmpdir(), 'sungan-memory-'));
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(name: string, length: number): string {
  const path = join(folder, name);
  writeFileSync(path, new Uint8Array(length).fill(name.charCodeAt(0)));
  return path;
}

it('reads a later file into the memory of a released one, and only then', async () => {
  const memory = new FileMemory(1);
  const first = await memory.read(fileOf('a', 10_000));
  const meanwhile = await memory.read(fileOf('b', 10_000));
  expect(meanwhile.bytes.buffer).not.toBe(first.bytes.buffer);
  expect([first.bytes[9999], meanwhile.bytes[9999]]).toEqual([97, 98]);
  first.release();
  first.release();
  const later = await memory.read(fileOf('c', 9000));
  expect(later.bytes.buffer).toBe(first.bytes.buffer);
  expect(later.bytes).toEqual(new Uint8Array(9000).fill(99));
  // Released once only: the next file may not lie over it.
  expect((await memory.read(fileOf('d', 10))).bytes.buffer).not.toBe(later.bytes.buffer);
});

it('takes larger memory for a larger file', async () => {
  const memory = new FileMemory(1);
  const small = await memory.read(fileOf('e', 10));
  small.release();
  const large = await memory.read(fileOf('f', 100_000));
  expect(large.bytes).toHaveLength(100_000);
  expect(large.bytes.buffer).not.toBe(small.bytes.buffer);
});

it('a file that is not there is the error of the file system', async () => {
  await expect(new FileMemory(1).read(join(folder, 'none'))).rejects.toMatchObject({ code: 'ENOENT' });
});
