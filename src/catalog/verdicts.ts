/** What curation said of each frame, per dataset, and to which split each month belongs. */
import type { Database } from 'better-sqlite3';
import type { Split, SplitAssignment, Verdict } from './types.ts';

export interface VerdictTable {
  /** Replaces the word on each (dataset, frame); all of them or none. */
  recordVerdicts(verdicts: readonly Verdict[]): void;
  /** In the order of frame ids. */
  verdicts(dataset: string): Verdict[];
  /** A unit that has a split keeps it: a frame never changes sides when data are added. */
  assignSplits(rows: readonly SplitAssignment[]): void;
  splits(): Map<string, Split>;
}

interface VerdictRow {
  dataset: string;
  frame_id: number;
  accepted: number;
  scores: string;
  by: string;
}

export function verdictTable(db: Database, now: () => Date): VerdictTable {
  const insert = db.prepare(
    'INSERT OR REPLACE INTO verdicts (dataset, frame_id, accepted, scores, "by", decided_at) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const select = db.prepare<[string], VerdictRow>(
    'SELECT dataset, frame_id, accepted, scores, "by" FROM verdicts WHERE dataset = ? ORDER BY frame_id',
  );
  const insertSplit = db.prepare(
    'INSERT INTO splits (unit, split, rule, assigned_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const selectSplits = db.prepare<[], { unit: string; split: Split }>(
    'SELECT unit, split FROM splits ORDER BY unit',
  );

  return {
    recordVerdicts: db.transaction((verdicts: readonly Verdict[]) => {
      const time = now().toISOString();
      for (const verdict of verdicts) {
        insert.run(
          verdict.dataset,
          verdict.frameId,
          verdict.accepted ? 1 : 0,
          JSON.stringify(verdict.scores),
          verdict.by,
          time,
        );
      }
    }),
    verdicts: (dataset) =>
      select.all(dataset).map((row) => ({
        dataset: row.dataset,
        frameId: row.frame_id,
        accepted: row.accepted === 1,
        scores: JSON.parse(row.scores),
        by: row.by,
      })),
    assignSplits: db.transaction((rows: readonly SplitAssignment[]) => {
      const time = now().toISOString();
      for (const row of rows) insertSplit.run(row.unit, row.split, row.rule, time);
    }),
    splits: () => new Map(selectSplits.all().map((row) => [row.unit, row.split])),
  };
}
