/** From a part file that is whole to a stored frame, or to a reason why not. Shared by all sources. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Catalog, Frame, SlotKey } from '../catalog/index.ts';
import { sha256OfBytes } from '../core/files.ts';
import { insideWorkspace, type Workspace } from '../core/workspace.ts';
import { type InspectedFrame, inspectFrame, mismatchWith } from './check.ts';
import type { Problem } from './http/problem.ts';
import type { Candidate } from './sources/index.ts';

/** Relative path of a frame: `raw/<source>/<product>/YYYY/MM/DD/<name>`. The name may come from a server. */
export function rawPath(workspace: Workspace, key: SlotKey, fileName: string): string {
  const [year, month, day] = key.slot.slice(0, 10).split('-') as [string, string, string];
  const relative = ['raw', key.source, key.product, year, month, day, safeName(fileName)].join('/');
  insideWorkspace(workspace, relative);
  return relative;
}

/** A name without folders, hidden-file dots or characters that a file system or a shell might read as more than a name. */
export function safeName(name: string): string {
  return (
    basename(name.replaceAll('\\', '/'))
      .replace(/[^A-Za-z0-9._-]/g, '_')
      .replace(/^\.+/, '_')
      .slice(-200) || '_'
  );
}

export interface StoredFile {
  path: string;
  url: string | null;
  etag: string | null;
  bytes: number;
  sha256: string;
}

/** The last step: the file lies in its place, now its row says so. */
export function recordFrame(
  catalog: Catalog,
  frameId: number,
  file: StoredFile,
  frame: InspectedFrame,
): void {
  const { tObs, exposureSeconds, quality, fsn, width, height, header } = frame;
  catalog.recordStored(frameId, { ...file, tObs, exposureSeconds, quality, fsn, width, height, header });
}

/**
 * A file that lies in its place without a row that says so (a run died between the two, or the catalog was lost): its
 * row is made from what it holds. Returns undefined when there is no such file, or what is wrong with it.
 */
export async function adoptExisting(
  catalog: Catalog,
  workspace: Workspace,
  row: Frame,
  path: string,
  candidate: Pick<Candidate, 'urls' | 'time' | 'header'>,
  toleranceMs: number,
): Promise<{ bytes: number } | Problem | undefined> {
  // Asked first, because the answer is nearly always no, and this way it costs no turn of the event loop.
  if (!existsSync(join(workspace.root, path))) return undefined;
  const bytes = await readFile(join(workspace.root, path)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  // Looked up after the file was read: meanwhile another worker may have put it there for another slot.
  const owner = catalog.frameOfPath(path);
  if (!bytes || (owner && owner.id !== row.id)) return undefined;
  const inspection = inspectFrame(bytes, basename(path), candidate.header, true);
  if (!inspection.ok) return inspection.problem;
  const mismatch = mismatchWith(inspection.frame, row, candidate.time, toleranceMs);
  if (mismatch) return mismatch;
  recordFrame(
    catalog,
    row.id,
    { path, url: candidate.urls[0] ?? null, etag: null, bytes: bytes.length, sha256: sha256OfBytes(bytes) },
    inspection.frame,
  );
  return { bytes: bytes.length };
}
