/**
 * The last steps of a file that came whole: hash, look inside, compare with its slot, make durable, rename. One
 * task of a thread, so that the main thread keeps to the network; only for the disk it waits aside.
 */
import { createHash } from 'node:crypto';
import {
  closeSync,
  constants,
  fdatasync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import type { HeaderRecord, SlotKey } from '../catalog/index.ts';
import { type InspectedFrame, inspectFrame, mismatchWith } from './check.ts';
import { type Problem, problem } from './http/problem.ts';
import { isGoodFrame } from './quality.ts';

/** What the frame should be. */
export interface Expectation {
  key: Pick<SlotKey, 'slot' | 'wavelength'>;
  fileName: string;
  /** Time under which the archive lists it. */
  time: string;
  toleranceMs: number;
  /** Size by the archive's index, where it gives one exactly. */
  bytes: number | undefined;
  /** Keywords by the archive's database, for files that carry none themselves. */
  header: HeaderRecord | undefined;
  /** Whether a frame that its QUALITY or exposure speaks against is put in its place as well. */
  takesFlagged: boolean;
}

export interface FinishTask {
  /** The final path, absolute. */
  path: string;
  /** Its name until it is whole. */
  partPath: string;
  /** The end of the content, or all of it. */
  held: Uint8Array<ArrayBuffer>;
  /** How many bytes of the content lie in the part file before what is held. */
  writtenBytes: number;
  expected: Expectation;
}

/** `placed`: under its final name, durable. `flagged`: nothing was written. */
export type FinishResult =
  | { outcome: 'placed'; frame: InspectedFrame; bytes: number; sha256: string }
  | { outcome: 'flagged'; frame: InspectedFrame }
  | { outcome: 'refused'; problem: Problem };

export async function finishFile(task: FinishTask): Promise<FinishResult> {
  const content = contentOf(task);
  const checked = inspectCandidate(content, task.expected);
  if ('state' in checked) return { outcome: 'refused', problem: checked };
  if (!task.expected.takesFlagged && !isGoodFrame(checked)) return { outcome: 'flagged', frame: checked };
  const placing = place(task);
  // Meanwhile the disk is at work.
  const sha256 = createHash('sha256').update(content).digest('hex');
  await placing;
  return { outcome: 'placed', frame: checked, bytes: content.length, sha256 };
}

/** A file that was too long to be held is read again. */
function contentOf({ held, writtenBytes, partPath }: FinishTask): Uint8Array {
  if (writtenBytes === 0) return held;
  return Buffer.concat([readFileSync(partPath).subarray(0, writtenBytes), held]);
}

function inspectCandidate(content: Uint8Array, expected: Expectation): InspectedFrame | Problem {
  const { key, fileName, time, toleranceMs, bytes, header } = expected;
  if (bytes !== undefined && content.length !== bytes) {
    return problem('corrupt', 'wrong size', `${content.length} bytes, the index says ${bytes}`);
  }
  const inspection = inspectFrame(content, fileName, header, true);
  if (!inspection.ok) return inspection.problem;
  return mismatchWith(inspection.frame, key, time, toleranceMs) ?? inspection.frame;
}

const synchronise = promisify(fdatasync);

/** The folder is not synchronised: were the rename lost with the power, the next run would miss the file and fetch it. */
async function place({ path, partPath, held, writtenBytes }: FinishTask): Promise<void> {
  const { O_WRONLY, O_CREAT, O_TRUNC } = constants;
  // Nothing of an earlier, longer try may stay behind the end.
  const file = openInFolder(partPath, O_WRONLY | O_CREAT | (writtenBytes === 0 ? O_TRUNC : 0));
  try {
    for (let done = 0; done < held.length; )
      done += writeSync(file, held, done, held.length - done, writtenBytes + done);
    await synchronise(file);
  } finally {
    closeSync(file);
  }
  renameSync(partPath, path);
}

function openInFolder(path: string, flags: number): number {
  try {
    return openSync(path, flags);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    mkdirSync(dirname(path), { recursive: true });
    return openSync(path, flags);
  }
}
