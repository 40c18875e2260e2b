/** Every request that was ever made for a frame: what cron mail forgets. */
import type { Database } from 'better-sqlite3';
import type { Attempt } from './types.ts';

export interface AttemptTable {
  recordAttempt(attempt: Attempt): void;
  /** In the order they were made. */
  attempts(frameId: number): Attempt[];
}

export function attemptTable(db: Database): AttemptTable {
  const insert = db.prepare(
    'INSERT INTO attempts (frame_id, url, started_at, status, bytes, milliseconds, error) VALUES (@frameId, @url, @startedAt, @status, @bytes, @milliseconds, @error)',
  );
  const select = db.prepare<[number], Attempt>(
    'SELECT frame_id AS frameId, url, started_at AS startedAt, status, bytes, milliseconds, error FROM attempts WHERE frame_id = ? ORDER BY id',
  );
  return {
    recordAttempt: (attempt) => void insert.run(attempt),
    attempts: (frameId) => select.all(frameId),
  };
}
