/** Mean and covariance of features on the disk: float64, the same numbers bit for bit that were computed once. */
import { readKept, writeKept } from './kept-file.ts';
import type { FeatureStatistics } from './measures/statistics.ts';

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
  const body = await readKept(path);
  if (body?.length !== 8 * length) return undefined;
  const numbers = new Float64Array(body.buffer);
  if (numbers[0] !== count) return undefined;
  return {
    count,
    dimension,
    mean: numbers.slice(1, 1 + dimension),
    covariance: numbers.slice(1 + dimension),
  };
}

/** The count, the mean [dimension] and the covariance [dimension, dimension]. */
export async function writeStatistics(
  path: string,
  { count, dimension, mean, covariance }: FeatureStatistics,
): Promise<void> {
  const numbers = new Float64Array(1 + dimension + dimension * dimension);
  numbers[0] = count;
  numbers.set(mean, 1);
  numbers.set(covariance, 1 + dimension);
  await writeKept(path, new Uint8Array(numbers.buffer));
}
