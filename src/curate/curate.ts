/** The use case: plan, carry out, and the papers of the dataset. */
import { accessSync, constants } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type Catalog, openCatalog, openToRead, takeLock, type Verdict } from '../catalog/index.ts';
import type { Effects } from '../core/effects.ts';
import { SunganError } from '../core/errors.ts';
import { exists } from '../core/files.ts';
import { VERSION } from '../core/version.ts';
import { insideWorkspace, type Workspace } from '../core/workspace.ts';
import { readBlockList } from './block-list.ts';
import { readTables } from './calibrate/tables.ts';
import { openState } from './dataset-state.ts';
import { updateDerivedFiles } from './derived.ts';
import { drawSplits } from './draw-splits.ts';
import { explainFullDisk } from './full-disk.ts';
import { readHistories } from './histories.ts';
import { verdictsOfHeaders } from './judge.ts';
import { type Manifest, readManifest } from './manifest.ts';
import { type CurateOptions, channelNames, datasetName } from './options.ts';
import { type CuratePlan, planCuration } from './plan.ts';
import { processSamples } from './process.ts';
import { finishSwap, refuseOtherPixels, rescreen } from './rescreen.ts';
import { type DatasetState, recover } from './store.ts';
import { type CurateSummary, countVerdicts, emptyTally, summarise, type Tally } from './summary.ts';
import { createEncoders } from './workers.ts';

export interface CurateContext {
  workspace: Workspace;
  effects: Effects;
  /** Worker threads; the machine's cores by default. */
  jobs?: number | undefined;
  dryRun?: boolean | undefined;
}

/** Makes or continues the dataset. Frames that have a verdict are left alone; a second run with nothing new writes nothing. */
export async function curate(options: CurateOptions, context: CurateContext): Promise<CurateSummary> {
  try {
    return await curateLocked(options, context);
  } catch (error) {
    throw explainFullDisk(error, context.workspace.root);
  }
}

async function curateLocked(options: CurateOptions, context: CurateContext): Promise<CurateSummary> {
  const { workspace, effects } = context;
  requireChannels(options);
  const directory = join(workspace.datasets, datasetName(options));
  // It is never made here: a mistyped workspace would get an empty one.
  if (!(await exists(workspace.catalog))) {
    throw new SunganError('data', 'there is no catalog yet', {
      where: workspace.catalog,
      remedy: 'fetch frames first: `sungan ingest`',
    });
  }
  const catalog = context.dryRun ? openToRead(workspace.catalog) : openCatalog(workspace.catalog);
  try {
    if (context.dryRun) return await rehearse(options, workspace, catalog, directory);
    const lock = takeLock(join(workspace.datasets, `.${datasetName(options)}.lock`), 'curate', () =>
      effects.clock.now(),
    );
    try {
      return await run(options, context, catalog, directory);
    } finally {
      lock.release();
    }
  } finally {
    catalog.close();
  }
}

function requireChannels(options: CurateOptions): void {
  if (channelNames(options).length > 0) return;
  throw new SunganError('usage', 'no channel is named', {
    where: '--wavelength',
    remedy: 'name one in angstrom (--wavelength 193), or an observable of HMI (--with hmi-m)',
  });
}

async function rehearse(
  options: CurateOptions,
  workspace: Workspace,
  catalog: Catalog,
  directory: string,
): Promise<CurateSummary> {
  const plan = await makePlan(options, workspace, catalog, directory);
  const { manifest, judgedBefore } = plan;
  if (options.rescreen)
    refuseOtherPixels(requireExisting(await readManifest(directory), directory), manifest);
  const tally = emptyTally();
  for (const { choices } of plan.samples)
    for (const choice of choices) countVerdicts(tally, verdictsOfHeaders(choice, manifest));
  return summarise({ directory, manifest, coordinates: [], tally, judgedBefore, dryRun: true });
}

