/**
 * The folder of real SDO files, which is not part of the repository: SUNGAN_TEST_DATA, or `shared/data` beside the
 * repository. Tests that need it are left out with a printed reason where it is missing.
 */
import { fileURLToPath } from 'node:url';
import { describe } from 'vitest';
import { findRealData } from './real-data-folder.ts';

export function realDataFolder(): string | undefined {
  return findRealData(fileURLToPath(new URL('../../', import.meta.url)));
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
