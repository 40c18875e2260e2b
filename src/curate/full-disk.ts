/** A disk without room shows in many places (a shard, the journal, the catalog, a picture) and is one thing to a person. */
import { SunganError } from '../core/errors.ts';

/** No space, quota used up, largest size of a file reached; SQLite has its own names for what happens below it. */
const CODES = new Set([
  'ENOSPC',
  'EDQUOT',
  'EFBIG',
  'SQLITE_FULL',
  'SQLITE_IOERR_WRITE',
  'SQLITE_IOERR_SHMSIZE',
]);

/** The error as it is, or one that says that the disk is full when that is at the bottom of it. */
export function explainFullDisk(error: unknown, workspaceRoot: string): unknown {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === undefined || !CODES.has(code)) continue;
    return new SunganError('io', `the disk is full: ${cause.message}`, {
      where: workspaceRoot,
      remedy: 'free some space and run the same command again: it goes on from the last commit',
      cause: error,
    });
  }
  return error;
}
