/** One slot of an archive: fetch, look at, put in its place, write the row. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Catalog, Frame } from '../catalog/index.ts';
import type { Workspace } from '../core/workspace.ts';
import { checkStart } from './check.ts';
import { type FetchContext, fetchFile } from './http/fetch-file.ts';
import type { Problem } from './http/problem.ts';
import { openPartFile, type PartFile } from './part-file.ts';
import { adoptExisting, inspectForSlot, rawPath, recordFrame } from './store-frame.ts';

export interface FrameTransfer {
  row: Frame;
  url: string;
  fileName: string;
  toleranceMs: number;
}

export interface TransferContext extends FetchContext {
  catalog: Catalog;
  workspace: Workspace;
}

export type TransferOutcome = { ok: true; bytes: number } | { ok: false; problem: Problem };

export async function transferFrame(
  transfer: FrameTransfer,
  context: TransferContext,
): Promise<TransferOutcome> {
  const { catalog, workspace } = context;
  const { row, url, fileName, toleranceMs } = transfer;
  const path = rawPath(workspace, row, fileName);
  const absolute = join(workspace.root, path);
  const existing = await adoptExisting(catalog, workspace, row, path, url, toleranceMs);
  if (existing && 'bytes' in existing) return { ok: true, bytes: 0 };
  // Not what a run of this program would have put there.
  if (existing) await rm(absolute);
  // The beginning of another version, or of a file whose version is unknown, is of no use.
  const validator = row.url === url ? (row.etag ?? null) : null;
  catalog.beginDownload(row.id, url, path);
  const part = await openPartFile(absolute, validator !== null);
  try {
    const result = await fetchFile(
      {
        url,
        validator,
        checkStart,
        onTry: (attempt) => catalog.recordAttempt({ ...attempt, frameId: row.id }),
        onValidator: (value) => catalog.noteEtag(row.id, value),
      },
      part,
      context,
    );
    return await (result.ok
      ? accept(transfer, part, { path, url, etag: result.validator }, context)
      : refuse(row, part, result.problem, catalog));
  } catch (error) {
    // Stopped, or the disk is full: what came stays, and the row says `downloading`, so that the next run goes on.
    await part.suspend().catch(() => {});
    throw error;
  }
}

async function accept(
  { row, fileName, toleranceMs }: FrameTransfer,
  part: PartFile,
  file: { path: string; url: string; etag: string | null },
  { catalog }: TransferContext,
): Promise<TransferOutcome> {
  const inspection = inspectForSlot(await part.content(), fileName, row, toleranceMs);
  if (!inspection.ok) return refuse(row, part, inspection.problem, catalog);
  const bytes = part.length;
  await part.commit();
  recordFrame(catalog, row.id, { ...file, bytes, sha256: part.sha256() }, inspection.frame);
  return { ok: true, bytes };
}

async function refuse(
  row: Frame,
  part: PartFile,
  problem: Problem,
  catalog: Catalog,
): Promise<TransferOutcome> {
  await part.discard();
  catalog.forgetFile(row.id, problem.state, problem.reason);
  return { ok: false, problem };
}
