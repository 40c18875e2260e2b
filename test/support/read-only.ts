/** Folders that cannot be written, also for root. */
import { execFileSync } from 'node:child_process';
import { chmodSync } from 'node:fs';

export interface ReadOnlyFolder {
  /** Why it could not be made so: a test then skips. */
  reason: string | undefined;
  undo(): void;
}

/** Permissions do not bind root: there it takes a mount. */
export function makeReadOnly(folder: string): ReadOnlyFolder {
  if (process.getuid?.() !== 0) {
    chmodSync(folder, 0o555);
    return { reason: undefined, undo: () => chmodSync(folder, 0o755) };
  }
  try {
    execFileSync('/bin/mount', ['--bind', folder, folder], { stdio: 'pipe' });
    execFileSync('/bin/mount', ['-o', 'remount,ro,bind', folder], { stdio: 'pipe' });
  } catch (error) {
    const why = (error as Error).message.trim().split('\n').at(-1);
    const reason = `no read-only folder can be made here (${why})`;
    console.log(`skipped: ${reason}`);
    return { reason, undo: () => {} };
  }
  return { reason: undefined, undo: () => execFileSync('/bin/umount', [folder]) };
}
