/** Brings the auxiliary tables into the cache, or says which could not be had. */
import { basename, join } from 'node:path';
import type { AuxFile, Catalog } from '../catalog/index.ts';
import type { Clock } from '../core/clock.ts';
import { requireDuration } from '../core/time.ts';
import type { Workspace } from '../core/workspace.ts';
import type { IngestContext } from './context.ts';
import { type CacheContext, getCachedFile } from './http/cached-file.ts';
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
    totalTimeoutMs: requireDuration(options.totalTimeout, '--total-timeout'),
    retries: options.retries,
    maxBytes: MAX_TABLE_BYTES,
    allowedHosts: new Set(options.tables.flatMap((name) => urlsOf(name).map((url) => new URL(url).host))),
  });
  const tools = { catalog, workspace, engine, stop, clock: effects.clock };
  try {
    const outcomes: TableOutcome[] = [];
    for (const name of options.tables) outcomes.push(await fetchTable(name, urlsOf(name), tools));
    return outcomes;
  } finally {
    await engine.close();
  }
}

interface TableTools extends Omit<CacheContext, 'now'> {
  stop: AbortSignal;
  clock: Clock;
}

async function fetchTable(
  name: TableName,
  urls: readonly string[],
  tools: TableTools,
): Promise<TableOutcome> {
  const { catalog, stop, clock } = tools;
  const { fileName, maxAgeMs, sha256, check, record } = TABLES[name];
  const request = {
    name: `tables/${fileName}`,
    urls,
    maxAgeMs,
    maxBytes: MAX_TABLE_BYTES,
    check,
    ...(sha256 ? { sha256 } : {}),
  };
  const result = await getCachedFile(request, { ...tools, now: clock.now() }).catch((error) => {
    if (!stop.aborted) throw error;
  });
  if (!result) {
    const kept = catalog.auxFile(request.name);
    return { ...placeOf(kept), name, trouble: 'time is up' };
  }
  if (!result.ok) return { ...placeOf(undefined), name, trouble: result.problem.reason };
  record?.(result.text, catalog);
  const { file, isFresh } = result;
  const trouble = isFresh ? null : `could not be fetched: the copy of ${file.fetchedAt} is used`;
  return { ...placeOf(file), name, trouble };
}

function placeOf(file: AuxFile | undefined): Pick<TableOutcome, 'path' | 'fetchedAt' | 'sha256'> {
  return { path: file?.path ?? null, fetchedAt: file?.fetchedAt ?? null, sha256: file?.sha256 ?? null };
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
