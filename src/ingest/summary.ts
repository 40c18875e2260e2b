/** Counts of a run, and how they are said. */
import type { SlotKey } from '../catalog/index.ts';
import type { TableOutcome } from './fetch-tables.ts';

/** What a run came to, in numbers that add up: planned = already + skipped + stored + absent + corrupt + failed. */
export interface IngestSummary {
  /** Slots of the request, or files of the folder. */
  planned: number;
  /** Stored by this run. */
  stored: number;
  /** There before it. */
  already: number;
  /** Left out: known from earlier runs not to be had, or outside what was asked for. */
  skipped: number;
  /** The archive has none. */
  absent: number;
  /** What came was no usable frame. */
  corrupt: number;
  /** Could not be had now: the source is down, refuses, or time ran out. */
  failed: number;
  /** Of those that are counted as absent, corrupt or failed, how many the fallback source has. */
  rescued: number;
  bytes: number;
  seconds: number;
  /** Auxiliary tables that were asked for. */
  tables: TableOutcome[];
  /** How often each thing went wrong. */
  reasons: Record<string, number>;
}

export type Outcome = 'stored' | 'already' | 'skipped' | 'absent' | 'corrupt' | 'failed';

export interface TallyDetails {
  bytes?: number | undefined;
  kind?: string | undefined;
  key?: SlotKey;
}

export interface Tally {
  add(outcome: Outcome, details?: TallyDetails): void;
  /** What was counted as absent, corrupt or failed, where its slot was told. */
  missed(): readonly SlotKey[];
  /** The counts, without what is not counted here. */
  summary(seconds: number): Omit<IngestSummary, 'rescued' | 'tables'>;
}

const MISSES: ReadonlySet<Outcome> = new Set(['absent', 'corrupt', 'failed']);

export function createTally(planned: number): Tally {
  const counts: Record<Outcome, number> = {
    stored: 0,
    already: 0,
    skipped: 0,
    absent: 0,
    corrupt: 0,
    failed: 0,
  };
  const reasons: Record<string, number> = {};
  const missed: SlotKey[] = [];
  let bytes = 0;
  return {
    add(outcome, details = {}) {
      counts[outcome] += 1;
      bytes += details.bytes ?? 0;
      if (details.key && MISSES.has(outcome)) missed.push(details.key);
      if (details.kind) reasons[details.kind] = (reasons[details.kind] ?? 0) + 1;
    },
    missed: () => missed,
    summary: (seconds) => ({ planned, ...counts, bytes, seconds, reasons: { ...reasons } }),
  };
}

/** 3 when something asked for by this run could not be had. */
export function exitCodeOf({ absent, corrupt, failed, rescued, tables }: IngestSummary): 0 | 3 {
  return absent + corrupt + failed > rescued || tables.some(({ trouble }) => trouble !== null) ? 3 : 0;
}

/** More of them make no line that anybody reads; --json has all. */
const MOST_KINDS = 8;

/** One line, fit for cron mail. */
export function describeSummary(summary: IngestSummary): string {
  const { planned, stored, already, skipped, absent, corrupt, failed, bytes, seconds, reasons } = summary;
  const parts = [
    `${stored} stored (${(bytes / 1e6).toFixed(1)} MB, ${seconds.toFixed(1)} s)`,
    `${already} already there`,
    ...(skipped ? [`${skipped} left out`] : []),
    ...(absent ? [`${absent} absent`] : []),
    ...(corrupt ? [`${corrupt} corrupt`] : []),
    ...(failed ? [`${failed} failed`] : []),
    ...(summary.rescued ? [`${summary.rescued} of the missing had from the fallback`] : []),
  ];
  const kinds = Object.entries(reasons).sort((a, b) => b[1] - a[1]);
  const why = kinds.slice(0, MOST_KINDS).map(([kind, count]) => `${kind} ${count}`);
  if (kinds.length > MOST_KINDS) why.push(`${kinds.length - MOST_KINDS} more kinds`);
  return `${planned} asked for: ${parts.join(', ')}${why.length ? ` [${why.join('; ')}]` : ''}`;
}
