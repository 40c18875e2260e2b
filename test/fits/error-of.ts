/** The error that a reading ends with. */
import { FitsError } from '../../src/fits/index.ts';

export function errorOf(work: () => unknown): FitsError {
  try {
    work();
  } catch (error) {
    if (error instanceof FitsError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
