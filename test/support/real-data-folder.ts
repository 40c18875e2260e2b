/** Where real SDO files lie, which are not part of the repository: SUNGAN_TEST_DATA, or `shared/data` beside it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** `repository` is its root; undefined when there is no such folder. */
export function findRealData(repository: string): string | undefined {
  const candidates = [process.env['SUNGAN_TEST_DATA'], join(repository, '..', 'shared', 'data')];
  return candidates.find((folder) => folder !== undefined && existsSync(join(folder, 'expected.tsv')));
}
