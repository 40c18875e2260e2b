import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ownedName, removeAbandoned } from '../../src/core/abandoned.ts';
import { writeAtomic } from '../../src/core/files.ts';
import { deadPid } from '../support/program.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sungan-abandoned-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function plant(name: string, ageMs = 0): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, 'half');
  const time = new Date(Date.now() - ageMs);
  await utimes(path, time, time);
  return name;
}

describe('files under construction', () => {
  it('go when their owner is dead', async () => {
    await plant(ownedName('a.json', deadPid()));
    await removeAbandoned(folder);
    expect(await readdir(folder)).toEqual([]);
  });

  it('stay while their owner lives', async () => {
    const names = [await plant(ownedName('a.json')), await plant(ownedName('a.json', process.ppid))];
    await removeAbandoned(folder);
    expect((await readdir(folder)).sort()).toEqual(names.sort());
  });

  it('of another machine go after a day', async () => {
    const elsewhere = (name: string) => name.replace(/[0-9a-f]{8}-/, '00000000-');
    const young = await plant(elsewhere(ownedName('young.json', deadPid())), 23 * 3_600_000);
    await plant(elsewhere(ownedName('old.json')), 25 * 3_600_000);
    await removeAbandoned(folder);
    expect(await readdir(folder)).toEqual([young]);
  });

  it('are looked for in vain where there is no folder', async () => {
    await expect(removeAbandoned(join(folder, 'none'))).resolves.toBeUndefined();
  });

  it('of others are not touched: a download goes on from its own', async () => {
    const names = await Promise.all(
      ['.a.fits.part', 'a.part', '.a.json', '.a.0a0a0a0a.part'].map((name) => plant(name, 1e9)),
    );
    await removeAbandoned(folder);
    expect((await readdir(folder)).sort()).toEqual(names.sort());
  });
});

describe('writeAtomic', () => {
  it('takes away what a killed process left in that folder', async () => {
    await plant(ownedName('histograms.json', deadPid()));
    await writeAtomic(join(folder, 'other.json'), '{}');
    expect(await readdir(folder)).toEqual(['other.json']);
  });
});
