/** One slot of an archive: fetch a candidate, look at it, put it in its place, write the row. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Catalog, Frame } from '../catalog/index.ts';
import { isSunganError, SunganError } from '../core/errors.ts';
import type { Workspace } from '../core/workspace.ts';
import type { BufferPool } from './buffer-pool.ts';
import { checkStart } from './check.ts';
import type { Expectation, FinishTask } from './finish-file.ts';
import type { Finishers } from './finishers.ts';
import { type FetchContext, fetchFile, type TryRecord } from './http/fetch-file.ts';
import { type Problem, problem } from './http/problem.ts';
import { clearLeftover } from './interrupted.ts';
import { openPartFile, type PartFile, partPath } from './part-file.ts';
import type { Candidate } from './sources/index.ts';
import { adoptExisting, rawPath, recordFrame } from './store-frame.ts';

export interface FrameTransfer {
  row: Frame;
  /** In the order of preference; at least one. */
  candidates: readonly Candidate[];
  toleranceMs: number;
}

export interface TransferContext extends FetchContext {
  catalog: Catalog;
  workspace: Workspace;
  pool: BufferPool;
  finish: Finishers['finish'];
}

export type TransferOutcome = { ok: true; bytes: number } | { ok: false; problem: Problem };

/** A file that came whole and is a frame of the slot, but flagged. */
interface Arrival {
  candidate: Candidate;
  path: string;
  url: string;
  etag: string | null;
  content: Uint8Array<ArrayBuffer>;
}

/**
 * Stores the first good frame among the candidates. When all that came are flagged, the slot's own is stored: whether to
 * use it is for curation to say.
 */
export async function transferFrame(
  transfer: FrameTransfer,
  context: TransferContext,
): Promise<TransferOutcome> {
  const { catalog, workspace } = context;
  const { row } = transfer;
  await clearLeftover(catalog, workspace, row, rawPath(workspace, row, transfer.candidates[0]!.fileName));
  let flagged: Arrival | undefined;
  let failure: Problem | undefined;
  for (const [index, candidate] of transfer.candidates.entries()) {
    const isLast = index === transfer.candidates.length - 1;
    const result = await tryCandidate(transfer, candidate, isLast && !flagged, context);
    if ('bytes' in result) return { ok: true, bytes: result.bytes };
    if ('content' in result) {
      flagged ??= result;
      continue;
    }
    failure ??= result;
    // A neighbour is asked for when the frame is missing or bad, not when its host is in trouble.
    if (result.state !== 'absent' && result.state !== 'corrupt') break;
  }
  if (flagged) return storeFlagged(flagged, transfer, context);
  if (failure!.state === 'downloading') catalog.setState(row.id, 'downloading', failure!.reason);
  else catalog.forgetFile(row.id, failure!.state, failure!.reason);
  return { ok: false, problem: failure! };
}

/** Stored (bytes), or flagged and set aside (content), or what went wrong. */
async function tryCandidate(
  transfer: FrameTransfer,
  candidate: Candidate,
  takesFlagged: boolean,
  context: TransferContext,
): Promise<{ bytes: number } | Arrival | Problem> {
  const { catalog, workspace } = context;
  const { row } = transfer;
  const path = rawPath(workspace, row, candidate.fileName);
  const taken = takenByOther(catalog, row, path);
  if (taken) return taken;
  const existing = await adoptExisting(catalog, workspace, row, path, candidate, transfer.toleranceMs);
  if (existing && 'bytes' in existing) return { bytes: 0 };
  // Not what a run of this program would have put there.
  if (existing) await rm(join(workspace.root, path));
  let failure: Problem | undefined;
  for (const [index, url] of candidate.urls.entries()) {
    const waits = index === candidate.urls.length - 1;
    const result = await fetchCandidate(transfer, { candidate, path, url, waits }, takesFlagged, context);
    if (!('state' in result)) return result;
    failure = result;
    // A mirror is for a host in trouble; what one host does not have, the other will not have either.
    if (result.state === 'absent' || result.state === 'corrupt') break;
  }
  return failure!;
}

function takenByOther(catalog: Catalog, row: Frame, path: string): Problem | undefined {
  const owner = catalog.frameOfPath(path);
  return owner && owner.id !== row.id
    ? problem('absent', 'its nearest frame belongs to another slot', owner.slot)
    : undefined;
}

