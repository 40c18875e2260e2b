/** Which command ran when, with which options, and how it ended. */
import type { Database } from 'better-sqlite3';
import type { Run, RunStart } from './types.ts';

export interface RunTable {
  /** The id of the new row. */
  startRun(start: RunStart): number;
  finishRun(id: number, exitCode: number, summary: unknown): void;
  /** The newest `limit` runs, newest first. */
  runs(limit: number): Run[];
}

interface RunRow {
  id: number;
  command: string;
  options: string;
  version: string;
  started_at: string;
  finished_at: string | null;
  exit_code: number | null;
  summary: string | null;
}

export function runTable(db: Database, now: () => Date): RunTable {
  const insert = db.prepare('INSERT INTO runs (command, options, version, started_at) VALUES (?, ?, ?, ?)');
  const finish = db.prepare('UPDATE runs SET finished_at = ?, exit_code = ?, summary = ? WHERE id = ?');
  const select = db.prepare<[number], RunRow>('SELECT * FROM runs ORDER BY id DESC LIMIT ?');

  return {
    startRun({ command, options, version }) {
      const { lastInsertRowid } = insert.run(
        command,
        JSON.stringify(options ?? null),
        version,
        now().toISOString(),
      );
      return Number(lastInsertRowid);
    },
    finishRun: (id, exitCode, summary) =>
      void finish.run(now().toISOString(), exitCode, JSON.stringify(summary ?? null), id),
    runs: (limit) =>
      select.all(limit).map((row) => ({
        id: row.id,
        command: row.command,
        options: JSON.parse(row.options),
        version: row.version,
        startedAt: row.started_at,
        finishedAt: row.finished_at,
        exitCode: row.exit_code,
        summary: row.summary === null ? null : JSON.parse(row.summary),
      })),
  };
}
