/** Stops a run before the disk is full: a full disk harms more than this program. */
import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { SunganError } from '../core/errors.ts';
import type { Workspace } from '../core/workspace.ts';

/** Frames between two looks: at 30 MB each the disk cannot fill unseen by more than this. */
const EVERY = 32;

export function createSpaceGuard({ root, raw }: Workspace, minFreeBytes: number): () => Promise<void> {
  let count = 0;
  return async () => {
    if (count++ % EVERY !== 0) return;
    // The raw files may lie on another disk than the catalog.
    const folder = existsSync(raw) ? raw : root;
    const { bavail, bsize } = await statfs(folder);
    const free = bavail * bsize;
    if (free >= minFreeBytes) return;
    throw new SunganError(
      'io',
      `only ${(free / 1e9).toFixed(2)} GB are free, ${(minFreeBytes / 1e9).toFixed(2)} GB must remain`,
      {
        where: folder,
        remedy: 'make room, choose another --workspace, or lower --min-free-gb; what was fetched is kept',
      },
    );
  };
}
