/**
 * One writer a workspace. The lock is SQLite's own on a small file: the operating system releases it when its holder
 * dies, however it dies, so there is no stale lock to detect. Who holds it can be read meanwhile.
 */
import { mkdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { SunganError } from '../core/errors.ts';

export interface Lock {
  release(): void;
}

interface Holder {
  pid: number;
  host: string;
  since: string;
  command: string;
}

const SCHEMA = 'CREATE TABLE IF NOT EXISTS holder (pid INTEGER, host TEXT, since TEXT, command TEXT) STRICT';

/** Takes the lock at `path`, or throws with the name of its holder. */
export function takeLock(path: string, command: string, now: () => Date): Lock {
  const db = openLockFile(path);
  try {
    db.exec('BEGIN IMMEDIATE');
    db.exec(SCHEMA);
    db.exec('DELETE FROM holder');
    const insert = db.prepare('INSERT INTO holder VALUES (?, ?, ?, ?)');
    insert.run(process.pid, hostname(), now().toISOString(), command);
    // Others see the name only when it is committed; the lock itself is the transaction that follows and never ends.
    db.exec('COMMIT');
    db.exec('BEGIN IMMEDIATE');
    return { release: () => void db.close() };
  } catch (cause) {
    const holder = cause instanceof Error && isBusy(cause) ? readHolder(db) : undefined;
    db.close();
    throw refusal(path, holder, cause);
  }
}

function openLockFile(path: string): Database.Database {
  try {
    mkdirSync(dirname(path), { recursive: true });
    return new Database(path, { timeout: 0 });
  } catch (cause) {
    throw refusal(path, undefined, cause);
  }
}

function isBusy(error: Error): boolean {
  return String((error as { code?: string }).code).startsWith('SQLITE_BUSY');
}

function readHolder(db: Database.Database): Partial<Holder> {
  try {
    return db.prepare<[], Holder>('SELECT pid, host, since, command FROM holder').get() ?? {};
  } catch {
    return {};
  }
}

function refusal(path: string, holder: Partial<Holder> | undefined, cause: unknown): SunganError {
  if (!holder) {
    const message = `cannot take the lock: ${(cause as Error).message}`;
    return new SunganError('io', message, {
      where: path,
      remedy: /^SQLITE_(NOTADB|CORRUPT)/.test(String((cause as { code?: string }).code))
        ? 'the lock file is damaged, which no run at work leaves it: delete it'
        : 'check that the folder is writable and on a local disk',
      cause,
    });
  }
  const { pid, host, since, command } = holder;
  const who = pid === undefined ? '' : ` (${command}, process ${pid} on ${host}, since ${since})`;
  return new SunganError('io', `another run is at work in this workspace${who}`, {
    where: path,
    remedy: 'wait until it ends; --deadline keeps runs of cron from overlapping',
    cause,
  });
}
