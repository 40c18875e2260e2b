/**
 * The schema as ordered, numbered steps. A step and the record of it share one transaction, so a killed upgrade repeats
 * its last step. Steps that have been released are never edited: add one.
 */
import type { Database } from 'better-sqlite3';
import { SunganError } from '../core/errors.ts';

interface Migration {
  version: number;
  name: string;
  sql: string;
}

// Headers have a table of their own: at 6 kB each they would otherwise fill the pages that every scan of frames reads.
const FIRST = `
CREATE TABLE frames (
  id INTEGER PRIMARY KEY,
  source TEXT NOT NULL,
  product TEXT NOT NULL,
  wavelength INTEGER NOT NULL,
  slot TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'expected' CHECK (state IN
    ('expected', 'absent', 'blocked', 'downloading', 'stored', 'corrupt', 'superseded', 'explained')),
  reason TEXT,
  tries INTEGER NOT NULL DEFAULT 0,
  updated_at TEXT NOT NULL,
  path TEXT,
  url TEXT,
  etag TEXT,
  bytes INTEGER,
  sha256 TEXT,
  t_obs TEXT,
  exposure_seconds REAL,
  quality INTEGER CHECK (quality BETWEEN 0 AND 4294967295),
  fsn INTEGER,
  width INTEGER,
  height INTEGER,
  CHECK (state <> 'stored' OR (path IS NOT NULL AND sha256 IS NOT NULL AND bytes IS NOT NULL)),
  UNIQUE (source, product, wavelength, slot)
) STRICT;
CREATE UNIQUE INDEX frames_path ON frames (path) WHERE path IS NOT NULL;
CREATE INDEX frames_stored ON frames (source, product, wavelength, slot) WHERE state = 'stored';
CREATE INDEX frames_missing ON frames (source, product, wavelength, slot) WHERE state <> 'stored';
CREATE INDEX frames_sha256 ON frames (sha256) WHERE sha256 IS NOT NULL;

CREATE TABLE headers (
  frame_id INTEGER PRIMARY KEY REFERENCES frames (id) ON DELETE CASCADE,
  header TEXT NOT NULL CHECK (json_valid(header))
) STRICT;

CREATE TABLE attempts (
  id INTEGER PRIMARY KEY,
  frame_id INTEGER NOT NULL REFERENCES frames (id) ON DELETE CASCADE,
  url TEXT NOT NULL,
  started_at TEXT NOT NULL,
  status INTEGER,
  bytes INTEGER NOT NULL,
  milliseconds REAL NOT NULL,
  error TEXT
) STRICT;
CREATE INDEX attempts_frame ON attempts (frame_id);

CREATE TABLE exports (
  id TEXT PRIMARY KEY,
  source TEXT NOT NULL,
  query TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('submitted', 'ready', 'done', 'failed', 'expired')),
  submitted_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  status INTEGER,
  error TEXT
) STRICT;

CREATE TABLE events (
  id INTEGER PRIMARY KEY,
  source TEXT NOT NULL,
  start TEXT NOT NULL,
  "end" TEXT,
  instrument TEXT NOT NULL,
  comment TEXT NOT NULL,
  UNIQUE (source, start, instrument, comment)
) STRICT;
CREATE INDEX events_start ON events (start);

CREATE TABLE verdicts (
  dataset TEXT NOT NULL,
  frame_id INTEGER NOT NULL REFERENCES frames (id) ON DELETE CASCADE,
  accepted INTEGER NOT NULL CHECK (accepted IN (0, 1)),
  scores TEXT NOT NULL CHECK (json_valid(scores)),
  "by" TEXT NOT NULL,
  decided_at TEXT NOT NULL,
  PRIMARY KEY (dataset, frame_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE splits (
  unit TEXT PRIMARY KEY,
  split TEXT NOT NULL CHECK (split IN ('train', 'validation', 'test', 'guard')),
  rule TEXT NOT NULL,
  assigned_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE runs (
  id INTEGER PRIMARY KEY,
  command TEXT NOT NULL,
  options TEXT NOT NULL CHECK (json_valid(options)),
  version TEXT NOT NULL,
  started_at TEXT NOT NULL,
  finished_at TEXT,
  exit_code INTEGER,
  summary TEXT CHECK (summary IS NULL OR json_valid(summary))
) STRICT;

CREATE TABLE aux_files (
  name TEXT PRIMARY KEY,
  url TEXT NOT NULL,
  path TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  etag TEXT,
  fetched_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`;

