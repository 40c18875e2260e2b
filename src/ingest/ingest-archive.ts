/** An archive of slots: plan, then fetch what is missing, a few at a time. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import pLimit from 'p-limit';
import type { Catalog, Frame, SlotKey } from '../catalog/index.ts';
import { SunganError } from '../core/errors.ts';
import { requireDuration } from '../core/time.ts';
import { createRandom } from '../numeric/random.ts';
import type { IngestContext } from './context.ts';
import { type Breaker, createBreaker } from './http/breaker.ts';
import { createHttpClient } from './http/client.ts';
import { settleInterrupted } from './interrupted.ts';
import type { IngestOptions } from './options.ts';
import { decide, type PlanPolicy } from './plan.ts';
import { resolveCadence, resolveRange, slotKeys, slotTimes } from './slots.ts';
import type { ArchiveSource } from './sources/index.ts';
import type { Tally } from './summary.ts';
import { type FrameTransfer, type TransferContext, transferFrame } from './transfer-frame.ts';

/** How long a host may be down before the rest is left to the next run. */
const PATIENCE_MS = 600_000;

export function keysOf(source: ArchiveSource, options: IngestOptions, now: Date): SlotKey[] {
  if (options.wavelength.length === 0) {
    throw new SunganError('usage', 'which channels?', {
      where: '--wavelength',
      remedy: 'for instance --wavelength 193, or 171,193,211',
    });
  }
  if (options.from === undefined) {
    throw new SunganError('usage', 'from when on?', {
      where: '--from',
      remedy: 'for instance --from 2014-01-01 --to 2014-02-01, or --from 30d',
    });
  }
  const range = resolveRange(options.from, options.to, now);
  const cadence = resolveCadence(
    options.cadence,
    Math.min(...options.wavelength.map((wavelength) => source.stepMs(wavelength))),
  );
  const times = slotTimes(range, cadence);
  return slotKeys(source.name, source.product, options.wavelength, times).filter(
    ({ slot, wavelength }) => Date.parse(slot) % source.stepMs(wavelength) === 0,
  );
}

export function policyOf(options: IngestOptions, now: Date): PlanPolicy {
  return {
    now: now.getTime(),
    maxTries: options.maxTries,
    revisitMs: requireDuration(options.revisit, '--revisit'),
  };
}

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

export async function ingestArchive(
  source: ArchiveSource,
  options: IngestOptions,
  catalog: Catalog,
  context: IngestContext,
  createTally: (planned: number) => Tally,
): Promise<Tally> {
  const { effects, workspace } = context;
  const now = effects.clock.now();
  const keys = keysOf(source, options, now);
  const tally = createTally(keys.length);
  catalog.expectSlots(keys);
  const rows = (await withoutLostFiles(catalog, workspace.root, rowsOf(catalog, keys) as Frame[])) as Frame[];
  const policy = policyOf(options, now);
  const decisions = rows.map((row) => decide(row, policy));
  for (const decision of decisions)
    if (decision !== 'ask') tally.add(decision === 'have' ? 'already' : 'skipped');
  const wanted = rows.filter((_, index) => decisions[index] === 'ask');
  await settleInterrupted(catalog, workspace, new Set(wanted.map((row) => row.id)));
  if (wanted.length === 0) return tally;

  const baseUrl = baseUrlOf(options.baseUrl ?? source.baseUrl);
  const jobs = Math.max(1, context.jobs ?? source.connections);
  const client = createHttpClient({
    connections: jobs,
    idleTimeoutMs: requireDuration(options.timeout, '--timeout'),
    allowedHosts: new Set([new URL(baseUrl).host]),
  });
  const transfers = wanted.map((row) => ({
    row,
    url: source.url(row, baseUrl),
    fileName: source.fileName(row),
    toleranceMs: source.toleranceMs(row.wavelength),
  }));
  try {
    await transferAll(transfers, jobs, transferContext(options, catalog, context, client), context, tally);
  } finally {
    await client.close();
  }
  return tally;
}

function transferContext(
  options: IngestOptions,
  catalog: Catalog,
  { effects, workspace }: IngestContext,
  client: TransferContext['client'],
): TransferContext {
  const { clock, signal } = effects;
  const breakers = new Map<string, Breaker>();
  const breakerOf = (url: string) => {
    const { host } = new URL(url);
    const breaker = breakers.get(host) ?? createBreaker({ clock, patienceMs: PATIENCE_MS });
    breakers.set(host, breaker);
    return breaker;
  };
  return {
    catalog,
    workspace,
    client,
    breakerOf,
    clock,
    signal,
    random: createRandom(`${process.pid} ${clock.now().getTime()}`),
    retries: options.retries,
    idleTimeoutMs: requireDuration(options.timeout, '--timeout'),
    maxBytes: options.maxFileMb * 1e6,
  };
}

/** Workers take from one queue, so that a slow file holds up nobody. */
async function transferAll(
  transfers: readonly FrameTransfer[],
  jobs: number,
  context: TransferContext,
  { effects }: IngestContext,
  tally: Tally,
): Promise<void> {
  const progress = effects.progress('ingest', transfers.length, 'frames');
  const queue = transfers.values();
  const limit = pLimit(jobs);
  const failed = new AbortController();
  const work = async () => {
    for (const transfer of queue) {
      if (failed.signal.aborted || effects.signal.aborted) return;
      const outcome = await transferFrame(transfer, context);
      if (outcome.ok) tally.add('stored', { bytes: outcome.bytes });
      else {
        const { state, kind, reason } = outcome.problem;
        tally.add(state === 'absent' || state === 'corrupt' ? state : 'failed', { kind });
        effects.log.debug(`${transfer.url}: ${state}, ${reason}`);
      }
      progress.advance(1, transfer.fileName);
    }
  };
  try {
    const workers = Array.from({ length: jobs }, () =>
      limit(work).catch((error) => {
        failed.abort();
        throw error;
      }),
    );
    const ended = await Promise.allSettled(workers);
    const broken = ended.find((result) => result.status === 'rejected');
    if (broken && !effects.signal.aborted) throw broken.reason;
  } finally {
    progress.done();
  }
}

/** A stored frame whose file somebody deleted is expected again. */
async function withoutLostFiles(catalog: Catalog, root: string, rows: Frame[]): Promise<Frame[]> {
  return Promise.all(
    rows.map(async (row) => {
      if (row.state !== 'stored') return row;
      const found = await stat(join(root, row.path!)).catch(() => undefined);
      if (found?.size === row.bytes) return row;
      catalog.forgetFile(
        row.id,
        'expected',
        found ? 'the file had another size than it was stored with' : 'the file was deleted',
      );
      return catalog.frame(row.id)!;
    }),
  );
}

function baseUrlOf(text: string): string {
  const url = text.endsWith('/') ? text : `${text}/`;
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return url;
  throw new SunganError('usage', `'${text}' is not an http(s) address`, { where: '--base-url' });
}
