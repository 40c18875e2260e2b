/** Carrying out a plan: samples in order, in batches, each committed whole. */
import type { Verdict } from '../catalog/index.ts';
import { type Effects, throwIfStopped } from '../core/effects.ts';
import { insideWorkspace, type Workspace } from '../core/workspace.ts';
import { type Calibration, calibrate } from './calibrate/index.ts';
import type { EncodeResult, EncodeTask, MemberTask } from './encode.ts';
import type { Histories } from './histories.ts';
import { type Compared, verdictsOfHeaders, verdictsOfPixels } from './judge.ts';
import type { Manifest } from './manifest.ts';
import type { Fingerprint } from './measure/fingerprint.ts';
import type { Neighbours } from './neighbours.ts';
import { type PlacedPlan, splitAt } from './plan.ts';
import type { Choice, Sample } from './samples.ts';
import type { ScreenedFrame } from './screen.ts';
import { commit, type DatasetState, type EncodedFrame } from './store.ts';
import { countVerdicts, emptyTally, type Tally } from './summary.ts';

export interface ProcessContext {
  directory: string;
  workspace: Workspace;
  effects: Effects;
  /** Samples under way at once. */
  jobs: number;
  encode(task: EncodeTask): Promise<EncodeResult>;
  record(verdicts: readonly Verdict[]): void;
  /** Frames that the dataset held before this run. */
  held: ReadonlySet<number>;
  /** Of the frames that the dataset holds. */
  histories: Histories;
  neighbours: Neighbours;
  /** What is known of a choice's pixels without reading them; undefined when they must be read. */
  fetch?(choice: Choice): Promise<EncodeResult | undefined>;
}

/** Frames a commit; a multiple of every shard. */
const LARGEST_BATCH = 64;
/**
 * Bytes of pixels held for a commit at most: batches of large frames are smaller, and leave shards of small levels
 * unfilled, which the next batch writes again.
 */
const BATCH_BYTES = 128 * 2 ** 20;
/** Words that wait for a commit at most: where nearly all frames are rejected no batch is ever full. */
const LARGEST_VERDICTS = 2048;
/** Bytes of encoded frames that wait for those before them. */
const WINDOW_BYTES = 64 * 2 ** 20;

export async function processSamples(
  plan: PlacedPlan,
  start: DatasetState,
  context: ProcessContext,
): Promise<{ state: DatasetState; tally: Tally }> {
  const { effects, jobs } = context;
  const batchFrames = batchSize(plan.manifest.recipe);
  const progress = effects.progress('curate', plan.samples.length, 'frames');
  const tally = emptyTally();
  let state = start;
  let frames: EncodedFrame[] = [];
  let verdicts: Verdict[] = [];

  const flush = async () => {
    if (verdicts.length === 0) return;
    state = await commit(context.directory, state, { frames, verdicts }, context.record);
    countVerdicts(tally, verdicts);
    frames = [];
    verdicts = [];
  };
  // A companion of two times is in the dataset when one of them is: the fault of the other says nothing of it.
  const isIn = new Set(context.held);
  const worthTelling = ({ frameId, accepted }: Verdict) => accepted || !isIn.has(frameId);
  const window = windowSize(plan.manifest.recipe, jobs);
  const encode = (sample: Sample) => encodeNext(sample.choices, plan, context);
  for await (const [sample, encoded] of encodedInOrder(plan.samples, window, encode)) {
    if (effects.signal.aborted) {
      await flush();
      throwIfStopped(effects.signal);
    }
    const index = state.manifest.count + frames.length;
    const result = await judgeSample(sample, encoded, index, plan, context);
    verdicts.push(...result.verdicts.filter(worthTelling));
    for (const { frameId } of result.frame?.members ?? []) isIn.add(frameId);
    if (result.frame) frames.push(result.frame);
    progress.advance(1, sample.choices[0]?.members[0]?.frame.slot);
    const isFull = frames.length > 0 && (state.manifest.count + frames.length) % batchFrames === 0;
    if (isFull || verdicts.length >= LARGEST_VERDICTS) await flush();
  }
  await flush();
  progress.done();
  return { state, tally };
}

/**
 * Encoded side by side and ahead, also while a batch is written; handed out one after the other, because some rules look
 * at the frames accepted before.
 */
async function* encodedInOrder<Result>(
  samples: readonly Sample[],
  window: number,
  encode: (sample: Sample) => Promise<Result>,
): AsyncGenerator<[Sample, Result]> {
  const pending: Promise<Result>[] = [];
  let next = 0;
  for (const sample of samples) {
    while (pending.length < window && next < samples.length) {
      const begun = encode(samples[next++]!);
      // What fails after the first failure has nobody to wait for it.
      begun.catch(() => {});
      pending.push(begun);
    }
    yield [sample, await pending.shift()!];
  }
}

/** Samples under way or waiting for judgement: all workers are busy, and what waits is less than a batch. */
function windowSize(recipe: Manifest['recipe'], jobs: number): number {
  const fitting = Math.floor(WINDOW_BYTES / frameBytes(recipe));
  return Math.max(jobs, Math.min(4 * jobs, fitting));
}

function frameBytes({ size, channels }: Manifest['recipe']): number {
  return (size * size * 2 * channels.length * 4) / 3;
}

