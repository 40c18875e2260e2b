/**
 * The one error class that people are meant to read: what is wrong, where, and what to do. Broken input throws it;
 * expected absence (a 404, a rejected frame) is a return value instead. Only the command line prints it.
 */
export type ErrorKind = 'usage' | 'network' | 'format' | 'data' | 'engine' | 'io' | 'interrupted';

export interface ErrorDetails {
  /** File, URL, table row or option the message is about, with the place inside it where known. */
  where?: string;
  /** What the reader can do now: a command, an option, a thing to check. */
  remedy?: string;
  cause?: unknown;
}

export class SunganError extends Error {
  override readonly name: string = 'SunganError';
  readonly kind: ErrorKind;
  readonly where: string | undefined;
  readonly remedy: string | undefined;

  constructor(kind: ErrorKind, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.kind = kind;
    this.where = details.where;
    this.remedy = details.remedy;
  }
}

export function isSunganError(value: unknown): value is SunganError {
  return value instanceof SunganError;
}

/** One line for people: where, what, remedy. */
export function describeError(error: unknown): string {
  if (!isSunganError(error)) return error instanceof Error ? error.message : String(error);
  const where = error.where ? `${error.where}: ` : '';
  const remedy = error.remedy ? `\n  -> ${error.remedy}` : '';
  return `${where}${error.message}${remedy}`;
}
