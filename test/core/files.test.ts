import { execFileSync } from 'node:child_process';
import { lstat, mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
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

  it('writes the file behind a link, and keeps the link', async () => {
    await writeAtomic(join(folder, 'a', 'b.txt'), 'one');
    await symlink(join('a', 'b.txt'), join(folder, 'link'));
    await writeAtomic(join(folder, 'link'), 'two');
    expect(await readlink(join(folder, 'link'))).toBe(join('a', 'b.txt'));
    expect(await readFile(join(folder, 'a', 'b.txt'), 'utf8')).toBe('two');
  });

  it('hands a pipe or a device its content, and leaves it there', async (context) => {
    if (process.platform === 'win32') return context.skip('Windows has no named pipes in folders');
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const reader = readFile(pipe, 'utf8');
    await writeAtomic(pipe, 'content');
    expect((await lstat(pipe)).isFIFO()).toBe(true);
    expect(await reader).toBe('content');
  });

  it('takes names as long as the file system does', async () => {
    const path = join(folder, `${'ä'.repeat(125)}.json`);
    await writeAtomic(path, 'one');
    expect(await readFile(path, 'utf8')).toBe('one');
    expect(await readdir(folder)).toHaveLength(1);
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
