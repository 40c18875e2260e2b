/** The use case of `eval`: open both sides, compare them, append the scores to the run. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Effects } from '../core/effects.ts';
import { SunganError } from '../core/errors.ts';
import { writeAtomic } from '../core/files.ts';
import { VERSION } from '../core/version.ts';
import type { Workspace } from '../core/workspace.ts';
import type { Transform } from '../curate/index.ts';
import { type ComparisonResult, compareSets } from './compare.ts';
import { createFeatureBook, type FeatureBook } from './features.ts';
import type { ImageSet } from './image-set.ts';
import { createExtractor } from './inception/extractor.ts';
import { loadGenuineWeights } from './inception/genuine.ts';
import type { Linear, Metric } from './metric.ts';
import { METRICS } from './metrics.ts';
import type { EvalOptions } from './options.ts';
import type { EvalSummary, SideSummary } from './scores.ts';
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
  /** Pictures a side. */
  count: number;
  metrics: readonly string[];
  /** Where the scores go; undefined: only to standard output. */
  out: string | undefined;
}

interface Sides {
  real: Source;
  fake: Source;
  out: string | undefined;
}

/** What `evaluate` would do. */
export async function planEvaluation(options: EvalOptions, context: EvalContext): Promise<EvalPlan> {
  return withSides(options, context, async (sides) => {
    const { real, fake } = pictureSets(sides, options);
    return {
      real: real.label,
      fake: fake.label,
      resolution: real.width,
      count: Math.min(options.count, real.count, fake.count),
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
    if (sides.out) await appendLine(sides.out, JSON.stringify(summary));
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
  const cache = join(workspace.cache, 'features');
  const classifier = weights.get('fc.weight')!.data;
  try {
    return await use(createFeatureBook({ extractor, classifier, variant: resizer, cache, effects }));
  } finally {
    await extractor.close();
  }
}

async function withSides<Result>(
  options: EvalOptions,
  context: EvalContext,
  use: (sides: Sides) => Promise<Result>,
): Promise<Result> {
  const { workspace } = context;
  if ((options.run === undefined) === (options.fake === undefined)) {
    throw new SunganError('usage', 'say what to judge', {
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
  const run = options.run === undefined ? undefined : await findRun(options.run, workspace);
  const sourceContext = { ...context, split: options.split };
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

function pictureSets(sides: Sides, options: EvalOptions) {
  const { real, fake } = sides;
  const resolution = commonResolution(real, fake, options.resolution);
  const request = { resolution, count: options.count, seed: options.seed };
  const inTransformSpace = (source: Source, set: ImageSet) =>
    options.values === 'dn' && source.white !== undefined
      ? fromDn(set, source.white, transformsOf(sides))
      : set;
  const reals = inTransformSpace(real, real.images(request));
  // A generator makes no more than can be compared.
  const fakes = fake.images({ ...request, count: Math.min(options.count, reals.count) });
  return {
    real: reals,
    fake: inTransformSpace(fake, fakes),
    otherReals: real.others?.(request),
    training: real.training?.(request),
  };
}

/** Pictures that hold DN, as the values that the other side was trained on. */
function fromDn(set: ImageSet, white: number, transforms: readonly Transform[] | undefined): ImageSet {
  if (!transforms) {
    throw new SunganError('usage', 'no transform is known for pictures in DN', {
      where: '--values dn',
      remedy: 'judge them against a data set or a run, which know theirs',
    });
  }
  const area = set.width * set.height;
  return {
    ...set,
    async read(indices) {
      const values = await set.read(indices);
      for (let plane = 0; plane * area < values.length; plane++) {
        const part = values.subarray(plane * area, (plane + 1) * area);
        part.set(transforms[plane % set.channels].forward(part.map((value) => value * white)));
      }
      return values;
    },
  };
}

function transformsOf({ real, fake }: Sides): readonly Transform[] | undefined {
  return fake.transforms ?? real.transforms;
}

/** A generator's pictures are in the space of the data it was trained on; plain pictures take the other side's. */
function linearOf(sides: Sides): Linear | undefined {
  const transforms = transformsOf(sides);
  return (
    transforms &&
    ((values, channel) => transforms[channel].inverse(values.map((value) => Math.min(1, Math.max(0, value)))))
  );
}

function commonResolution(real: Source, fake: Source, wanted: number | undefined): number {
  const common = fake.resolutions.filter((size) => real.resolutions.includes(size));
  const resolution = wanted ?? common[0];
  if (resolution !== undefined && common.includes(resolution)) return resolution;
  throw new SunganError('usage', wanted ? `cannot compare at ${wanted} pixels` : 'no common resolution', {
    where: `${real.label} (${real.resolutions.join(', ')}), ${fake.label} (${fake.resolutions.join(', ')})`,
    remedy:
      common.length > 0
        ? `--resolution can be ${common.join(', ')}`
        : 'curate the data at the resolution of the pictures',
  });
}

function summarise(
  sides: Sides,
  comparison: ComparisonResult,
  resolution: number,
  seed: number,
  now: Date,
): EvalSummary {
  const side = (source: Source): SideSummary => ({
    label: source.label,
    source: source.path,
    count: comparison.count,
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
    real: side(sides.real),
    fake: side(sides.fake),
    results: comparison.results,
    pictures: comparison.pictures,
    warnings: [...sides.real.warnings, ...sides.fake.warnings, ...comparison.warnings],
  };
}

/** The whole file is written anew, so that a kill leaves the old scores or the new ones, never half a line. */
async function appendLine(path: string, line: string): Promise<void> {
  const before = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  await writeAtomic(path, `${before}${before === '' || before.endsWith('\n') ? '' : '\n'}${line}\n`);
}
