/** What archives tell besides frames: prepared exports, known events, tables kept in the cache. */
import type { Database } from 'better-sqlite3';
import type { AuxFile, ExportRequest, ExportState, KnownEvent } from './types.ts';

export interface ArchiveTable {
  /** Inserts or replaces by id. */
  saveExport(request: ExportRequest): void;
  /** Oldest first. */
  exports(source: string, states: readonly ExportState[]): ExportRequest[];
  /** Adds events; those already known (same list, start, instrument and comment) take the new end. */
  recordEvents(events: readonly KnownEvent[]): void;
  /** Events that overlap [from, to), by start; one without an end counts at its start only. */
  events(from: string, to: string): KnownEvent[];
  recordAuxFile(file: AuxFile): void;
  auxFile(name: string): AuxFile | undefined;
}

export function archiveTable(db: Database): ArchiveTable {
  const saveExport = db.prepare(
    'INSERT OR REPLACE INTO exports (id, source, query, state, submitted_at, updated_at, status, error) ' +
      'VALUES (@id, @source, @query, @state, @submittedAt, @updatedAt, @status, @error)',
  );
  const exportsOf = db.prepare<[string], ExportRequest>(
    'SELECT id, source, query, state, submitted_at AS submittedAt, updated_at AS updatedAt, status, error FROM exports WHERE source = ? ORDER BY submitted_at, id',
  );
  const saveEvent = db.prepare(
    'INSERT INTO events (source, start, "end", instrument, comment) VALUES (@source, @start, @end, @instrument, @comment) ' +
      'ON CONFLICT DO UPDATE SET "end" = excluded."end"',
  );
  const eventsOf = db.prepare<[string, string], KnownEvent>(
    'SELECT source, start, "end", instrument, comment FROM events WHERE start < ? AND coalesce("end", start) >= ? ORDER BY start, source, instrument',
  );
  const saveAux = db.prepare(
    'INSERT OR REPLACE INTO aux_files (name, url, path, bytes, sha256, etag, fetched_at) VALUES (@name, @url, @path, @bytes, @sha256, @etag, @fetchedAt)',
  );
  const auxOf = db.prepare<[string], AuxFile>(
    'SELECT name, url, path, bytes, sha256, etag, fetched_at AS fetchedAt FROM aux_files WHERE name = ?',
  );

  return {
    saveExport: (request) => void saveExport.run(request),
    exports: (source, states) => exportsOf.all(source).filter((request) => states.includes(request.state)),
    recordEvents: db.transaction((events: readonly KnownEvent[]) => {
      for (const event of events) saveEvent.run(event);
    }),
    events: (from, to) => eventsOf.all(to, from),
    recordAuxFile: (file) => void saveAux.run(file),
    auxFile: (name) => auxOf.get(name),
  };
}
