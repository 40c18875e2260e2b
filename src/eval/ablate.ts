/**
 * The use case of `ablate`: the same data, seeds and budget for a list of presets, all judged alike, one table. A run
 * that is there is gone on with, one that is judged is not judged again, so that a killed ablation is simply started
 * anew.
 */
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { type Effects, throwIfStopped } from '../core/effects.ts';
import { SunganError } from '../core/errors.ts';
import { exists, writeAtomic } from '../core/files.ts';
import type { Workspace } from '../core/workspace.ts';
import { train, trainOptions } from '../train/index.ts';
import { type AblationRow, ablationTable, summariseRows } from './ablation-table.ts';
import { evaluate } from './evaluate.ts';
import { METRIC_NAMES } from './metrics.ts';
import { evalOptions } from './options.ts';
import { readEvaluations } from './record.ts';
import { report } from './report/report.ts';
import type { EvalSummary } from './scores.ts';
import { METRICS_FILE } from './sources/run.ts';

export const ablateOptions = z.strictObject({
  presets: z
    .array(z.string())
    .default([])
    .describe(
      'presets to compare, in the order of the table: names or YAML files; preset@dataset learns from another data set',
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

  const judged: { trial: Trial; run: string; summary: EvalSummary }[] = [];
  const progress = effects.progress('ablate', trials.length, 'runs');
  for (const trial of trials) {
    throwIfStopped(effects.signal);
    const run = await trainTrial(trial, options, context);
    judged.push({ trial, run, summary: await judgeTrial(run, options, context) });
    progress.advance(1, trial.name);
  }
  progress.done();

  const rows = summariseRows(judged.map(({ trial, summary }) => ({ label: trial.label, summary })));
  const table = ablationTable(rows, options.seeds.length);
  await writeAtomic(join(directory, 'table.md'), table);
  await writeAtomic(join(directory, 'ablation.json'), `${JSON.stringify({ options, rows }, null, 2)}\n`);
  const runs = judged.map(({ run }) => run);
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
  return presets.flatMap((entry) => {
    const [preset, own = data] = entry.split('@');
    const label = basename(preset).replace(/\.ya?ml$/, '') + (own === data ? '' : `@${own}`);
    const slug = label.toLowerCase().replace(/[^a-z0-9._-]+/g, '-');
    return seeds.map((seed) => ({ preset, label, data: own, seed, name: `${name}-${slug}-s${seed}` }));
  });
}

/** The folder of the trial's run, trained to its end. */
async function trainTrial(
  trial: Trial,
  { kimg, resolution }: AblateOptions,
  { workspace, effects }: AblateContext,
): Promise<string> {
  const known = await findTrial(trial.name, workspace);
  const budget = kimg === undefined ? {} : { kimg };
  const given =
    known === undefined
      ? {
          preset: trial.preset,
          data: trial.data,
          seed: trial.seed,
          name: trial.name,
          ...budget,
          ...(resolution === undefined ? {} : { resolution }),
        }
      : { resume: known, ...budget };
  const { directory } = await train(trainOptions.parse(given), { workspace, effects });
  return directory;
}

/** The folder of a run that was begun; one that a kill left without options is none. */
async function findTrial(name: string, { runs }: Workspace): Promise<string | undefined> {
  const names = await readdir(runs).catch(() => []);
  for (const candidate of names.filter((entry) => entry.replace(/^\d{4,}-/, '') === name)) {
    if (await exists(join(runs, candidate, 'options.json'))) return join(runs, candidate);
  }
  return undefined;
}

/** The last scores of the run, when they are of its end and hold all that is asked for; else new ones. */
async function judgeTrial(
  run: string,
  { metrics, count, data }: AblateOptions,
  context: AblateContext,
): Promise<EvalSummary> {
  const known = (await readEvaluations(join(run, METRICS_FILE))).at(-1);
  const wanted = evalOptions.parse({ run, real: data, metrics, count });
  if (
    known &&
    known.seed === wanted.seed &&
    metrics.every((name) => known.results.some(({ metric }) => metric === name))
  )
    return known;
  return evaluate(wanted, context);
}
