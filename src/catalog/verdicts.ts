/** What curation said of each frame, per dataset, and to which split each month belongs. */
import { createHash } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import type { RuleScore, Split, SplitAssignment, Verdict } from './types.ts';

export interface VerdictTable {
  /** Replaces the word on each (dataset, frame); all of them or none. */
  recordVerdicts(verdicts: readonly Verdict[]): void;
  /** In the order of frame ids, a page at a time: all words on all frames of a mission would fill the memory. */
  verdicts(dataset: string): Iterable<Verdict>;
  verdict(dataset: string, frameId: number): Verdict | undefined;
  /** SHA-256 of all that `verdicts` tells. */
  verdictsHash(dataset: string): string;
  /** A unit that has a split keeps it: a frame never changes sides when data are added. */
  assignSplits(rows: readonly SplitAssignment[]): void;
  splits(): Map<string, Split>;
}

type VerdictCells = [frameId: number, accepted: number, scores: string, by: string];

/** A page is read at once, so that other statements may run between two rows. */
const PAGE = 256;

export function verdictTable(db: Database, now: () => Date): VerdictTable {
  const insert = db.prepare(
    'INSERT OR REPLACE INTO verdicts (dataset, frame_id, accepted, scores, "by", decided_at) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const select = 'SELECT frame_id, accepted, scores, "by" FROM verdicts WHERE dataset = ? AND frame_id';
  const one = db.prepare<[string, number], VerdictCells>(`${select} = ?`).raw();
  const after = db
    .prepare<[string, number], VerdictCells>(`${select} > ? ORDER BY frame_id LIMIT ${PAGE}`)
    .raw();
  function* rows(dataset: string): Generator<VerdictCells> {
    for (let page = after.all(dataset, -1); page.length > 0; page = after.all(dataset, page.at(-1)![0]))
      yield* page;
  }
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
    verdicts: (dataset) => ({
      *[Symbol.iterator]() {
        for (const cells of rows(dataset)) yield verdictOf(dataset, cells);
      },
    }),
    verdict: (dataset, frameId) => {
      const cells = one.get(dataset, frameId);
      return cells && verdictOf(dataset, cells);
    },
    verdictsHash: (dataset) => {
      const hash = createHash('sha256');
      for (const [frameId, accepted, scores, by] of rows(dataset))
        hash.update(`${frameId} ${accepted} ${JSON.stringify(by)} ${scores}\n`);
      return hash.digest('hex');
    },
    assignSplits: db.transaction((rows: readonly SplitAssignment[]) => {
      const time = now().toISOString();
      for (const row of rows) insertSplit.run(row.unit, row.split, row.rule, time);
    }),
    splits: () => new Map(selectSplits.all().map((row) => [row.unit, row.split])),
  };
}

/** Scores are parsed when they are asked for: of accepted frames they seldom are. */
function verdictOf(dataset: string, [frameId, accepted, scores, by]: VerdictCells): Verdict {
  let parsed: RuleScore[] | undefined;
  return {
    dataset,
    frameId,
    accepted: accepted === 1,
    get scores() {
      parsed ??= JSON.parse(scores) as RuleScore[];
      return parsed;
    },
    by,
  };
}
