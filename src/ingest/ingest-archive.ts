/** An archive of slots: plan, then fetch what is missing, a few at a time. */
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import pLimit from 'p-limit';
import type { Catalog, EventFinder, Frame, SlotKey } from '../catalog/index.ts';
import { requireDuration } from '../core/time.ts';
import { createBufferPool } from './buffer-pool.ts';
import type { IngestContext } from './context.ts';
import { createSpaceGuard } from './disk-space.ts';
import { eventsOf, explainAbsent, explained } from './explain.ts';
import { createFinishers } from './finishers.ts';
import { getCachedFile } from './http/cached-file.ts';
import { createEngine } from './http/engine.ts';
import type { Problem } from './http/problem.ts';
import { clearLeftover, REPLACED, settleInterrupted } from './interrupted.ts';
import type { IngestOptions } from './options.ts';
import { decide } from './plan.ts';
import { baseUrlsOf, keysOf, limitsOf, optionalDuration, policyOf } from './request.ts';
import type { ArchiveSource, Location } from './sources/index.ts';
import type { Outcome, Tally } from './summary.ts';
import { type TransferContext, transferFrame } from './transfer-frame.ts';

/** Rows of the keys that the catalog has, by slot. Reads one range for each channel. */
export function rowsOf(catalog: Catalog, keys: readonly SlotKey[]): (Frame | undefined)[] {
  const bySlot = new Map<string, Frame>();
  const from = keys[0]?.slot;
  const last = keys.at(-1)?.slot;
  if (from === undefined || last === undefined) return [];
  const { source, product } = keys[0]!;
  const to = new Date(Date.parse(last) + 1000).toISOString();
  for (const wavelength of new Set(keys.map((key) => key.wavelength))) {
    for (const row of catalog.frames({ source, product, wavelength, from, to })) bySlot.set(nameOf(row), row);
  }
  return keys.map((key) => bySlot.get(nameOf(key)));
}

const nameOf = ({ slot, wavelength }: SlotKey) => `${slot} ${wavelength}`;

/** `stop` is aborted by signals and by the deadline. */
export interface ArchiveRun {
  source: ArchiveSource;
  options: IngestOptions;
  catalog: Catalog;
  context: IngestContext;
  stop: AbortSignal;
  /** Slots to leave out of what the options ask for: another source has them. */
  isLeftOut?(key: SlotKey): boolean;
}

export async function ingestArchive(
  run: ArchiveRun,
  createTally: (planned: number) => Tally,
): Promise<Tally> {
  const { source, options, catalog, context, isLeftOut = () => false } = run;
  const { workspace, effects } = context;
  const now = effects.clock.now();
  const keys = keysOf(source, options, now).filter((key) => !isLeftOut(key));
  const tally = createTally(keys.length);
  catalog.expectSlots(keys);
  const found = rowsOf(catalog, keys) as Frame[];
  const events = eventsOf(catalog, found);
  const rows = await withoutLostFiles(catalog, workspace.root, explainAbsent(catalog, found, events));
  const policy = policyOf(options, now);
  const wanted: Frame[] = [];
  for (const row of rows) {
    const decision = decide(row, policy);
    if (decision === 'ask') wanted.push(row);
    else tally.add(decision === 'have' ? 'already' : 'skipped');
  }
  await settleInterrupted(catalog, workspace, new Set(wanted.map((row) => row.id)));
  if (wanted.length > 0) await fetchWanted(wanted, run, tally, now, events);
  return tally;
}

async function fetchWanted(
  wanted: readonly Frame[],
  run: ArchiveRun,
  tally: Tally,
  now: Date,
  events: EventFinder,
): Promise<void> {
  const { source, options, catalog, context, stop } = run;
  const baseUrls = baseUrlsOf(source, options);
  const hosts = baseUrls.map((url) => new URL(url).host);
  const limits = limitsOf(source, options, context.jobs);
  const jobs = Math.max(...hosts.map(limits.connectionsOf));
  const engine = createEngine({
    clock: context.effects.clock,
    signal: stop,
    log: context.effects.log,
    limits,
    idleTimeoutMs: requireDuration(options.timeout, '--timeout'),
    retries: options.retries,
    maxBytes: options.maxFileMb * 1e6,
    allowedHosts: new Set(hosts),
  });
  const locations = source.locate(wanted, {
    options,
    baseUrls,
    // Beyond half the cadence a frame belongs to the next slot.
    searchMs: Math.min(
      optionalDuration(options.search, '--search'),
      requireDuration(options.cadence, '--cadence') / 2 - 1,
    ),
    now,
    async getText(urls, limits) {
      const answer = await engine.getBytes(urls, limits);
      // JSOC writes latin-1; every byte is some character, so nothing can fail here.
      return answer.ok ? { ok: true, text: answer.bytes.toString('latin1') } : answer;
    },
    getCached: (request) => getCachedFile(request, { catalog, workspace: context.workspace, engine, now }),
    catalog,
    clock: context.effects.clock,
    signal: stop,
  });
  const finishers = createFinishers(wanted.length);
  const { workspace } = context;
  const tools = {
    ...engine.context,
    catalog,
    workspace,
    pool: createBufferPool(),
    finish: finishers.finish,
    events,
  };
  try {
    await settleAll(locations, wanted.length, workersFor(jobs), run, tools, tally);
  } finally {
    await engine.close();
    await finishers.close();
  }
}

