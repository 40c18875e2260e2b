/** The use case: one run over one source, from plan to summary, recorded in the catalog. */
import { setMaxListeners } from 'node:events';
import { join } from 'node:path';
import {
  type Catalog,
  explainCatalogError,
  openCatalog,
  readCatalog,
  type SlotKey,
  takeLock,
} from '../catalog/index.ts';
import { throwIfStopped } from '../core/effects.ts';
import { describeError, SunganError } from '../core/errors.ts';
import { exists } from '../core/files.ts';
import { requireDuration } from '../core/time.ts';
import { VERSION } from '../core/version.ts';
import type { IngestContext } from './context.ts';
import { fetchTables } from './fetch-tables.ts';
import { LONGEST_TIMER_MS } from './http/elapsed.ts';
import { ingestArchive, rowsOf } from './ingest-archive.ts';
import { folderOf, ingestFolder, listFitsFiles } from './ingest-folder.ts';
import type { IngestOptions } from './options.ts';
import { decide, describeKeys, type IngestPlan } from './plan.ts';
import { baseUrlsOf, keysOf, optionalDuration, policyOf, requireFolderUrl } from './request.ts';
import { resolveTime } from './slots.ts';
import { ARCHIVES } from './sources/index.ts';
import { createTally, exitCodeOf, type IngestSummary } from './summary.ts';

/**
 * Fetches or adopts what is missing. May be killed at any moment and run again; a second run with nothing new asks for
 * nothing. One run at a time in a workspace: a second one is refused.
 */
export async function ingest(options: IngestOptions, context: IngestContext): Promise<IngestSummary> {
  const { effects, workspace } = context;
  const now = () => effects.clock.now();
  requireSense(options, now());
  const lock = takeLock(join(workspace.root, 'ingest.lock'), `sungan ingest --source ${options.source}`, now);
  try {
    const catalog = openCatalog(workspace.catalog, { now });
    try {
      const summary = await recordedRun(options, catalog, context);
      throwIfStopped(effects.signal);
      return summary;
    } catch (error) {
      throw explainCatalogError(error, workspace.catalog);
    } finally {
      catalog.close();
    }
  } finally {
    lock.release();
  }
}

async function recordedRun(
  options: IngestOptions,
  catalog: Catalog,
  context: IngestContext,
): Promise<IngestSummary> {
  const { clock, signal } = context.effects;
  const startedAt = clock.now().getTime();
  const run = catalog.startRun({ command: 'ingest', options: withoutContact(options), version: VERSION });
  const { stop, clear } = deadlineOf(options, signal);
  // One for every transfer under way.
  setMaxListeners(0, stop);
  try {
    const tables = options.tables.length > 0 ? await fetchTables(options, catalog, context, stop) : [];
    const isDone = isTablesOnly(options);
    const tally = isDone ? createTally(0) : await runSource(options, catalog, context, stop);
    const rescued = isDone ? 0 : await rescueElsewhere(options, catalog, context, stop, tally.missed());
    const summary = { ...tally.summary((clock.now().getTime() - startedAt) / 1000), rescued, tables };
    catalog.finishRun(run, signal.aborted ? 130 : exitCodeOf(summary), summary);
    return summary;
  } catch (error) {
    noteFailure(catalog, run, signal.aborted, error);
    throw error;
  } finally {
    clear();
  }
}

/** On a full disk this fails too; what the run failed of is the news. */
function noteFailure(catalog: Catalog, run: number, isStopped: boolean, error: unknown): void {
  try {
    catalog.finishRun(run, isStopped ? 130 : 1, { error: describeError(error) });
  } catch {
    // The run stays without an end in the catalog, as a killed one does.
  }
}

/** Catalogs are passed on; addresses of people are not. */
function withoutContact({ contact, ...options }: IngestOptions) {
  return contact === undefined ? options : { ...options, contact: '(given)' };
}

/** Wrong usage is said before a lock or a catalog is made, not after hours of work. */
function requireSense(options: IngestOptions, now: Date): void {
  const source = ARCHIVES[options.source];
  requireDuration(options.timeout, '--timeout');
  requireDuration(options.revisit, '--revisit');
  optionalDuration(options.search, '--search');
  if (options.deadline !== undefined) requireDuration(options.deadline, '--deadline');
  if (options.tableUrl !== undefined) requireFolderUrl(options.tableUrl, '--table-url');
  if (isTablesOnly(options)) return;
  if (!source) {
    folderOf(options);
    requireTimes(options, now);
  } else {
    keysOf(source, options, now);
    baseUrlsOf(source, options);
  }
  requireFallback(options, now);
}

function requireTimes({ from, to }: IngestOptions, now: Date): void {
  if (from !== undefined) resolveTime(from, now, '--from');
  resolveTime(to, now, '--to');
}

function isTablesOnly({ tables, from, path }: IngestOptions): boolean {
  return tables.length > 0 && from === undefined && path === undefined;
}

