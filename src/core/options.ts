/** Options of every stage pass through one zod schema; what is wrong is said in the words of the command line. */
import type { z } from 'zod';
import { SunganError } from './errors.ts';

/** How people know the value at `path` of the options: a flag, unless told otherwise. */
export type OptionNames = (path: readonly PropertyKey[]) => string;

const flagOf: OptionNames = (path) => flagName(path.map(String).join('.'));

/**
 * Validates `values` strictly. `origin` says where they came from ("command line", a config file), `nameOf` what a value
 * is called there.
 */
export function parseOptions<Schema extends z.ZodType>(
  schema: Schema,
  values: unknown,
  origin: string,
  nameOf: OptionNames = flagOf,
): z.output<Schema> {
  const result = schema.safeParse(values);
  if (result.success) return result.data;
  const known = Object.keys((schema as unknown as { shape?: object }).shape ?? {});
  const lines = result.error.issues.map((issue) => describeIssue(issue, known, nameOf));
  throw new SunganError('usage', lines.join('; '), {
    where: origin,
    remedy: 'add --help to see every option with its default',
  });
}

function describeIssue(issue: z.core.$ZodIssue, known: string[], nameOf: OptionNames): string {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys
      .map((key) => {
        const near = closest(key, known);
        return `unknown option '${key}'${near ? `, did you mean '${near}'?` : ''}`;
      })
      .join('; ');
  }
  const option = nameOf(issue.path);
  // The input itself is not in the issue.
  const isMissing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined');
  return isMissing ? `${option} is missing` : `${option}: ${wordsOf(issue)}`;
}

const TYPES: Record<string, string> = {
  int: 'a whole number',
  number: 'a number',
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
  record: 'options by name',
};

/** The schema's own words where it has some; else what the value must be. */
function wordsOf(issue: z.core.$ZodIssue): string {
  const { message } = issue;
  if (issue.code === 'invalid_type' && message.startsWith('Invalid input'))
    return `must be ${TYPES[issue.expected] ?? issue.expected}`;
  if (issue.code === 'too_small' && isOfNumber(issue))
    return `must be ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}`;
  if (issue.code === 'too_big' && isOfNumber(issue))
    return `must be ${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}`;
  return message;
}

function isOfNumber({ origin, message }: { origin: string; message: string }): boolean {
  return (origin === 'number' || origin === 'int') && message.startsWith('Too ');
}

/** `fromDate` -> `--from-date`. */
export function flagName(key: string): string {
  return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** The candidate within two edits of `word`, if any. */
export function closest(word: string, candidates: readonly string[]): string | undefined {
  const scored = candidates.map((candidate) => ({ candidate, distance: editDistance(word, candidate) }));
  scored.sort((a, b) => a.distance - b.distance);
  const best = scored[0];
  return best && best.distance <= Math.max(2, Math.floor(word.length / 4)) ? best.candidate : undefined;
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(substitution, previous[j]! + 1, row[j - 1]! + 1));
    }
    previous = row;
  }
  return previous[b.length]!;
}
