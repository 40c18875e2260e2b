/** The use case: plan, then frame by frame in batches, each committed whole. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Catalog, openCatalog, type RuleScore, type Split, type Verdict } from '../catalog/index.ts';
import { mapConcurrently } from '../core/concurrency.ts';
import { type Effects, throwIfStopped } from '../core/effects.ts';
import { VERSION } from '../core/version.ts';
import { insideWorkspace, type Workspace } from '../core/workspace.ts';
import { channelOf } from './channels.ts';
import { decodeCoordinates } from './coordinates.ts';
import { updateDerivedFiles } from './derived.ts';
import { type EncodeResult, encodeFrame } from './encode.ts';
import { withLock } from './lock.ts';
import { type Manifest, readManifest } from './manifest.ts';
import type { CurateOptions } from './options.ts';
import { type Candidate, type CuratePlan, planCuration, splitOfCandidate } from './plan.ts';
import { pointingOf } from './register.ts';
import { isAccepted, judge, numberOf } from './rules/index.ts';
import { commit, type DatasetState, type EncodedFrame, recover } from './store.ts';

export interface CurateContext {
  workspace: Workspace;
  effects: Effects;
  /** Frames under way at once. */
  jobs?: number | undefined;
  dryRun?: boolean | undefined;
}

export interface CurateSummary {
  dataset: string;
  directory: string;
  /** Frames that this run passed a verdict on (would, with dryRun). */
  considered: number;
  accepted: number;
  rejected: number;
  judgedBefore: number;
  /** Rejected frames of this run by the rules that they failed; a frame may fail several. */
  reasons: Record<string, number>;
  /** All frames of the dataset after the run. */
  count: number;
  splits: Record<Split, number>;
  levels: number[];
  /** False when there was nothing to do: no file was touched. */
  changed: boolean;
}

/** Frames a commit; a multiple of every shard, so that a full batch leaves no shard unfilled. */
const LARGEST_BATCH = 64;
/** Bytes of pixels held for a commit at most: batches of large frames are smaller. */
const BATCH_BYTES = 256 * 2 ** 20;
const DEFAULT_JOBS = 2;

/** Makes or continues the dataset. Frames that have a verdict are left alone; a second run with nothing new writes nothing. */
export async function curate(options: CurateOptions, context: CurateContext): Promise<CurateSummary> {
  const { workspace } = context;
  const catalog = openCatalog(workspace.catalog);
  try {
    const directory = join(workspace.datasets, options.name ?? `aia-${options.wavelength}`);
    if (context.dryRun) {
      const plan = planCuration(options, catalog, await readManifest(directory));
      return summarise(directory, plan, plan.candidates.map(verdictOfHeader(plan)), undefined);
    }
    return await withLock(directory, () => run(options, context, catalog, directory));
  } finally {
    catalog.close();
  }
}

async function run(
  options: CurateOptions,
  context: CurateContext,
  catalog: Catalog,
  directory: string,
): Promise<CurateSummary> {
  const { log } = context.effects;
  const record = (verdicts: readonly Verdict[]) => catalog.recordVerdicts(verdicts);
  if (await recover(directory, record)) log.info('finished the commit that an interrupted run had begun');
  const existing = await readManifest(directory);
  const plan = planCuration(options, catalog, existing);
  const derive = () =>
    updateDerivedFiles({
      dataset: plan.manifest.name,
      directory,
      wavelength: plan.manifest.recipe.wavelength,
      catalog,
      resolvePath: (path) => insideWorkspace(context.workspace, path),
    });
  const state = await openState(directory, plan.manifest);
  if (plan.candidates.length === 0) {
    if (await derive()) log.info('made the card and the contact sheets that an interrupted run left out');
    return summarise(directory, plan, [], state);
  }

  const runId = catalog.startRun({ command: 'curate', options, version: VERSION });
  catalog.assignSplits(plan.newSplits);
  if (plan.splitUnit === 'day' && plan.newSplits.length > 0) {
    log.warn('fewer than 3 calendar months: splits are runs of days, which are less independent than months');
  }
  const { state: end, verdicts } = await processCandidates(plan, state, context, directory, record);
  const summary = summarise(directory, plan, verdicts, end);
  await derive();
  catalog.finishRun(runId, 0, summary);
  return summary;
}

async function openState(directory: string, manifest: Manifest): Promise<DatasetState> {
  const coordinates = await decodeCoordinates(manifest.count, (path) => readFile(join(directory, path)));
  return { manifest, coordinates };
}

