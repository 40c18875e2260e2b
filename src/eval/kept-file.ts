/** Files that may be there or not: what was computed before. */
import { readFile } from 'node:fs/promises';

/** Undefined where there is no such file; other errors of the disk are thrown as they are. */
export async function readIfThere(path: string): Promise<Buffer | undefined> {
  return readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}
