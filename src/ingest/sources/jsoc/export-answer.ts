/** JSOC's answers about export requests (base/export/apps/jsoc_fetch.c), read defensively. */
import { z } from 'zod';
import { jsonNumber, parseJson } from './records.ts';

const answerSchema = z.object({
  status: jsonNumber,
  requestid: z.string().nullish(),
  wait: z.union([z.number(), z.string()]).transform(Number).nullish(),
  error: z.string().nullish(),
  dir: z.string().nullish(),
  data: z.array(z.object({ record: z.string().nullish(), filename: z.string().nullish() })).nullish(),
});

/** What the archive writes for a record that has no file, which it counts as delivered. */
export const NO_FILE = 'NoDataFile';

export interface ExportFile {
  /** As the archive names it; may be a warning instead of a record. */
  record: string;
  filename: string;
}

/** What the status number asks a client to do. */
export type ExportAnswer =
  | { kind: 'ready'; id: string; dir: string; files: ExportFile[] }
  | { kind: 'wait'; id: string; seconds: number }
  /** Just submitted: the id is not known everywhere yet. */
  | { kind: 'unknown id' }
  /** Ask for less. */
  | { kind: 'too large' }
  /** Done once, and deleted since: ask again. */
  | { kind: 'expired' }
  /** This address has too many requests under way. */
  | { kind: 'busy'; reason: string }
  /** On tape: for people. */
  | { kind: 'on tape' }
  | { kind: 'refused'; reason: string; isTransient: boolean };

const ID = /^JSOC_\d{8}_\d+(_IN)?$/;
const SHORTEST_WAIT_S = 5;

/** Failures that the server is known to get over by itself. */
const TRANSIENT = /cant save new export-request hash|database|timeout|try again/i;

export function parseExport(text: string): ExportAnswer {
  const parsed = answerSchema.safeParse(parseJson(text));
  if (!parsed.success)
    return {
      kind: 'refused',
      reason: `unexpected answer: ${JSON.stringify(text.slice(0, 80))}`,
      isTransient: true,
    };
  const { status, requestid, wait, error, dir, data } = parsed.data;
  const id = ID.test(requestid ?? '') ? requestid! : '';
  switch (status) {
    case 0:
      return {
        kind: 'ready',
        id,
        dir: dir ?? '',
        files: (data ?? []).map(({ record, filename }) => ({
          record: record ?? '',
          filename: filename ?? NO_FILE,
        })),
      };
    case 1:
    case 2:
    case 12:
      if (!id) return { kind: 'refused', reason: `status ${status} without a request id`, isTransient: true };
      return { kind: 'wait', id, seconds: Math.max(SHORTEST_WAIT_S, Number.isFinite(wait) ? wait! : 0) };
    case 3:
      return { kind: 'too large' };
    case 5:
      return { kind: 'expired' };
    case 6:
      return { kind: 'unknown id' };
    case 7:
      return { kind: 'busy', reason: error ?? 'too many requests are under way' };
    case 25:
      return { kind: 'on tape' };
    default:
      return {
        kind: 'refused',
        reason: `status ${status}: ${error ?? 'no text'}`,
        isTransient: TRANSIENT.test(error ?? ''),
      };
  }
}
