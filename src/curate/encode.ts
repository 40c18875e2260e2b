/** One sample from its files to the compressed chunks of every level: the work of a worker thread. */
import type { RuleScore } from '../catalog/index.ts';
import { type Kernels, loadKernels } from '../numeric/index.ts';
import { decodeFrame, type FrameFile, readFrame } from './decode.ts';
import type { Measurements } from './measure/index.ts';
import { type PreparedFrame, type PrepareTask, prepareFrame, roomForFrame } from './prepare.ts';
import type { FrameProvenance } from './provenance.ts';
import { restoreTransform, type TransformRecord } from './transforms/index.ts';
import { encodeBlosc } from './zarr/blosc.ts';

export interface MemberTask extends PrepareTask {
  path: string;
  transform: TransformRecord;
  /** Put back what despiking removed, where the file of spikes is there. */
  respike: boolean;
}

/** One file for each channel. */
export interface EncodeTask {
  members: MemberTask[];
}

export type MemberResult =
  | { measurements: Measurements; steps: string[] }
  /** Why the pixels cannot be read, for people. */
  | { failure: string }
  /** Scores of an earlier run, when decisions are made anew. */
  | { stored: RuleScore[] };

export interface EncodeResult {
  members: MemberResult[];
  /** One a level, largest first, all channels one behind the other; undefined when a member failed, or when only scores are known. */
  chunks: Uint8Array[] | undefined;
  /** What is on record of these chunks, when an earlier run made them. */
  provenance?: FrameProvenance['members'] | undefined;
}

/** One set a thread: its memory is reused from frame to frame. */
let threadKernels: Kernels | undefined;

export async function encodeSample({ members }: EncodeTask): Promise<EncodeResult> {
  threadKernels ??= loadKernels();
  const kernels = threadKernels;
  const results: MemberResult[] = [];
  const levels: Uint16Array[][] = [];
  for (const task of members) {
    const file = await readFrame(task.path, task.respike);
    const made = 'failure' in file ? file : encodeFrame(file, task, kernels);
    if ('release' in file) file.release();
    if ('failure' in made) {
      results.push(made);
      continue;
    }
    results.push({ measurements: made.measurements, steps: made.steps });
    levels.push(made.levels);
  }
  if (levels.length < members.length) return { members: results, chunks: undefined };
  const chunks = levels[0]!.map((_, k) => encodeBlosc(joined(levels.map((of) => of[k]!))));
  return { members: results, chunks };
}

/** Without a pause: the kernels' memory holds one frame at a time. */
function encodeFrame(
  file: FrameFile,
  task: MemberTask,
  kernels: Kernels,
): PreparedFrame | { failure: string } {
  const { width, height } = file.hdu;
  const failure = whyNot(width, height, task);
  if (failure !== undefined) return { failure };
  kernels.begin(roomForFrame(width, height, task.size));
  const decoded = decodeFrame(file, kernels.room);
  if ('failure' in decoded) return decoded;
  const prepared = prepareFrame(decoded.stored, restoreTransform(task.transform), task, kernels);
  return { ...prepared, steps: [...decoded.steps, ...prepared.steps] };
}

/** Twice the side of the detector: more is no frame, and memory for it is not asked for. */
const LARGEST_WIDTH = 8192;

/** What the file, or its header, lacks for the levels of the dataset: limits of rules can be moved, these cannot. */
function whyNot(width: number, height: number, task: MemberTask): string | undefined {
  if (width < task.size) return `${width} pixels are fewer than the dataset's ${task.size}`;
  const isHalving = width === height && Number.isInteger(Math.log2(width)) && width <= LARGEST_WIDTH;
  if (!isHalving) return `${width} x ${height} pixels do not halve to ${task.size} x ${task.size}`;
  if (!(task.factor > 0 && Number.isFinite(task.factor)))
    return 'no positive exposure, or no sensitivity left, to divide the counts by';
  if (task.fixedRadiusArcsec !== null && task.pointing?.radiusArcsec === undefined)
    return 'no scale and RSUN_OBS in the header to bring the disk to the fixed radius';
  return undefined;
}

function joined(parts: readonly Uint16Array[]): Uint16Array {
  if (parts.length === 1) return parts[0]!;
  const result = new Uint16Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    result.set(part, offset);
    offset += part.length;
  }
  return result;
}