// Counting a million rows takes a second; a status command and every plan ask for the counts.
const COUNTS = `
CREATE TABLE counts (
  source TEXT NOT NULL,
  product TEXT NOT NULL,
  wavelength INTEGER NOT NULL,
  state TEXT NOT NULL,
  frames INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  PRIMARY KEY (source, product, wavelength, state)
) STRICT, WITHOUT ROWID;
INSERT INTO counts
  SELECT source, product, wavelength, state, count(*), coalesce(sum(bytes), 0) FROM frames GROUP BY 1, 2, 3, 4;

CREATE TRIGGER frames_counted AFTER INSERT ON frames BEGIN
  INSERT INTO counts VALUES (new.source, new.product, new.wavelength, new.state, 1, coalesce(new.bytes, 0))
    ON CONFLICT DO UPDATE SET frames = frames + 1, bytes = bytes + excluded.bytes;
END;
CREATE TRIGGER frames_uncounted AFTER DELETE ON frames BEGIN
  UPDATE counts SET frames = frames - 1, bytes = bytes - coalesce(old.bytes, 0)
    WHERE source = old.source AND product = old.product AND wavelength = old.wavelength AND state = old.state;
END;
CREATE TRIGGER frames_recounted AFTER UPDATE OF state, bytes ON frames
WHEN old.state <> new.state OR coalesce(old.bytes, 0) <> coalesce(new.bytes, 0) BEGIN
  UPDATE counts SET frames = frames - 1, bytes = bytes - coalesce(old.bytes, 0)
    WHERE source = old.source AND product = old.product AND wavelength = old.wavelength AND state = old.state;
  INSERT INTO counts VALUES (new.source, new.product, new.wavelength, new.state, 1, coalesce(new.bytes, 0))
    ON CONFLICT DO UPDATE SET frames = frames + 1, bytes = bytes + excluded.bytes;
END;
`;

// Runs that met an outage say nothing about the file: they are counted apart from those that brought a bad one.
const CORRUPT_RUNS = 'ALTER TABLE frames ADD COLUMN corrupt_runs INTEGER NOT NULL DEFAULT 0';

export const MIGRATIONS: readonly Migration[] = [
  { version: 1, name: 'first schema', sql: FIRST },
  { version: 2, name: 'counts kept by triggers', sql: COUNTS },
  { version: 3, name: 'runs that brought a corrupt file', sql: CORRUPT_RUNS },
];

/** Refuses a database that another program made, before anything in it is changed. */
export function requireCatalog(db: Database, path: string): void {
  const { tables, columns } = db
    .prepare<[], { tables: number; columns: number }>(
      "SELECT (SELECT count(*) FROM sqlite_master WHERE type = 'table') AS tables, " +
        "(SELECT count(*) FROM pragma_table_info('migrations') WHERE name IN ('version', 'name', 'applied_at')) AS columns",
    )
    .get()!;
  if (tables === 0 || columns === 3) return;
  throw new SunganError('data', 'the file is a database of another program, and no catalog', {
    where: path,
    remedy: 'choose another --workspace, or move the file away',
  });
}

/** Brings `db` to the newest schema known here. A file that a newer program wrote is refused, untouched. */
export function migrate(db: Database, path: string, now: () => Date): void {
  db.exec(
    'CREATE TABLE IF NOT EXISTS migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at TEXT NOT NULL) STRICT',
  );
  const newest = MIGRATIONS.at(-1)!.version;
  const applied = appliedVersion(db);
  if (applied > newest) {
    throw new SunganError(
      'data',
      `the catalog has schema ${applied}, this program knows schemas up to ${newest}`,
      {
        where: path,
        remedy: 'update sungan, or choose another --workspace',
      },
    );
  }
  if (applied === newest) return;
  const record = db.prepare('INSERT INTO migrations (version, name, applied_at) VALUES (?, ?, ?)');
  for (const migration of MIGRATIONS) {
    // Immediate, and asked again inside: two processes may open a new catalog at the same moment.
    db.transaction(() => {
      if (appliedVersion(db) >= migration.version) return;
      db.exec(migration.sql);
      record.run(migration.version, migration.name, now().toISOString());
    }).immediate();
  }
}

function appliedVersion(db: Database): number {
  return (
    db.prepare<[], { version: number | null }>('SELECT max(version) AS version FROM migrations').get()
      ?.version ?? 0
  );
}
