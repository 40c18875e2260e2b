/**
 * The use case of `ablate`: the same data, seeds and budget for a list of presets, all judged alike, one table. A run
 * that is there is gone on with, one that is judged is not judged again, so that a killed ablation is simply started
 * anew; what belongs to another experiment of the same name is refused or judged anew (`ablate-reuse.ts`).
 */
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { type Effects, throwIfStopped } from '../core/effects.ts';
import { isSunganError, SunganError } from '../core/errors.ts';
import { exists, writeAtomic } from '../core/files.ts';
import type { Workspace } from '../core/workspace.ts';
import { train, trainOptions } from '../train/index.ts';
import { keepRequest, knownScores, lengthOfSameExperiment, requestOf } from './ablate-reuse.ts';
import { type AblationRow, ablationTable, summariseRows } from './ablation-table.ts';
import { evaluate } from './evaluate.ts';
import { METRIC_NAMES } from './metrics.ts';
import { evalOptions } from './options.ts';
import { report } from './report/report.ts';
import type { EvalSummary } from './scores.ts';

export const ablateOptions = z.strictObject({
  presets: z
    .array(z.string())
    .default([])
    .describe(
      'presets to compare, in the order of the table: names or YAML files; preset@dataset learns from another data set, row=preset names the row',
    ),
  data: z.string().default('').describe('data set that all learn from, and that all are judged by'),
  seeds: z
    .array(z.coerce.number().int().min(0))
    .default([1, 2, 3])
    .describe('every preset is trained once with each'),
  kimg: z.coerce
    .number()
    .positive()
    .optional()
    .describe('thousands of pictures each run sees [what the preset says]'),
  resolution: z.coerce.number().int().optional().describe('pixels a side [what the preset says]'),
  metrics: z
    .array(z.enum(METRIC_NAMES))
    .default(['swd', 'ms-ssim', 'solar'])
    .describe('what the table is made of'),
  count: z.coerce.number().int().min(2).default(1024).describe('pictures a side'),
  pairs: z.coerce.number().int().min(1).default(2000).describe('pairs of pictures for MS-SSIM'),
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]*$/, 'use small letters, digits, dots and dashes')
    .default('ablation')
    .describe('name of the folder below ablations/ and of the runs'),
});

export type AblateOptions = z.output<typeof ablateOptions>;

export interface AblateContext {
  workspace: Workspace;
  effects: Effects;
  /** Say what would be done, do nothing. */
  dryRun?: boolean;
}

export interface AblateSummary {
  directory: string;
  runs: string[];
  rows: AblationRow[];
  /** Markdown. */
  table: string;
  /** Comparison of all runs; undefined on a dry run. */
  report: string | undefined;
}

interface Judged {
  label: string;
  /** Folder. */
  run: string;
  /** Undefined when the training broke down. */
  summary: EvalSummary | undefined;
}

async function writeTable(directory: string, options: AblateOptions, judged: readonly Judged[]) {
  const rows = summariseRows(judged);
  const table = ablationTable(rows, options.seeds.length);
  await writeAtomic(join(directory, 'table.md'), table);
  await writeAtomic(join(directory, 'ablation.json'), `${JSON.stringify({ options, rows }, null, 2)}\n`);
  return { rows, table };
}

interface Trial {
  preset: string;
  /** Of the table: the file's name without its ending. */
  label: string;
  data: string;
  seed: number;
  /** Of the run, without its number. */
  name: string;
}

export async function ablate(options: AblateOptions, context: AblateContext): Promise<AblateSummary> {
  const { workspace, effects } = context;
  const trials = planTrials(options);
  const directory = join(workspace.root, 'ablations', options.name);
  if (context.dryRun)
    return { directory, runs: trials.map(({ name }) => name), rows: [], table: '', report: undefined };

  const judged: Judged[] = [];
  const progress = effects.progress('ablate', trials.length, 'runs');
  for (const trial of trials) {
    throwIfStopped(effects.signal);
    judged.push(await judgeTrial(trial, options, context));
    // Of what is there, so that one who cannot wait for the end has a table too.
    await writeTable(directory, options, judged);
    progress.advance(1, trial.name);
  }
  progress.done();

  const { rows, table } = await writeTable(directory, options, judged);
  const runs = judged.flatMap(({ run, summary }) => (summary ? [run] : []));
  if (runs.length === 0) throw new SunganError('data', 'no run came to its end', { where: directory });
  const page = await report(
    { paths: runs, out: join(directory, 'report.html'), title: `Ablation: ${options.name}` },
    context,
  );
  return { directory, runs: runs.map((run) => basename(run)), rows, table, report: page.path };
}

