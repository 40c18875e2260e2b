/** What is known of where files are, made into stored frames or recorded reasons, a few at a time. */
import pLimit from 'p-limit';
import type { Catalog, EventFinder, SlotKey } from '../catalog/index.ts';
import type { IngestContext } from './context.ts';
import { createSpaceGuard } from './disk-space.ts';
import { explained } from './explain.ts';
import type { Problem } from './http/problem.ts';
import { clearLeftover } from './interrupted.ts';
import type { IngestOptions } from './options.ts';
import { retirePreliminary } from './replace.ts';
import type { ArchiveSource, Location } from './sources/index.ts';
import type { Outcome, Tally } from './summary.ts';
import { type TransferContext, transferFrame } from './transfer-frame.ts';

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

/** Some more than connections: while one waits for the disk, another has the line. With one connection all is in order. */
export function workersFor(connections: number): number {
  return connections === 1 ? 1 : connections + 3;
}

/** Workers take from one queue, so that a slow file holds up nobody. */
export async function settleAll(
  locations: AsyncIterable<Location>,
  total: number,
  workers: number,
  run: ArchiveRun,
  tools: SettleTools,
  tally: Tally,
): Promise<void> {
  const { effects, workspace } = run.context;
  const progress = effects.progress('ingest', total, 'frames');
  const hasRoom = createSpaceGuard(workspace, run.options.minFreeGb * 1e9);
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
      tally.add(outcome, { bytes, kind: problem?.kind, key: next.value.row });
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

export interface SettleTools extends TransferContext {
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
      catalog.noteAsked(row.id);
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
  catalog.noteAsked(row.id);
  const result = await transferFrame(transfer, tools);
  if (!result.ok) {
    const problem = explained(result.problem, row.slot, events);
    if (problem !== result.problem) catalog.setState(row.id, problem.state, problem.reason);
    return { outcome: outcomeOf(problem), problem };
  }
  if (source.supersedes) await retirePreliminary(source.supersedes, row, catalog, context.workspace);
  return { outcome: 'stored', bytes: result.bytes };
}

function outcomeOf({ state, kind }: Problem): Outcome {
  if (state === 'absent' || state === 'corrupt') return state;
  // To wait for what is published late is no failure, nor is a cause that is known.
  return state === 'explained' || kind === 'not published yet' ? 'skipped' : 'failed';
}
