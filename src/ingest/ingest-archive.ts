/** An archive of slots: plan, then fetch what is missing, a few at a time. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Catalog, EventFinder, Frame, SlotKey } from '../catalog/index.ts';
import { forEachConcurrently } from '../core/concurrency.ts';
import { SunganError } from '../core/errors.ts';
import { requireDuration } from '../core/time.ts';
import { createBufferPool } from './buffer-pool.ts';
import { eventsOf, explainAbsent } from './explain.ts';
import { createFinishers } from './finishers.ts';
import { getCachedFile } from './http/cached-file.ts';
import { createEngine } from './http/engine.ts';
import { settleInterrupted } from './interrupted.ts';
import { decide } from './plan.ts';
import { retireOutdated } from './replace.ts';
import { baseUrlsOf, keysOf, limitsOf, optionalDuration, policyOf } from './request.ts';
import { type ArchiveRun, settleAll, workersFor } from './settle.ts';
import type { Tally } from './summary.ts';

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
  run: ArchiveRun,
  createTally: (planned: number) => Tally,
): Promise<Tally> {
  const { source, options, catalog, context, isLeftOut = () => false } = run;
  const { workspace, effects } = context;
  const now = effects.clock.now();
  const keys = keysOf(source, options, now).filter((key) => !isLeftOut(key));
  const tally = createTally(keys.length);
  catalog.expectSlots(keys);
  if (keys.length > 0) await retireOutdated(source, keys[0]!.product, catalog, workspace);
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
    totalTimeoutMs: requireDuration(options.totalTimeout, '--total-timeout'),
    retries: options.retries,
    maxBytes: options.maxFileMb * 1e6,
    allowedHosts: new Set(hosts),
  });
  const cadenceMs = requireDuration(options.cadence, '--cadence');
  const locations = source.locate(wanted, {
    options,
    baseUrls,
    // Beyond half the cadence a frame belongs to the next slot.
    searchMs: Math.min(optionalDuration(options.search, '--search'), cadenceMs / 2 - 1),
    cadenceMs,
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

/** Files looked at at a time. */
const LOOKS = 16;

/** A stored frame whose file somebody deleted is expected again. */
async function withoutLostFiles(catalog: Catalog, root: string, rows: readonly Frame[]): Promise<Frame[]> {
  const checked = [...rows];
  await forEachConcurrently(rows, LOOKS, async (row, index) => {
    if (row.state === 'stored') checked[index] = await withoutLostFile(catalog, root, row);
  });
  return checked;
}

async function withoutLostFile(catalog: Catalog, root: string, row: Frame): Promise<Frame> {
  const path = join(root, row.path!);
  const found = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR') return undefined;
    // A disk in trouble is no reason to forget what lies on it.
    throw new SunganError('io', `cannot look at a stored file: ${cause.message}`, {
      where: path,
      remedy: 'check the disk and the permissions of the workspace',
      cause,
    });
  });
  if (found?.size === row.bytes) return row;
  const why = found ? 'the file had another size than it was stored with' : 'the file was deleted';
  catalog.forgetFile(row.id, 'expected', why);
  return catalog.frame(row.id)!;
}