/** Frames of a commit: as many as fit the memory, at most those of the largest shard. */
export function batchSize(recipe: Manifest['recipe']): number {
  const fitting = 2 ** Math.floor(Math.log2(BATCH_BYTES / frameBytes(recipe)));
  return Math.max(1, Math.min(LARGEST_BATCH, fitting));
}

interface Processed {
  verdicts: Verdict[];
  frame: EncodedFrame | undefined;
}

interface Encoded {
  choice: Choice;
  calibrations: Calibration[];
  result: EncodeResult;
}

/** The pixels of the first choice that its headers let pass. */
async function encodeNext(
  choices: readonly Choice[],
  plan: PlacedPlan,
  context: ProcessContext,
): Promise<Encoded | undefined> {
  const choice = choices.find((candidate) => candidate.accepted);
  if (!choice) return undefined;
  const { manifest, tables } = plan;
  const calibrations = choice.members.map((member) => calibrate(member, manifest.recipe, tables));
  const known = await context.fetch?.(choice);
  if (known && (known.chunks || !wouldPass(choice, known, plan, context)))
    return { choice, calibrations, result: known };
  return { choice, calibrations, result: await readPixels(choice, calibrations, plan, context) };
}

function readPixels(
  choice: Choice,
  calibrations: readonly Calibration[],
  plan: PlacedPlan,
  context: ProcessContext,
): Promise<EncodeResult> {
  const members = choice.members.map((member, i) => memberTask(member, i, calibrations[i]!, plan, context));
  return context.encode({ members });
}

function wouldPass(
  choice: Choice,
  known: EncodeResult,
  { manifest }: PlacedPlan,
  { histories }: ProcessContext,
): boolean {
  return verdictsOfPixels(choice, known, manifest, histories).every((verdict) => verdict.accepted);
}

async function compare(
  { members }: Choice,
  fingerprints: readonly Fingerprint[],
  { neighbours }: ProcessContext,
): Promise<Compared> {
  const comparisons = await neighbours.compare(members[0]!.timeMs, fingerprints);
  return fingerprints.map(({ hash }, i) => ({ comparison: comparisons[i]!, pictureHash: hash }));
}

/**
 * Tries the choices in their order until one passes; `encoded` is the first of them that has pixels, `index` the place
 * that the one that passes will have.
 */
async function judgeSample(
  { choices }: Sample,
  encoded: Encoded | undefined,
  index: number,
  plan: PlacedPlan,
  context: ProcessContext,
): Promise<Processed> {
  const { manifest } = plan;
  const verdicts: Verdict[] = [];
  let current = encoded;
  for (const [i, choice] of choices.entries()) {
    if (current?.choice !== choice) {
      verdicts.push(...verdictsOfHeaders(choice, manifest));
      continue;
    }
    // Stored scores were looked at ahead of time: what passes only now has not been read yet.
    if (!current.result.chunks && wouldPass(choice, current.result, plan, context))
      current = {
        ...current,
        result: await readPixels(choice, current.calibrations, plan, context),
      };
    const { result } = current;
    const fingerprints = result.chunks && context.neighbours.fingerprintsOf(result.chunks);
    const compared = fingerprints && (await compare(choice, fingerprints, context));
    const spoken = verdictsOfPixels(choice, result, manifest, context.histories, compared);
    verdicts.push(...spoken);
    if (result.chunks && spoken.every((verdict) => verdict.accepted)) {
      context.histories.add(choice, result);
      if (fingerprints) context.neighbours.add(choice.members[0]!.timeMs, index, fingerprints);
      return { verdicts, frame: encodedFrame(current, result.chunks, plan) };
    }
    current = await encodeNext(choices.slice(i + 1), plan, context);
  }
  return { verdicts, frame: undefined };
}

function memberTask(
  { frame, channel }: ScreenedFrame,
  index: number,
  { factor, pointing }: Calibration,
  { manifest }: PlacedPlan,
  { workspace }: ProcessContext,
): MemberTask {
  const { size, fixedRadiusArcsec, respike } = manifest.recipe;
  return {
    path: insideWorkspace(workspace, frame.path ?? ''),
    transform: manifest.transforms[index]!,
    factor,
    pointing,
    fixedRadiusArcsec,
    blankBeyondLimb: channel.blankBeyondLimb,
    respike,
    size,
  };
}

function encodedFrame(
  { choice, calibrations, result }: Encoded,
  chunks: Uint8Array[],
  plan: PlacedPlan,
): EncodedFrame {
  const { frame, timeMs } = choice.members[0]!;
  const members = choice.members.map((member, i) => {
    const done = result.members[i]!;
    return {
      channel: member.channel.name,
      frameId: member.frame.id,
      source: member.frame.source,
      product: member.frame.product,
      path: member.frame.path ?? '',
      sha256: member.frame.sha256 ?? '',
      steps: [...calibrations[i]!.steps, ...('steps' in done ? done.steps : [])],
    };
  });
  const { exposureSeconds } = calibrations[0]!;
  const split = splitAt(plan, timeMs);
  return {
    frameId: frame.id,
    timeMs,
    split,
    exposureSeconds,
    chunks,
    members: result.provenance ?? members,
  };
}
