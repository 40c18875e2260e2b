/** Brings the auxiliary tables into the cache, or says which could not be had. */
import { basename, join } from 'node:path';
import type { Catalog } from '../catalog/index.ts';
import { requireDuration } from '../core/time.ts';
import type { Workspace } from '../core/workspace.ts';
import type { IngestContext } from './context.ts';
import { getCachedFile } from './http/cached-file.ts';
import { createEngine } from './http/engine.ts';
import type { IngestOptions } from './options.ts';
import { TABLES, type TableName } from './tables.ts';

const MAX_TABLE_BYTES = 50e6;

export interface TableOutcome {
  name: TableName;
  /** Relative to the workspace; null when there is none. */
  path: string | null;
  fetchedAt: string | null;
  sha256: string | null;
  /** null when the copy is fresh. */
  trouble: string | null;
}

export async function fetchTables(
  options: IngestOptions,
  catalog: Catalog,
  { effects, workspace }: IngestContext,
  stop: AbortSignal,
): Promise<TableOutcome[]> {
  const urlsOf = (name: TableName) => mirrored(TABLES[name].urls, options.tableUrl);
  const engine = createEngine({
    clock: effects.clock,
    signal: stop,
    log: effects.log,
    limits: { connectionsOf: () => 1, bytesPerSecond: undefined, bytesPerSecondOf: () => undefined },
    idleTimeoutMs: requireDuration(options.timeout, '--timeout'),
    retries: options.retries,
    maxBytes: MAX_TABLE_BYTES,
    allowedHosts: new Set(options.tables.flatMap((name) => urlsOf(name).map((url) => new URL(url).host))),
  });
  const outcomes: TableOutcome[] = [];
  try {
    for (const name of options.tables) {
      const { fileName, maxAgeMs, sha256, check, record } = TABLES[name];
      const request = {
        name: `tables/${fileName}`,
        urls: urlsOf(name),
        maxAgeMs,
        maxBytes: MAX_TABLE_BYTES,
        check,
        ...(sha256 ? { sha256 } : {}),
      };
      const result = await getCachedFile(request, { catalog, workspace, engine, now: effects.clock.now() });
      if (!result.ok) {
        outcomes.push({ name, path: null, fetchedAt: null, sha256: null, trouble: result.problem.reason });
        continue;
      }
      record?.(result.text, catalog);
      const { path, fetchedAt, sha256: hash } = result.file;
      outcomes.push({
        name,
        path,
        fetchedAt,
        sha256: hash,
        trouble: result.isFresh ? null : `could not be fetched: the copy of ${fetchedAt} is used`,
      });
    }
  } finally {
    await engine.close();
  }
  return outcomes;
}

/** A mirror that holds the tables under their file names replaces all the published addresses. */
function mirrored(urls: readonly string[], mirror: string | undefined): readonly string[] {
  if (mirror === undefined) return urls;
  return [new URL(basename(new URL(urls[0]!).pathname), mirror.endsWith('/') ? mirror : `${mirror}/`).href];
}

/** Where a table lies, when some run fetched it. */
export function tablePath(workspace: Workspace, catalog: Catalog, name: TableName): string | undefined {
  const file = catalog.auxFile(`tables/${TABLES[name].fileName}`);
  return file ? join(workspace.root, file.path) : undefined;
}
