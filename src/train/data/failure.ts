/** Errors for people on their way out of a worker thread: as they are, only their message would arrive. */
import { type ErrorKind, isSunganError, SunganError } from '../../core/errors.ts';

export interface Failure {
  kind: ErrorKind;
  message: string;
  where: string | undefined;
  remedy: string | undefined;
}

/** What `work` gives, or why it could not; errors that nobody is meant to read are thrown on. */
export async function orFailure<Result>(work: Promise<Result>): Promise<Result | Failure> {
  try {
    return await work;
  } catch (error) {
    if (!isSunganError(error)) throw error;
    const { kind, message, where, remedy } = error;
    return { kind, message, where, remedy };
  }
}

export function toError({ kind, message, where, remedy }: Failure): SunganError {
  return new SunganError(kind, message, { ...(where && { where }), ...(remedy && { remedy }) });
}
