/** One frame from its file to the compressed chunks of every level: the work of a worker thread. */
import { decodeFrame } from './decode.ts';
import { encodeChunk } from './frame-codec.ts';
import type { Measurements } from './measure.ts';
import { type PrepareTask, prepareFrame } from './prepare.ts';
import { restoreTransform, type TransformRecord } from './transforms/index.ts';

export interface EncodeTask extends PrepareTask {
  path: string;
  transform: TransformRecord;
}

export type EncodeResult =
  | { chunks: Uint8Array[]; measurements: Measurements; steps: string[] }
  /** Why the pixels cannot be read, for people. */
  | { failure: string };

export async function encodeFrame(task: EncodeTask): Promise<EncodeResult> {
  const decoded = await decodeFrame(task.path);
  if ('failure' in decoded) return decoded;
  const { image } = decoded;
  if (image.width < task.size)
    return { failure: `${image.width} pixels are fewer than the dataset's ${task.size}` };
  const { levels, measurements, steps } = prepareFrame(image, restoreTransform(task.transform), task);
  const chunks = await Promise.all(levels.map((level) => encodeChunk(level)));
  return { chunks, measurements, steps };
}