function planTrials({ presets, data, seeds, name }: AblateOptions): Trial[] {
  if (presets.length === 0)
    throw new SunganError('usage', 'name the presets to compare', { where: '--presets' });
  if (data === '') throw new SunganError('usage', 'name the data set', { where: '--data' });
  // Every preset once before any a second time: a half-finished table has all its rows.
  return seeds.flatMap((seed) =>
    presets.map((entry) => {
      const [, row, preset, own = data] = /^(?:([^=]*)=)?([^@]*)(?:@(.*))?$/.exec(entry)!;
      const known = basename(preset).replace(/\.ya?ml$/, '') + (own === data ? '' : `@${own}`);
      const slug = known.toLowerCase().replace(/[^a-z0-9._-]+/g, '-');
      return { preset, label: row ?? known, data: own, seed, name: `${name}-${slug}-s${seed}` };
    }),
  );
}

/** Trains the run to its end and scores it, as far as that has not been done. */
async function judgeTrial(trial: Trial, options: AblateOptions, context: AblateContext): Promise<Judged> {
  const begun = await findTrial(trial.name, context.workspace);
  try {
    const { directory, images } = await trainTrial(trial, begun, options, context);
    const summary = await scoresOf(directory, images / 1000, options, context);
    return { label: trial.label, run: directory, summary };
  } catch (error) {
    // Losses that are no numbers any more are what a recipe came to, not a fault of the comparison.
    if (!isSunganError(error) || !/broke down/.test(error.message)) throw error;
    context.effects.log.warn(`${trial.name}: ${error.message}`);
    return { label: trial.label, run: begun ?? trial.name, summary: undefined };
  }
}

async function trainTrial(
  trial: Trial,
  begun: string | undefined,
  { kimg, resolution }: AblateOptions,
  { workspace, effects }: AblateContext,
): Promise<{ directory: string; images: number }> {
  const { preset, data, seed, name } = trial;
  const budget = kimg === undefined ? {} : { kimg };
  const size = resolution === undefined ? {} : { resolution };
  // A collapse is a result, and every run sees the same number of pictures.
  const always = { ...budget, onCollapse: 'warn', snapshotTicks: 2, keep: 2 };
  const fresh = trainOptions.parse({ preset, data, seed, name, ...size, ...always });
  const context = { workspace, effects };
  if (begun === undefined) return train(fresh, context);
  const length = await lengthOfSameExperiment(begun, fresh, context);
  return train(trainOptions.parse({ resume: begun, ...always, kimg: length }), context);
}

/** The folder of a run that was begun; one that a kill left without options is none. */
async function findTrial(name: string, { runs }: Workspace): Promise<string | undefined> {
  const names = await readdir(runs).catch(() => []);
  for (const candidate of names.filter((entry) => entry.replace(/^\d{4,}-/, '') === name)) {
    if (await exists(join(runs, candidate, 'options.json'))) return join(runs, candidate);
  }
  return undefined;
}

/** The scores of the run's end, when just these were asked for before; else new ones. */
async function scoresOf(
  run: string,
  kimg: number,
  { metrics, count, pairs, data }: AblateOptions,
  context: AblateContext,
): Promise<EvalSummary> {
  const wanted = evalOptions.parse({ run, real: data, metrics, count, pairs });
  const request = await requestOf(run, kimg, wanted, context);
  const known = await knownScores(run, request, metrics);
  if (known) return known;
  const scores = await evaluate(wanted, context);
  await keepRequest(run, request, scores);
  return scores;
}
