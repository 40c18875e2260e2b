/** One SQLite file a workspace. Everything is synchronous: a row costs microseconds, and order is then plain to see. */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { SunganError } from '../core/errors.ts';
import { type ArchiveTable, archiveTable } from './archive.ts';
import { type AttemptTable, attemptTable } from './attempts.ts';
import { type FrameTable, frameTable } from './frames.ts';
import { migrate, requireCatalog } from './migrations.ts';
import { type RunTable, runTable } from './runs.ts';
import { type VerdictTable, verdictTable } from './verdicts.ts';

export interface Catalog extends FrameTable, AttemptTable, VerdictTable, RunTable, ArchiveTable {
  /** Runs `work` in one transaction: all its changes or, when it throws, none. May be nested. */
  transaction<Result>(work: () => Result): Result;
  close(): void;
}

export interface CatalogOptions {
  /** The time written into rows. */
  now?: () => Date;
}

/** Long enough for another process' batch; a longer wait means that something is wrong. */
const BUSY_TIMEOUT_MS = 15_000;

/** Opens the catalog at `path` (`:memory:` for one that is not kept), making or upgrading it where needed. */
export function openCatalog(path: string, { now = () => new Date() }: CatalogOptions = {}): Catalog {
  const db = openDatabase(path);
  try {
    requireCatalog(db, path);
    // With WAL, NORMAL loses no committed row when the process is killed, only when the machine loses power; files come
    // before rows, so what is lost then is at most a row whose file is fetched again.
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = NORMAL');
    // 16 MB of log before it is folded into the file, which waits for the disk.
    db.pragma('wal_autocheckpoint = 4000');
    db.pragma('foreign_keys = ON');
    migrate(db, path, now);
    return {
      ...frameTable(db, now),
      ...attemptTable(db),
      ...verdictTable(db, now),
      ...runTable(db, now),
      ...archiveTable(db),
      transaction: (work) => db.transaction(work).immediate(),
      close: () => void db.close(),
    };
  } catch (cause) {
    db.close();
    throw explainOpening(cause, path);
  }
}

function openDatabase(path: string): Database.Database {
  try {
    if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true });
    return new Database(path, { timeout: BUSY_TIMEOUT_MS });
  } catch (cause) {
    throw explainOpening(cause, path);
  }
}

function explainOpening(cause: unknown, path: string): unknown {
  return cause instanceof SunganError
    ? cause
    : failure('cannot open the catalog', path, cause as SqliteFailure);
}

/** What SQLite says of disks and of other processes while the catalog is in use, for people; the rest as it came. */
export function explainCatalogError(cause: unknown, path: string): unknown {
  const { name, code = '' } = cause as SqliteFailure;
  const isOfPlace = /^SQLITE_(FULL|IOERR|BUSY|LOCKED|READONLY|CORRUPT|NOTADB|CANTOPEN|PERM)/.test(code);
  return name === 'SqliteError' && isOfPlace
    ? failure('the catalog failed', path, cause as SqliteFailure)
    : cause;
}

type SqliteFailure = Error & { code?: string };

function failure(what: string, path: string, cause: SqliteFailure): SunganError {
  const remedy = remedyOf(cause.code ?? '');
  return new SunganError('io', `${what}: ${cause.message}`, { where: path, remedy, cause });
}

function remedyOf(code: string): string {
  if (/^SQLITE_(NOTADB|CORRUPT)/.test(code))
    return 'the file is damaged or not a catalog: move it away; `sungan ingest` makes a new one and finds the files that are there';
  if (code === 'SQLITE_FULL') return 'make room on the disk; what was fetched is kept';
  if (/^SQLITE_(BUSY|LOCKED)/.test(code))
    return 'another program has held the catalog for long: wait until it has done, then start again';
  return 'check that the folder exists, is writable and lies on a local disk';
}