async function fetchCandidate(
  { row, toleranceMs }: FrameTransfer,
  { candidate, path, url, waits }: { candidate: Candidate; path: string; url: string; waits: boolean },
  takesFlagged: boolean,
  context: TransferContext,
): Promise<{ bytes: number } | Arrival | Problem> {
  const { catalog, workspace } = context;
  // The beginning of another file, or of one whose version is unknown, is of no use.
  const validator = row.url === url ? (row.etag ?? null) : null;
  // Another worker may have taken it a moment ago: nothing is awaited between this question and the claim.
  const taken = takenByOther(catalog, row, path);
  if (taken) return taken;
  catalog.beginDownload(row.id, url, path);
  let version = validator;
  const part = await openPartFile(join(workspace.root, path), context.pool, {
    resume: validator !== null,
    onFirstWrite: () => catalog.noteEtag(row.id, version),
  });
  const record = (attempt: TryRecord) => catalog.recordAttempt({ ...attempt, frameId: row.id });
  let last: TryRecord | undefined;
  try {
    const request = {
      url,
      waits,
      validator,
      checkStart,
      onTry(attempt: TryRecord) {
        // That of a success is written with the row that it led to.
        if (attempt.error === null) last = attempt;
        else record(attempt);
      },
      onValidator(value: string | null) {
        version = value;
      },
    };
    const result = await fetchFile(request, part, context);
    if (!result.ok && canGoOn(result.problem, part, version)) return await keep(part, result.problem);
    if (!result.ok) return await discard(part, result.problem);
    const task = await part.handOver();
    const expected = expectationOf(row, candidate, toleranceMs, takesFlagged);
    const finished = await context.finish({ ...task, expected });
    // Copied before the memory is used again.
    const content =
      finished.outcome === 'flagged' ? await contentOf({ ...task, held: finished.held }) : undefined;
    context.pool.giveBack(finished.held.buffer);
    if (finished.outcome !== 'placed') {
      record(last!);
      if (finished.outcome === 'refused') return await discard(part, finished.problem);
      return await discard(part, { candidate, path, url, etag: version, content: content! });
    }
    const { bytes, sha256, frame } = finished;
    catalog.transaction(() => {
      record(last!);
      recordFrame(catalog, row.id, { path, url, etag: version, bytes, sha256 }, frame);
    });
    return { bytes };
  } catch (error) {
    // Stopped, or the disk is full: what came stays, and the row says `downloading`, so that the next run goes on.
    await part.suspend().catch(() => {});
    throw withPlace(error, join(workspace.root, path));
  }
}

/** An error of the disk comes from where only bytes are known. */
function withPlace(error: unknown, where: string): unknown {
  if (!isSunganError(error) || error.kind !== 'io' || error.where !== undefined) return error;
  const { message, remedy } = error;
  return new SunganError('io', message, { where, ...(remedy ? { remedy } : {}), cause: error });
}

/** A host in trouble, and the beginning of a known version: a later run asks for the rest only. */
function canGoOn({ state }: Problem, part: PartFile, version: string | null): boolean {
  return (state === 'blocked' || state === 'expected') && part.length > 0 && version !== null;
}

async function keep(part: PartFile, found: Problem): Promise<Problem> {
  await part.suspend();
  return { ...found, state: 'downloading' };
}

async function discard<Result>(part: PartFile, result: Result): Promise<Result> {
  await part.discard();
  return result;
}

function expectationOf(
  { slot, wavelength }: Frame,
  { fileName, time, bytes, header }: Candidate,
  toleranceMs: number,
  takesFlagged: boolean,
): Expectation {
  return { key: { slot, wavelength }, fileName, time, toleranceMs, bytes, header, takesFlagged };
}

async function contentOf({ held, writtenBytes, partPath }: Omit<FinishTask, 'expected'>) {
  const written = writtenBytes > 0 ? await readFile(partPath) : new Uint8Array();
  return Buffer.concat([written, held]);
}

/** Fetched before its better neighbours were found to be missing: written from memory. */
async function storeFlagged(
  arrival: Arrival,
  { row, toleranceMs }: FrameTransfer,
  { catalog, workspace, finish }: TransferContext,
): Promise<TransferOutcome> {
  const { path, url, etag, content, candidate } = arrival;
  // While the neighbours were asked for, another slot may have taken the file for its own.
  const taken = takenByOther(catalog, row, path);
  if (taken) {
    catalog.forgetFile(row.id, taken.state, taken.reason);
    return { ok: false, problem: taken };
  }
  catalog.beginDownload(row.id, url, path);
  const absolute = join(workspace.root, path);
  const task = { path: absolute, partPath: partPath(absolute), held: content, writtenBytes: 0 };
  const finished = await finish({ ...task, expected: expectationOf(row, candidate, toleranceMs, true) });
  if (finished.outcome !== 'placed') throw new Error('a frame that was accepted is refused');
  const { bytes, sha256, frame } = finished;
  recordFrame(catalog, row.id, { path, url, etag, bytes, sha256 }, frame);
  return { ok: true, bytes };
}