async function run(
  options: CurateOptions,
  context: CurateContext,
  catalog: Catalog,
  directory: string,
): Promise<CurateSummary> {
  const { effects, workspace } = context;
  const { log } = effects;
  const record = (verdicts: readonly Verdict[]) => catalog.recordVerdicts(verdicts);
  await finishSwap(directory, catalog);
  if (await recover(directory, record)) log.info('finished the commit that an interrupted run had begun');
  const existing = await readManifest(directory);
  const plan = await makePlan(options, workspace, catalog, directory);
  if (options.rescreen) refuseOtherPixels(requireExisting(existing, directory), plan.manifest);
  const made = existing && (await openState(directory, existing));
  if (made) refuseOtherCatalog(made, plan, directory);
  const start = made ?? { manifest: plan.manifest, coordinates: [] };
  const derive = (manifest: Manifest) =>
    updateDerivedFiles({
      manifest,
      directory,
      catalog,
      resolvePath: (path) => insideWorkspace(workspace, path),
    });
  const summaryOf = ({ manifest, coordinates }: DatasetState, tally: Tally) =>
    summarise({ directory, manifest, coordinates, tally, judgedBefore: plan.judgedBefore, dryRun: false });
  if (plan.samples.length === 0) {
    if (await derive(plan.manifest))
      log.info('made the card and the contact sheets that an interrupted run left out');
    return summaryOf(start, emptyTally());
  }

  const runId = catalog.startRun({ command: 'curate', options, version: VERSION });
  const placed = { ...plan, splits: assignSplits(plan, catalog, effects) };
  const jobs = context.jobs ?? availableParallelism();
  const encoders = createEncoders(jobs, plan.samples.length);
  try {
    const processing = { directory, workspace, effects, jobs, encode: encoders.encode };
    const { state, tally } =
      options.rescreen && made
        ? await rescreen({ plan: placed, made, catalog, context: processing })
        : await processSamples(placed, start, {
            ...processing,
            record,
            held: plan.held,
            ...readHistories(catalog, directory, start),
          });
    await derive(state.manifest);
    const summary = summaryOf(state, tally);
    catalog.finishRun(runId, 0, summary);
    return summary;
  } finally {
    await encoders.close();
  }
}

/** A catalog that was made anew numbers its frames anew: those of the dataset would be judged, and put in, once more. */
function refuseOtherCatalog(
  { coordinates }: DatasetState,
  { accepted }: CuratePlan,
  directory: string,
): void {
  const unknown = coordinates.filter(({ frameId }) => !accepted.has(frameId)).length;
  if (unknown === 0) return;
  throw new SunganError(
    'data',
    `the catalog does not know ${unknown} of the ${coordinates.length} frames of this dataset as accepted`,
    {
      where: directory,
      remedy:
        'it belongs to another catalog: delete the folder and run the same command again, or give another --name',
    },
  );
}

function requireExisting(existing: Manifest | undefined, directory: string): Manifest {
  if (existing) return existing;
  throw new SunganError('usage', 'there is no dataset to decide anew on', {
    where: directory,
    remedy: 'run the same command without --rescreen first',
  });
}

async function makePlan(
  options: CurateOptions,
  workspace: Workspace,
  catalog: Catalog,
  directory: string,
): Promise<CuratePlan> {
  const blockList = await readBlockList(options.blockList);
  const tables = await readTables(options, catalog, workspace);
  const existing = await readManifest(directory);
  const made = existing && (await openState(directory, existing));
  const heldIds = new Set(made?.coordinates.map(({ frameId }) => frameId));
  const canRead = (path: string) => {
    try {
      accessSync(insideWorkspace(workspace, path), constants.R_OK);
      return path !== '';
    } catch {
      return false;
    }
  };
  return planCuration({
    options,
    catalog,
    blockList,
    tables,
    existing,
    heldIds,
    canRead,
    again: options.rescreen,
  });
}

function assignSplits({ dated, manifest }: CuratePlan, catalog: Catalog, { log }: Effects) {
  const { splits, rows, unit } = drawSplits(catalog, dated, manifest.recipe);
  if (unit === 'day' && rows.length > 0) {
    log.warn('fewer than 3 calendar months: splits are runs of days, which are less independent than months');
  }
  return splits;
}
