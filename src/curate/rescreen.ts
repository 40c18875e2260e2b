/**
 * Deciding anew with other limits: header rules from the catalog's headers, pixel rules from the scores that were stored.
 * Pixels are read only for frames that were out and are now in. The dataset is built beside the old one, of its chunks,
 * and takes its place at once.
 */
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Catalog, RuleScore, Verdict } from '../catalog/index.ts';
import { sweepOnce } from '../core/abandoned.ts';
import { SunganError } from '../core/errors.ts';
import { exists, syncFolder } from '../core/files.ts';
import type { EncodeResult } from './encode.ts';
import { Histories } from './histories.ts';
import type { Manifest, Recipe } from './manifest.ts';
import { Neighbours } from './neighbours.ts';
import type { PlacedPlan } from './plan.ts';
import { type ProcessContext, processSamples } from './process.ts';
import { type FrameProvenance, readProvenance } from './provenance.ts';
import { RULES } from './rules/index.ts';
import type { Choice } from './samples.ts';
import { type ChunkReader, createChunkReader } from './shard-reader.ts';
import type { DatasetState } from './store.ts';
import type { Tally } from './summary.ts';
import { readJournal, VerdictJournal } from './verdict-journal.ts';

/** Choices that pixels do not depend on: these may change, the others make another dataset. */
const DECISIONS: readonly (keyof Recipe)[] = [
  'strict',
  'nrt',
  'exposureTolerance',
  'slotToleranceSeconds',
  'limits',
  'blockListSha256',
];

export function refuseOtherPixels(made: Manifest, wanted: Manifest): void {
  const keys = Object.keys(made.recipe) as (keyof Recipe)[];
  const other = keys.filter(
    (key) =>
      !DECISIONS.includes(key) && JSON.stringify(made.recipe[key]) !== JSON.stringify(wanted.recipe[key]),
  );
  if (JSON.stringify(made.transforms) !== JSON.stringify(wanted.transforms))
    other.push('transform' as keyof Recipe);
  if (other.length === 0) return;
  throw new SunganError('usage', `pixels depend on ${other.join(', ')}: --rescreen changes decisions only`, {
    remedy: 'make a new dataset under another --name, or repeat those options',
  });
}

export interface RescreenInput {
  plan: PlacedPlan;
  /** The dataset that is there. */
  made: DatasetState;
  catalog: Catalog;
  context: Omit<ProcessContext, 'histories' | 'neighbours' | 'record' | 'held' | 'fetch'>;
}

/** The state after the swap. */
export async function rescreen(input: RescreenInput): Promise<{ state: DatasetState; tally: Tally }> {
  const { plan, made, catalog, context } = input;
  const { directory } = context;
  const { next: building, journal: journalPath } = pathsOf(directory);
  await rm(building, { recursive: true, force: true });
  await mkdir(building, { recursive: true });
  const known = (frameId: number) => catalog.verdict(plan.manifest.name, frameId);
  const reader = createChunkReader(directory, made.manifest);
  const lines = await readProvenance(directory, made.manifest.count);
  const held = new Map(made.coordinates.map(({ frameId }, i) => [frameId, lines[i]!]));
  const journal = await VerdictJournal.create(journalPath);
  const done = await processSamples(
    plan,
    { manifest: plan.manifest, coordinates: [] },
    {
      ...context,
      directory: building,
      held: new Set(),
      record: (spoken) => journal.append(spoken),
      histories: new Histories(new Map(plan.manifest.recipe.channels.map((name) => [name, []]))),
      neighbours: new Neighbours(building, plan.manifest, []),
      fetch: (choice) => storedResult(choice, known, held, reader, made.manifest),
    },
  ).catch(async (error) => {
    await journal.discard();
    throw error;
  });
  await journal.commit();
  await finishSwap(directory, catalog);
  return done;
}

/** What is known of the pixels of a choice; undefined when they must be read. */
async function storedResult(
  { members }: Choice,
  known: (frameId: number) => Verdict | undefined,
  heldByFrame: ReadonlyMap<number, FrameProvenance>,
  reader: ChunkReader,
  { levels }: Manifest,
): Promise<EncodeResult | undefined> {
  const scores = members.map(({ frame }) => pixelScoresOf(known(frame.id)));
  if (scores.some((found) => found === undefined)) return undefined;
  const stored = scores.map((found) => ({ stored: found! }));
  const held = heldByFrame.get(members[0]!.frame.id);
  // Another companion has other pixels.
  const isSame = held && members.every(({ frame }, i) => frame.id === held.members[i]?.frameId);
  if (!held || !isSame) return { members: stored, chunks: undefined };
  const chunks = await Promise.all(levels.map((size) => reader.read(size, held.index)));
  return { members: stored, chunks, provenance: held.members };
}

/** Undefined where none were taken: also of a file that could not be read, which may have come back. */
function pixelScoresOf(verdict: Verdict | undefined): RuleScore[] | undefined {
  const names = new Set([
    'decode',
    ...RULES.filter((rule) => rule.stage === 'pixels').map((rule) => rule.name),
  ]);
  const scores = verdict?.scores.filter((score) => names.has(score.rule)) ?? [];
  const isRead = scores.some(({ rule, passed }) => rule === 'decode' && passed);
  return isRead ? scores : undefined;
}

function pathsOf(directory: string) {
  const [parent, name] = [dirname(directory), directory.slice(dirname(directory).length + 1)];
  return {
    next: join(parent, `.${name}.next`),
    old: join(parent, `.${name}.old`),
    journal: join(parent, `.${name}.swap.json`),
  };
}

/** Ends a swap that was begun; throws away what was built when none was. */
export async function finishSwap(directory: string, catalog: Catalog): Promise<void> {
  const { next, old, journal } = pathsOf(directory);
  await sweepOnce(dirname(directory));
  if (!(await exists(journal))) {
    await rm(next, { recursive: true, force: true });
    return;
  }
  if (await exists(next)) {
    if (await exists(directory)) {
      await rm(old, { recursive: true, force: true });
      await rename(directory, old);
    }
    await rename(next, directory);
    await syncFolder(dirname(directory));
  }
  for await (const verdicts of readJournal(journal)) catalog.recordVerdicts(verdicts);
  await rm(old, { recursive: true, force: true });
  await rm(journal);
}
