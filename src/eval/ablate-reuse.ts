/**
 * What an ablation takes over from an earlier call of its name: a run only when it learns from the same data by the same
 * recipe, scores only when exactly the same was asked. Anything else under the same name would put numbers of another
 * experiment into the table.
 */
import { join } from 'node:path';
import { type Effects, quietEffects } from '../core/effects.ts';
import { SunganError } from '../core/errors.ts';
import { exists, readJson, writeAtomic } from '../core/files.ts';
import { VERSION } from '../core/version.ts';
import type { Workspace } from '../core/workspace.ts';
import { openRun, planTraining, type TrainOptions, type TrainPlan } from '../train/index.ts';
import type { EvalOptions } from './options.ts';
import { readEvaluations } from './record.ts';
import type { EvalSummary } from './scores.ts';
import { datasetSource } from './sources/dataset.ts';
import { METRICS_FILE } from './sources/run.ts';

interface Context {
  workspace: Workspace;
  effects: Effects;
}

type Recipe = TrainPlan['recipe'];

/** Beside the scores of a run: what was asked for when the ablation last judged it. */
const REQUEST_FILE = 'ablation-request.json';
/** How a batch is divided depends on the machine's memory, and the length may grow. */
const FREE_KEYS: ReadonlySet<string> = new Set<keyof Recipe>(['atOnce', 'kimg']);
const REMEDY = 'choose another --name, or delete this run';

/**
 * Throws `usage` when the run in `directory` is not what `fresh`, the options of a new run, would begin. Gives the
 * length that is asked for, in thousands of pictures.
 */
export async function lengthOfSameExperiment(
  directory: string,
  fresh: TrainOptions,
  { workspace }: Context,
): Promise<number> {
  const { recipe, dataset } = await planTraining(fresh, { workspace, effects: quietEffects() });
  const run = await openRun(directory);
  const refuse = (what: string) =>
    new SunganError('usage', `this run was begun with ${what}`, { where: directory, remedy: REMEDY });
  if (run.dataset.hash !== dataset.hash)
    throw refuse(`other data ('${run.dataset.name}'), not with '${dataset.name}' as it is now`);
  const written = run.options['recipe'] as Partial<Recipe>;
  for (const [key, value] of Object.entries(recipe)) {
    const known = written[key as keyof Recipe];
    if (FREE_KEYS.has(key) || known === undefined || JSON.stringify(known) === JSON.stringify(value))
      continue;
    throw refuse(`${key} ${JSON.stringify(known)}, but ${JSON.stringify(value)} is asked for`);
  }
  // A run that was made longer later has seen more than was first written down; its last step may pass the end.
  const seen = (run.stats.at(-1)?.['kimg'] ?? 0) - recipe.batch / 1000;
  const length = Math.max(Number(written.kimg), seen);
  if (length > recipe.kimg) throw refuse(`a budget of ${length} thousand pictures, more than ${recipe.kimg}`);
  return recipe.kimg;
}

/** Everything that the scores of one run depend on; equal requests have equal scores. */
export interface ScoreRequest {
  version: string;
  /** Hash of the data that are judged against. */
  data: string | null;
  /** Thousands of pictures that the network has seen. */
  kimg: number;
  recipe: unknown;
  options: Omit<EvalOptions, 'run' | 'real' | 'metrics'>;
}

export async function requestOf(
  run: string,
  kimg: number,
  { run: _run, real, metrics: _metrics, ...options }: EvalOptions,
  { workspace, effects }: Context,
): Promise<ScoreRequest> {
  const source = await datasetSource.open(real ?? '', { workspace, effects, split: options.split });
  const { recipe } = (await openRun(run)).options;
  await source?.close();
  return { version: VERSION, data: source?.hash ?? null, kimg, recipe, options };
}

/** The scores that were written for an equal request and hold all `metrics`; undefined when there are none. */
export async function knownScores(
  run: string,
  request: ScoreRequest,
  metrics: readonly string[],
): Promise<EvalSummary | undefined> {
  const path = join(run, REQUEST_FILE);
  if (!(await exists(path))) return undefined;
  const { scoresOf, ...kept } = (await readJson(path)) as ScoreRequest & { scoresOf: string };
  if (JSON.stringify(kept) !== JSON.stringify(request)) return undefined;
  const known = (await readEvaluations(join(run, METRICS_FILE))).find(
    ({ createdAt }) => createdAt === scoresOf,
  );
  return known && metrics.every((name) => isAnswered(known, name)) ? known : undefined;
}

/** Written behind the scores, so that a kill between the two only means judging once more. */
export async function keepRequest(run: string, request: ScoreRequest, scores: EvalSummary): Promise<void> {
  const record = { ...request, scoresOf: scores.createdAt };
  await writeAtomic(join(run, REQUEST_FILE), `${JSON.stringify(record, null, 2)}\n`);
}

/** A metric that the pictures do not allow is left out with a warning, and would be again. */
function isAnswered({ results, warnings }: EvalSummary, name: string): boolean {
  return (
    results.some(({ metric }) => metric === name) ||
    warnings.some((warning) => warning.startsWith(`left out, ${name}:`))
  );
}
