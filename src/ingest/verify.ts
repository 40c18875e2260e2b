/** Whether stored files are still what they were when they were stored: disks forget, and people edit. */
import { mkdir, rename } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { z } from 'zod';
import { type Catalog, type Frame, openCatalog, openToRead, takeLock } from '../catalog/index.ts';
import { forEachConcurrently } from '../core/concurrency.ts';
import { type Effects, throwIfStopped } from '../core/effects.ts';
import { describeError, SunganError } from '../core/errors.ts';
import { differenceFrom, exists, syncFolder } from '../core/files.ts';
import { insideWorkspace, type Workspace } from '../core/workspace.ts';
import { filterOf, frameSelection } from './selection.ts';

export const verifyFramesOptions = z.strictObject({
  ...frameSelection.shape,
  repair: z
    .boolean()
    .default(false)
    .describe(
      'expect lost and damaged frames again, so that the next ingest fetches them; damaged files go to damaged/',
    ),
});

export type VerifyFramesOptions = z.output<typeof verifyFramesOptions>;

/** lost: not there. damaged: other bytes than were stored. unreadable: the disk or its permissions say no. */
export type FrameFault = 'lost' | 'damaged' | 'unreadable';

export interface FaultyFrame {
  frameId: number;
  slot: string;
  /** Relative to the workspace. */
  path: string;
  fault: FrameFault;
  /** For people. */
  detail: string;
  /** Whether it is expected again. */
  repaired: boolean;
}

export interface FramesSummary {
  files: number;
  bytes: number;
  faulty: FaultyFrame[];
}

export interface VerifyContext {
  workspace: Workspace;
  effects: Effects;
  /** Files read at a time. */
  jobs?: number | undefined;
}

const FILES_AT_A_TIME = 4;
/** Where damaged files go, inside the workspace and by their paths in it. */
const QUARANTINE = 'damaged';

/** Reads every stored file of the selection and compares its size and SHA-256 with the catalog's. */
export async function verifyFrames(
  options: VerifyFramesOptions,
  context: VerifyContext,
): Promise<FramesSummary> {
  const { workspace, effects } = context;
  if (!(await exists(workspace.catalog))) {
    throw new SunganError('data', 'there is no catalog yet', {
      where: workspace.catalog,
      remedy: 'fetch frames first: `sungan ingest`',
    });
  }
  const now = () => effects.clock.now();
  // What is under way in another run is neither lost nor damaged.
  const lock = options.repair
    ? takeLock(join(workspace.root, 'ingest.lock'), 'sungan verify --repair', now)
    : undefined;
  try {
    const catalog = options.repair ? openCatalog(workspace.catalog, { now }) : openToRead(workspace.catalog);
    try {
      return await verifyAll(
        catalog.frames({ ...filterOf(options, now()), states: ['stored'] }),
        catalog,
        options.repair,
        context,
      );
    } finally {
      catalog.close();
    }
  } finally {
    lock?.release();
  }
}

async function verifyAll(
  rows: readonly Frame[],
  catalog: Catalog,
  repair: boolean,
  { workspace, effects, jobs = FILES_AT_A_TIME }: VerifyContext,
): Promise<FramesSummary> {
  const progress = effects.progress('verify', rows.length, 'files');
  const summary: FramesSummary = { files: 0, bytes: 0, faulty: [] };
  await forEachConcurrently(rows, jobs, async (row) => {
    throwIfStopped(effects.signal);
    const found = await faultOf(row, workspace);
    summary.files++;
    summary.bytes += row.bytes ?? 0;
    progress.advance(1, row.slot);
    if (!found) return;
    const repaired = repair && found.fault !== 'unreadable';
    if (repaired) await expectAgain(row, found, catalog, workspace);
    summary.faulty.push({ frameId: row.id, slot: row.slot, path: row.path!, ...found, repaired });
  });
  progress.done();
  summary.faulty.sort((a, b) => (a.slot < b.slot ? -1 : a.slot > b.slot ? 1 : a.frameId - b.frameId));
  return summary;
}

type Found = Pick<FaultyFrame, 'fault' | 'detail'>;

async function faultOf(row: Frame, workspace: Workspace): Promise<Found | undefined> {
  const path = insideWorkspace(workspace, row.path!);
  try {
    const detail = await differenceFrom(path, { bytes: row.bytes!, sha256: row.sha256! });
    return detail === undefined ? undefined : { fault: 'damaged', detail };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const isGone = code === 'ENOENT' || code === 'ENOTDIR';
    return isGone
      ? { fault: 'lost', detail: 'there is no such file' }
      : { fault: 'unreadable', detail: describeError(error) };
  }
}

/** The file first, then the row: a kill between leaves a lost file, which the next run finds. */
async function expectAgain(
  row: Frame,
  { fault, detail }: Found,
  catalog: Catalog,
  workspace: Workspace,
): Promise<void> {
  if (fault === 'damaged') {
    const path = insideWorkspace(workspace, row.path!);
    const place = join(workspace.root, QUARANTINE, relative(workspace.root, path));
    await mkdir(dirname(place), { recursive: true });
    await rename(path, place);
    await syncFolder(dirname(path));
  }
  catalog.forgetFile(row.id, 'expected', `${fault}: ${detail}`);
}