/** Some more than connections: while one waits for the disk, another has the line. With one connection all is in order. */
function workersFor(connections: number): number {
  return connections === 1 ? 1 : connections + 3;
}

/** Workers take from one queue, so that a slow file holds up nobody. */
async function settleAll(
  locations: AsyncIterable<Location>,
  total: number,
  workers: number,
  run: ArchiveRun,
  tools: SettleTools,
  tally: Tally,
): Promise<void> {
  const { effects, workspace } = run.context;
  const progress = effects.progress('ingest', total, 'frames');
  const hasRoom = createSpaceGuard(workspace.root, run.options.minFreeGb * 1e9);
  await hasRoom();
  const queue = locations[Symbol.asyncIterator]();
  const limit = pLimit(workers);
  let settled = 0;
  let failure: { error: unknown } | undefined;
  const work = async () => {
    while (!failure && !run.stop.aborted) {
      const next = await queue.next();
      if (next.done) return;
      await hasRoom();
      const { outcome, bytes, problem } = await settleOne(next.value, run, tools);
      tally.add(outcome, { bytes, kind: problem?.kind });
      if (problem)
        effects.log.debug(`${next.value.row.slot} ${next.value.row.wavelength}: ${problem.reason}`);
      settled += 1;
      progress.advance(1, next.value.row.slot);
    }
  };
  const guarded = () =>
    work().catch((error) => {
      if (!run.stop.aborted) failure ??= { error };
    });
  await Promise.all(Array.from({ length: workers }, () => limit(guarded)));
  progress.done();
  if (failure) throw failure.error;
  for (let left = settled; left < total; left++) tally.add('failed', { kind: 'time is up' });
}

interface SettleTools extends TransferContext {
  events: EventFinder;
}

interface Settled {
  outcome: Outcome;
  bytes?: number;
  problem?: Problem;
}

async function settleOne(location: Location, run: ArchiveRun, tools: SettleTools): Promise<Settled> {
  const { catalog, source, context } = run;
  const { events } = tools;
  const { row } = location;
  if ('problem' in location) {
    const { url } = location;
    const problem = explained(location.problem, row.slot, events);
    if (problem.state !== 'expected') {
      const startedAt = context.effects.clock.now().toISOString();
      catalog.recordAttempt({
        frameId: row.id,
        url,
        startedAt,
        status: null,
        bytes: 0,
        milliseconds: 0,
        error: problem.reason,
      });
    }
    await clearLeftover(catalog, context.workspace, row, undefined);
    catalog.forgetFile(row.id, problem.state, problem.reason);
    return { outcome: outcomeOf(problem), problem };
  }
  const toleranceMs = source.toleranceMs(row.product, row.wavelength);
  const transfer = { row, candidates: location.candidates, toleranceMs };
  const result = await transferFrame(transfer, tools);
  if (!result.ok) {
    const problem = explained(result.problem, row.slot, events);
    if (problem !== result.problem) catalog.setState(row.id, problem.state, problem.reason);
    return { outcome: outcomeOf(problem), problem };
  }
  if (source.supersedes) await retirePreliminary(source.supersedes, row, catalog, context.workspace.root);
  return { outcome: 'stored', bytes: result.bytes };
}

/** The definitive frame is there: the preliminary one of its slot goes, or is no longer missed. */
async function retirePreliminary(
  source: string,
  { product, wavelength, slot }: Frame,
  catalog: Catalog,
  root: string,
): Promise<void> {
  const row = catalog.frameOfSlot({ source, product: `${product}_nrt`, wavelength, slot });
  if (!row || row.state === 'superseded') return;
  // The row keeps the path until the file is gone, so that a killed run is tidied up after.
  catalog.setState(row.id, 'superseded', REPLACED);
  if (row.path) await rm(join(root, row.path), { force: true });
  catalog.forgetFile(row.id, 'superseded', REPLACED);
}

function outcomeOf({ state, kind }: Problem): Outcome {
  if (state === 'absent' || state === 'corrupt') return state;
  // To wait for what is published late is no failure, nor is a cause that is known.
  return state === 'explained' || kind === 'not published yet' ? 'skipped' : 'failed';
}

/** A stored frame whose file somebody deleted is expected again. */
async function withoutLostFiles(catalog: Catalog, root: string, rows: readonly Frame[]): Promise<Frame[]> {
  const limit = pLimit(16);
  const check = async (row: Frame) => {
    if (row.state !== 'stored') return row;
    const found = await stat(join(root, row.path!)).catch(() => undefined);
    if (found?.size === row.bytes) return row;
    catalog.forgetFile(
      row.id,
      'expected',
      found ? 'the file had another size than it was stored with' : 'the file was deleted',
    );
    return catalog.frame(row.id)!;
  };
  return Promise.all(rows.map((row) => limit(check, row)));
}
