/**
 * The folder of real SDO files, which is not part of the repository: SUNGAN_TEST_DATA, or `shared/data` beside the
 * repository. Tests that need it are left out with a printed reason where it is missing.
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe } from 'vitest';

const repository = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

export function realDataFolder(): string | undefined {
  const candidates = [process.env['SUNGAN_TEST_DATA'], join(repository, '..', 'shared', 'data')];
  return candidates.find((folder) => folder !== undefined && existsSync(join(folder, 'expected.tsv')));
}

/** `describe` with the folder, or a skipped one whose reason is printed. */
export function describeWithRealData(name: string, define: (folder: string) => void): void {
  const folder = realDataFolder();
  if (folder !== undefined) {
    describe(name, () => define(folder));
    return;
  }
  console.warn(`skipped "${name}": no real data; set SUNGAN_TEST_DATA to the folder that holds expected.tsv`);
  describe.skip(`${name} (no real data: set SUNGAN_TEST_DATA)`, () => define(''));
}
