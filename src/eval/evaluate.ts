/** The use case of `eval`: open both sides, compare them, append the scores to the run. */
import { join } from 'node:path';
import type { Effects } from '../core/effects.ts';
import { SunganError } from '../core/errors.ts';
import { VERSION } from '../core/version.ts';
import type { Workspace } from '../core/workspace.ts';
import { type ComparisonResult, compareSets, usualCounts } from './compare.ts';
import { createFeatureBook, type FeatureBook } from './features.ts';
import { createExtractor } from './inception/extractor.ts';
import { loadGenuineWeights } from './inception/genuine.ts';
import type { Metric } from './metric.ts';
import { METRICS } from './metrics.ts';
import { createMatrixEngine } from './onnx/matrix.ts';
import type { EvalOptions } from './options.ts';
import { appendEvaluation } from './record.ts';
import type { EvalSummary, SideSummary } from './scores.ts';
import { linearOf, pictureSets, type Sides } from './sides.ts';
import { openSource, type Source } from './sources/index.ts';
import { datasetOfRun, findRun, METRICS_FILE } from './sources/run.ts';

export interface EvalContext {
  workspace: Workspace;
  effects: Effects;
}

export interface EvalPlan {
  real: string;
  fake: string;
  resolution: number;
  /** Generated pictures that are judged. */
  count: number;
  metrics: readonly string[];
  /** Where the scores go; undefined: only to standard output. */
  out: string | undefined;
}

/** What `evaluate` would do. */
export async function planEvaluation(options: EvalOptions, context: EvalContext): Promise<EvalPlan> {
  return withSides(options, context, async (sides) => {
    const sets = pictureSets(sides, options);
    const { real, fake } = sets;
    return {
      real: real.label,
      fake: fake.label,
      resolution: real.width,
      count: usualCounts({ ...sets, count: options.count }, options.metrics).fake,
      metrics: options.metrics,
      out: sides.out,
    };
  });
}

export async function evaluate(options: EvalOptions, context: EvalContext): Promise<EvalSummary> {
  return withSides(options, context, async (sides) => {
    const sets = pictureSets(sides, options);
    const comparison = await withFeatures(options, context, (features) =>
      compareSets(
        {
          ...sets,
          features,
          metrics: options.metrics,
          count: options.count,
          seed: options.seed,
          settings: { ssimPairs: options.pairs },
          linear: linearOf(sides),
        },
        context.effects,
      ),
    );
    const summary = summarise(sides, comparison, sets.real.width, options.seed, context.effects.clock.now());
    for (const warning of summary.warnings) context.effects.log.warn(warning);
    if (sides.out) await appendEvaluation(sides.out, summary);
    return summary;
  });
}

/** Opens the Inception network only when a metric of the list needs it. */
async function withFeatures<Result>(
  { metrics, weights: file, resizer }: EvalOptions,
  { workspace, effects }: EvalContext,
  use: (features: FeatureBook | undefined) => Promise<Result>,
): Promise<Result> {
  if (!metrics.some((name) => (METRICS[name] as Metric).needsFeatures)) return use(undefined);
  const { weights, file: name, sha256 } = await loadGenuineWeights(file, workspace);
  const extractor = await createExtractor(weights, { name, hash: sha256 });
  const matrices = await createMatrixEngine();
  const cache = join(workspace.cache, 'features');
  const classifier = weights.get('fc.weight')!.data;
  try {
    return await use(
      createFeatureBook({
        extractor,
        classifier,
        product: matrices.product,
        variant: resizer,
        cache,
        effects,
      }),
    );
  } finally {
    await extractor.close();
    await matrices.close();
  }
}

async function withSides<Result>(
  options: EvalOptions,
  context: EvalContext,
  use: (sides: Sides) => Promise<Result>,
): Promise<Result> {
  const { workspace } = context;
  if (options.run !== undefined && options.fake !== undefined) {
    throw new SunganError('usage', 'a run and other pictures cannot both be judged', {
      where: '--run',
      remedy: 'give either --run, or --fake with --real',
    });
  }
  if (options.fake !== undefined && options.real === undefined) {
    throw new SunganError('usage', 'say what to judge against', {
      where: '--real',
      remedy: 'give a data set, a folder or a zip',
    });
  }
  const wanted = options.run ?? (options.fake === undefined ? 'latest' : undefined);
  const run = wanted === undefined ? undefined : await findRun(wanted, workspace);
  const sourceContext = { ...context, split: options.split, checkpoint: options.checkpoint };
  const opened: Source[] = [];
  const open = async (name: string) => {
    const source = await openSource(name, sourceContext);
    opened.push(source);
    return source;
  };
  try {
    const real = await open(options.real ?? (await datasetOfRun(run!, workspace)));
    const fake = await open(run ?? options.fake!);
    return await use({ real, fake, out: options.out ?? (run && join(run, METRICS_FILE)) });
  } finally {
    for (const source of opened) await source.close();
  }
}

function summarise(
  sides: Sides,
  comparison: ComparisonResult,
  resolution: number,
  seed: number,
  now: Date,
): EvalSummary {
  const side = (source: Source, count: number): SideSummary => ({
    label: source.label,
    source: source.path,
    count,
    resolution,
    channels: source.channels,
    generated: source.generated,
    simulated: source.simulated,
    hash: source.hash,
  });
  return {
    schema: 1,
    version: VERSION,
    createdAt: now.toISOString(),
    kimg: sides.fake.kimg,
    seed,
    real: side(sides.real, comparison.counts.real),
    fake: side(sides.fake, comparison.counts.fake),
    results: comparison.results,
    pictures: comparison.pictures,
    warnings: [...sides.real.warnings, ...sides.fake.warnings, ...comparison.warnings],
  };
}
