/** Mean and covariance of features on the disk: float64, the same numbers bit for bit that were computed once. */
import { sha256OfBytes, writeAtomic } from '../core/files.ts';
import { readIfThere } from './kept-file.ts';
import type { FeatureStatistics } from './measures/statistics.ts';

/** Hex digits of the sum in front of the numbers: a flipped bit would be a wrong distance without a word. */
const SUM_LENGTH = 64;

export interface StatisticsShape {
  readonly count: number;
  readonly dimension: number;
}

/** Undefined where there is no such file, or one that is cut, changed or of other pictures. */
export async function readStatistics(
  path: string,
  { count, dimension }: StatisticsShape,
): Promise<FeatureStatistics | undefined> {
  const length = 1 + dimension + dimension * dimension;
  const bytes = await readIfThere(path);
  if (bytes?.length !== SUM_LENGTH + 8 * length) return undefined;
  const body = Uint8Array.from(bytes.subarray(SUM_LENGTH));
  if (bytes.toString('latin1', 0, SUM_LENGTH) !== sha256OfBytes(body)) return undefined;
  const numbers = new Float64Array(body.buffer);
  if (numbers[0] !== count) return undefined;
  return {
    count,
    dimension,
    mean: numbers.slice(1, 1 + dimension),
    covariance: numbers.slice(1 + dimension),
  };
}

/** A sum, the count, the mean [dimension] and the covariance [dimension, dimension]. */
export async function writeStatistics(
  path: string,
  { count, dimension, mean, covariance }: FeatureStatistics,
): Promise<void> {
  const numbers = new Float64Array(1 + dimension + dimension * dimension);
  numbers[0] = count;
  numbers.set(mean, 1);
  numbers.set(covariance, 1 + dimension);
  const body = new Uint8Array(numbers.buffer);
  await writeAtomic(path, Buffer.concat([Buffer.from(sha256OfBytes(body), 'latin1'), body]));
}
