/** Options of every stage pass through one zod schema; what is wrong is said in the words of the command line. */
import type { z } from 'zod';
import { SunganError } from './errors.ts';

/**
 * Validates `values` strictly. `origin` says where they came from ("command line", a config file); `positionals` are the
 * keys that are written there without a flag.
 */
export function parseOptions<Schema extends z.ZodType>(
  schema: Schema,
  values: unknown,
  origin: string,
  positionals: readonly string[] = [],
): z.output<Schema> {
  const result = schema.safeParse(values);
  if (result.success) return result.data;
  const known = Object.keys((schema as unknown as { shape?: object }).shape ?? {});
  const lines = result.error.issues.map((issue) => describeIssue(issue, known, positionals));
  throw new SunganError('usage', lines.join('; '), {
    where: origin,
    remedy: 'add --help to see every option with its default',
  });
}

function describeIssue(issue: z.core.$ZodIssue, known: string[], positionals: readonly string[]): string {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys
      .map((key) => {
        const near = closest(key, known);
        return `unknown option '${key}'${near ? `, did you mean '${near}'?` : ''}`;
      })
      .join('; ');
  }
  const first = String(issue.path[0] ?? '');
  const option = positionals.includes(first) ? `<${first}>` : flagName(issue.path.map(String).join('.'));
  // The input itself is not in the issue.
  const isMissing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined');
  return isMissing ? `${option} is missing` : `${option}: ${issue.message}`;
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