function requireFallback(options: IngestOptions, now: Date): void {
  const { source, fallback } = options;
  if (fallback === undefined) return;
  const second = ARCHIVES[fallback]!;
  const products = ARCHIVES[source]?.products ?? [];
  if (fallback === source || !second.products.some((product) => products.includes(product))) {
    throw new SunganError('usage', `${fallback} cannot stand in for ${source}`, {
      where: '--fallback',
      remedy: 'jsoc and heliocloud have the same frames; other sources have mirrors (--base-url)',
    });
  }
  keysOf(second, options, now);
  baseUrlsOf(second, { baseUrl: options.fallbackUrl }, '--fallback-url');
}

function runSource(options: IngestOptions, catalog: Catalog, context: IngestContext, stop: AbortSignal) {
  const source = ARCHIVES[options.source];
  if (!source) return ingestFolder(options, catalog, context, stop, createTally);
  return ingestArchive({ source, options, catalog, context, stop }, createTally);
}

/**
 * What the source could not give is asked of the fallback, into slots of its own. How many of `missed` it has now: slots
 * that were given up in earlier runs must not make up for what this one could not have.
 */
async function rescueElsewhere(
  options: IngestOptions,
  catalog: Catalog,
  context: IngestContext,
  stop: AbortSignal,
  missed: readonly SlotKey[],
): Promise<number> {
  const first = ARCHIVES[options.source];
  const second = ARCHIVES[options.fallback ?? ''];
  if (!first || !second || stop.aborted) return 0;
  const keys = keysOf(first, options, context.effects.clock.now());
  const has = (key: SlotKey) => catalog.frameOfSlot(key)?.state === 'stored';
  if (keys.every(has)) return 0;
  const own = { ...options, source: second.name as IngestOptions['source'], baseUrl: options.fallbackUrl };
  const isLeftOut = (key: SlotKey) => has({ ...key, source: first.name });
  await ingestArchive({ source: second, options: own, catalog, context, stop, isLeftOut }, createTally);
  return missed.filter((key) => has({ ...key, source: second.name })).length;
}

/**
 * Stops with `signal`, and when the time is up. With a timer of its own: AbortSignal.any() of Node 20 forgets an
 * AbortSignal.timeout() that the garbage collector takes meanwhile, and a run in cron would hang for ever.
 */
function deadlineOf(
  { deadline }: IngestOptions,
  signal: AbortSignal,
): { stop: AbortSignal; clear: () => void } {
  if (deadline === undefined) return { stop: signal, clear: () => {} };
  const controller = new AbortController();
  const forward = () => controller.abort(signal.reason);
  if (signal.aborted) forward();
  signal.addEventListener('abort', forward, { once: true });
  const milliseconds = Math.min(LONGEST_TIMER_MS, requireDuration(deadline, '--deadline'));
  const timer = setTimeout(() => controller.abort(new Error('the time is up')), milliseconds);
  return {
    stop: controller.signal,
    clear() {
      clearTimeout(timer);
      signal.removeEventListener('abort', forward);
    },
  };
}

/** What `ingest` would do. Writes nothing and asks no server. */
export async function planIngest(
  options: IngestOptions,
  { workspace, effects }: IngestContext,
): Promise<IngestPlan> {
  const archive = ARCHIVES[options.source];
  const now = effects.clock.now();
  requireSense(options, now);
  if (isTablesOnly(options)) return describeKeys([], [], [], undefined);
  if (!archive) return planFolder(options);
  const keys = keysOf(archive, options, now);
  const policy = policyOf(options, now);
  const plan = (catalog: Catalog) => {
    const decisions = rowsOf(catalog, keys).map((row) => decide(row, policy));
    return describeKeys(keys, decisions, catalog.countFrames(), measuredSpeed(catalog));
  };
  // Without a catalog there is nothing to know; `:memory:` leaves nothing behind.
  return readCatalog((await exists(workspace.catalog)) ? workspace.catalog : ':memory:', plan);
}

async function planFolder(options: IngestOptions): Promise<IngestPlan> {
  const files = await listFitsFiles(folderOf(options));
  return {
    slots: files.length,
    already: 0,
    skipped: 0,
    toAsk: files.length,
    firstSlot: null,
    lastSlot: null,
    bytes: 0,
    hours: 0,
    bytesPerSecond: 0,
  };
}

/** Bytes a second over the last runs that fetched anything. */
function measuredSpeed(catalog: Catalog): number | undefined {
  const summaries = catalog
    .runs(20)
    .filter((run) => run.command === 'ingest' && run.summary)
    .map((run) => run.summary as Partial<IngestSummary>)
    // Of a run that failed nothing but the error is known.
    .filter((summary): summary is IngestSummary => summary.bytes !== undefined);
  const bytes = summaries.reduce((total, summary) => total + summary.bytes, 0);
  const seconds = summaries.reduce((total, summary) => total + summary.seconds, 0);
  return bytes > 10e6 && seconds > 0 ? bytes / seconds : undefined;
}
