/** What runs that were killed left behind. Only the holder of the workspace's lock may call this. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Catalog, Frame } from '../catalog/index.ts';
import type { Workspace } from '../core/workspace.ts';
import { partPath } from './part-file.ts';
import { retire } from './replace.ts';
import { adoptExisting } from './store-frame.ts';

/**
 * Slots that were being fetched when a run died: a file that reached its place gets its row; of the rest the part files
 * go, except for `resumed` (row ids), which this run asks for again.
 */
export async function settleInterrupted(
  catalog: Catalog,
  workspace: Workspace,
  resumed: ReadonlySet<number>,
): Promise<void> {
  for (const row of catalog.unfinished()) {
    if (resumed.has(row.id) || !row.path) continue;
    const absolute = join(workspace.root, row.path);
    if (row.state === 'superseded') {
      await retire(row, catalog, workspace);
      continue;
    }
    // It was compared with its slot before it was renamed: only its being whole is asked again.
    const candidate = { urls: row.url ? [row.url] : [], time: row.slot };
    const found = await adoptExisting(catalog, workspace, row, row.path, candidate, Number.POSITIVE_INFINITY);
    await rm(partPath(absolute), { force: true });
    if (found && 'bytes' in found) continue;
    await rm(absolute, { force: true });
    catalog.forgetFile(row.id, 'expected', row.reason ?? 'a run was stopped while it fetched this');
  }
}

/**
 * What an earlier run left of this row when the row is now to be had elsewhere than at `path`, or not at all: another
 * neighbour was being fetched then, or the archive has since lost it.
 */
export async function clearLeftover(
  catalog: Catalog,
  workspace: Workspace,
  row: Frame,
  path: string | undefined,
): Promise<void> {
  if (row.state !== 'downloading' || !row.path || row.path === path) return;
  const absolute = join(workspace.root, row.path);
  await rm(partPath(absolute), { force: true });
  if (catalog.frameOfPath(row.path)?.id === row.id) await rm(absolute, { force: true });
}