async function processCandidates(
  plan: CuratePlan,
  start: DatasetState,
  context: CurateContext,
  directory: string,
  record: (verdicts: readonly Verdict[]) => void,
): Promise<{ state: DatasetState; verdicts: Verdict[] }> {
  const { effects, jobs = DEFAULT_JOBS } = context;
  const batchFrames = batchSize(plan.manifest.recipe.size);
  const progress = effects.progress('curate', plan.candidates.length, 'frames');
  const all: Verdict[] = [];
  let state = start;
  let frames: EncodedFrame[] = [];
  let verdicts: Verdict[] = [];

  const flush = async () => {
    if (verdicts.length === 0) return;
    state = await commit(directory, state, { frames, verdicts }, record);
    all.push(...verdicts);
    frames = [];
    verdicts = [];
  };
  for (let next = 0; next < plan.candidates.length; ) {
    if (effects.signal.aborted) {
      await flush();
      throwIfStopped(effects.signal);
    }
    const room = batchFrames - ((state.manifest.count + frames.length) % batchFrames);
    const group = takeGroup(plan.candidates, next, Math.min(room, 2 * jobs));
    next += group.length;
    const results = await mapConcurrently(group, jobs, (candidate) =>
      processCandidate(candidate, plan, context),
    );
    for (const { verdict, frame } of results) {
      verdicts.push(verdict);
      if (frame) frames.push(frame);
    }
    progress.advance(group.length, group.at(-1)?.frame.slot);
    const isFull = frames.length > 0 && (state.manifest.count + frames.length) % batchFrames === 0;
    if (isFull) await flush();
  }
  await flush();
  progress.done();
  return { state, verdicts: all };
}

/** The next candidates, with at most `limit` that may be accepted, so that a batch is never overfilled. */
function takeGroup(candidates: readonly Candidate[], start: number, limit: number): Candidate[] {
  let end = start;
  for (let promising = 0; end < candidates.length; end++) {
    if (candidates[end]!.accepted && ++promising > limit) break;
  }
  return candidates.slice(start, end);
}

function batchSize(size: number): number {
  const frameBytes = (size * size * 2 * 4) / 3;
  const fitting = 2 ** Math.floor(Math.log2(BATCH_BYTES / frameBytes));
  return Math.max(1, Math.min(LARGEST_BATCH, fitting));
}

interface Processed {
  verdict: Verdict;
  frame: EncodedFrame | undefined;
}

async function processCandidate(
  candidate: Candidate,
  plan: CuratePlan,
  context: CurateContext,
): Promise<Processed> {
  const { frame, header, timeMs } = candidate;
  const { manifest } = plan;
  if (!candidate.accepted) return { verdict: verdictOfHeader(plan)(candidate), frame: undefined };
  const channel = channelOf(manifest.recipe.wavelength);
  const exposureSeconds =
    numberOf(header, 'EXPTIME') ?? frame.exposureSeconds ?? channel.nominalExposureSeconds;
  const result = await encodeFrame({
    path: insideWorkspace(context.workspace, frame.path ?? ''),
    transform: manifest.transforms[0]!,
    exposureSeconds,
    nominalExposureSeconds: channel.nominalExposureSeconds,
    pointing: pointingOf(header),
    size: manifest.recipe.size,
  });
  const scores = [...candidate.scores, ...pixelScores(candidate, plan, result)];
  const verdict = {
    dataset: manifest.name,
    frameId: frame.id,
    accepted: isAccepted(scores),
    scores,
    by: 'rule',
  };
  if (!verdict.accepted || 'failure' in result) return { verdict, frame: undefined };
  const split = splitOfCandidate(plan, candidate);
  return { verdict, frame: { frameId: frame.id, timeMs, split, exposureSeconds, chunks: result.chunks } };
}

function pixelScores(
  { frame, header }: Candidate,
  { manifest }: CuratePlan,
  result: EncodeResult,
): RuleScore[] {
  const failure = 'failure' in result ? result.failure : null;
  const decoded = {
    rule: 'decode',
    score: failure ? 1 : 0,
    threshold: 0,
    passed: failure === null,
    note: failure,
  };
  if ('failure' in result) return [decoded];
  const channel = channelOf(manifest.recipe.wavelength);
  const input = {
    frame,
    header,
    channel,
    options: manifest.recipe,
    duplicateOf: undefined,
    simulatedSet: manifest.simulated,
    pixels: result.measurements,
  };
  return [decoded, ...judge('pixels', input)];
}

const verdictOfHeader =
  ({ manifest }: CuratePlan) =>
  ({ frame, scores, accepted }: Candidate): Verdict => ({
    dataset: manifest.name,
    frameId: frame.id,
    accepted,
    scores,
    by: 'rule',
  });

function summarise(
  directory: string,
  plan: CuratePlan,
  verdicts: readonly Verdict[],
  state: DatasetState | undefined,
): CurateSummary {
  const reasons: Record<string, number> = {};
  for (const { scores } of verdicts) {
    for (const { rule, passed } of scores) if (!passed) reasons[rule] = (reasons[rule] ?? 0) + 1;
  }
  const accepted = verdicts.filter((verdict) => verdict.accepted).length;
  const splits: Record<Split, number> = { train: 0, validation: 0, test: 0, guard: 0 };
  for (const { split } of state?.coordinates ?? []) splits[split]++;
  const { manifest } = state ?? plan;
  return {
    dataset: manifest.name,
    directory,
    considered: verdicts.length,
    accepted,
    rejected: verdicts.length - accepted,
    judgedBefore: plan.judgedBefore,
    reasons,
    count: manifest.count,
    splits,
    levels: manifest.levels,
    changed: state !== undefined && verdicts.length > 0,
  };
}
