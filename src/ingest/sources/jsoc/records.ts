/** JSOC's answers to `rs_list`, read defensively: every value is text, HTTP says 200 even for errors. */
import { z } from 'zod';
import type { HeaderRecord } from '../../../catalog/index.ts';
import { parseTime } from '../../../core/time.ts';

const list = z.array(
  z.union([z.string(), z.number(), z.null()]).transform((value) => (value === null ? '' : String(value))),
);

/** A number, or the text of one, as some of JSOC's programs write it. */
export const jsonNumber = z.union([
  z.number(),
  z
    .string()
    .regex(/^-?\d+$/)
    .transform(Number),
]);

const recordList = z.object({
  status: jsonNumber,
  error: z.string().nullish(),
  count: jsonNumber.optional(),
  // Absent when nothing was found.
  keywords: z.array(z.object({ name: z.string(), values: list })).optional(),
  segments: z.array(z.object({ name: z.string(), values: list })).optional(),
  recinfo: z
    .array(
      z.object({ name: z.string(), online: z.union([z.number(), z.string()]).transform(Number).optional() }),
    )
    .optional(),
});

export interface JsocRecord {
  /** `aia.lev1_euv_12s[2014-01-01T00:00:01Z][193]`; empty when the answer has no record information. */
  name: string;
  keywords: HeaderRecord;
  /** Path of the asked segment's file below the host; undefined when there is none. */
  path: string | undefined;
  isOnline: boolean;
}

export type RecordsAnswer = { ok: true; records: JsocRecord[] } | { ok: false; reason: string };

export function parseRecords(text: string, segment: string): RecordsAnswer {
  const answer = parseJson(text);
  if (answer === undefined) return { ok: false, reason: `no JSON: ${JSON.stringify(text.slice(0, 60))}` };
  const parsed = recordList.safeParse(answer);
  if (!parsed.success)
    return { ok: false, reason: `unexpected JSON: ${z.prettifyError(parsed.error).slice(0, 200)}` };
  const { status, error, keywords = [], segments = [], recinfo = [], count = 0 } = parsed.data;
  if (status !== 0) return { ok: false, reason: `status ${status}: ${error ?? 'no text'}` };
  const lengths = new Set([...keywords, ...segments].map(({ values }) => values.length));
  if (lengths.size > 1 || (recinfo.length > 0 && lengths.size === 1 && !lengths.has(recinfo.length))) {
    return { ok: false, reason: 'columns of different lengths' };
  }
  const length = [...lengths][0] ?? 0;
  if (length === 0 && count > 0) return { ok: false, reason: `${count} records without keywords` };
  const paths = segments.find(({ name }) => name === segment)?.values;
  const records = Array.from(
    { length },
    (_, row): JsocRecord => ({
      name: recinfo[row]?.name ?? '',
      keywords: Object.fromEntries(
        keywords.map(({ name, values }) => [fitsName(name), keywordValue(values[row]!)]),
      ),
      path: safePath(paths?.[row]),
      isOnline: recinfo[row]?.online !== 0,
    }),
  );
  return { ok: true, records };
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** DRMS writes what FITS keywords may not be: `DATE__OBS` is DATE-OBS. */
function fitsName(name: string): string {
  return name.replace(/__/g, '-').toUpperCase();
}

/** Text to the value a header would have. MISSING and broken links are absence, never the number NaN or its text. */
function keywordValue(text: string): string | number | null {
  const trimmed = text.trim();
  if (trimmed === '' || /^(MISSING|Invalid KeyLink|nan|-nan|inf|-inf)$/i.test(trimmed)) return null;
  if (/^0x[0-9a-f]{1,8}$/i.test(trimmed)) return Number.parseInt(trimmed, 16);
  if (!/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(trimmed)) return trimmed;
  const value = Number(trimmed);
  return Number.isFinite(value) ? value : null;
}

/** `/SUM81/D123/S00000/image_lev1.fits`, and nothing that would lead elsewhere. */
export function safePath(path: string | undefined): string | undefined {
  if (path === undefined || !/^\/SUM\d+(\/[A-Za-z0-9._-]+)+$/.test(path)) return undefined;
  return path.split('/').includes('..') ? undefined : path;
}

/** T_OBS in milliseconds since 1970; T_REC where it is no time. Undefined for a record without a time. */
export function timeOf({ keywords }: Pick<JsocRecord, 'keywords'>): number | undefined {
  const times = [keywords['T_OBS'], keywords['T_REC']].map((text) =>
    typeof text === 'string' ? parseTime(text) : undefined,
  );
  return times.find((time) => time !== undefined)?.getTime();
}
