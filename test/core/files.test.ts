import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readJson, sha256OfBytes, sha256OfFile, writeAtomic } from '../../src/core/files.ts';
import { insideWorkspace, openWorkspace } from '../../src/core/workspace.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sungan-files-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('writeAtomic', () => {
  it('makes folders, replaces content and leaves no temporary file', async () => {
    const path = join(folder, 'a', 'b.txt');
    await writeAtomic(path, 'one');
    await writeAtomic(path, 'two');
    expect(await readFile(path, 'utf8')).toBe('two');
    expect(await readdir(join(folder, 'a'))).toEqual(['b.txt']);
  });
});

describe('readJson', () => {
  it('gives undefined for a missing file and names a broken one', async () => {
    expect(await readJson(join(folder, 'none.json'))).toBeUndefined();
    await writeFile(join(folder, 'bad.json'), '{');
    await expect(readJson(join(folder, 'bad.json'))).rejects.toMatchObject({
      kind: 'format',
      where: join(folder, 'bad.json'),
    });
  });
});

describe('hashes', () => {
  it('of a file and of its bytes agree with the known value', async () => {
    await writeFile(join(folder, 'abc'), 'abc');
    const known = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    expect(await sha256OfFile(join(folder, 'abc'))).toBe(known);
    expect(sha256OfBytes('abc')).toBe(known);
  });
});

describe('insideWorkspace', () => {
  it.each(['../x', 'raw/../../x', '/etc/passwd', '..'])('refuses %s', (path) => {
    expect(() => insideWorkspace(openWorkspace(folder), path)).toThrow(/leaves the workspace/);
  });

  it('accepts names that only look dangerous', () => {
    expect(insideWorkspace(openWorkspace(folder), 'raw/..x/a.fits')).toBe(
      join(folder, 'raw', '..x', 'a.fits'),
    );
  });
});
