/**
 * What all evaluations of a run say together: the newest result of every metric, as long as they are of the same
 * checkpoint and against the same reals as the newest evaluation.
 */
import type { EvalSummary, MetricResult } from '../scores.ts';
import { resizerOf } from '../standing.ts';
import { formatKimg } from './format.ts';

export interface Judgement {
  /** The newest evaluation, with the newest result of every metric. Every result knows its own count and seed. */
  summary: EvalSummary;
  /** Those whose results stand in it, newest first. */
  evaluations: EvalSummary[];
  /** Metrics that were only computed of something else, in words. */
  leftOut: string[];
}

/** `evaluations`: oldest first. Undefined without any. */
export function judgementOf(evaluations: readonly EvalSummary[]): Judgement | undefined {
  const newest = evaluations.at(-1);
  if (!newest) return undefined;
  const backwards = evaluations.toReversed();
  const alike = backwards.filter((one) => subjectOf(one) === subjectOf(newest));
  const used: EvalSummary[] = [];
  const results = new Map<string, MetricResult>();
  for (const evaluation of alike) {
    const fresh = evaluation.results.filter((result) => !results.has(kindOf(result)));
    for (const result of fresh) results.set(kindOf(result), result);
    if (fresh.length > 0 || evaluation === newest) used.push(evaluation);
  }
  const metrics = new Set([...results.values()].map(({ metric }) => metric));
  return {
    summary: {
      ...newest,
      results: [...results.values()],
      pictures: used.find(({ pictures }) => pictures)?.pictures,
      warnings: warningsOf(used, metrics),
    },
    evaluations: used,
    leftOut: leftOutOf(
      backwards.filter((one) => !alike.includes(one)),
      newest,
      metrics,
    ),
  };
}

/** The checkpoint and the reals; folders have no hash, so they go by their path. */
function subjectOf({ fake, real, kimg }: EvalSummary): string {
  const of = ({ hash, source, resolution }: EvalSummary['real']) => [hash ?? source, resolution];
  return JSON.stringify([of(fake), kimg, of(real), real.label]);
}

/** FID under another resizer is another number. */
const kindOf = ({ metric, variant }: MetricResult) => `${metric}/${resizerOf(variant) ?? ''}`;

/** Once each; that a metric was left out is no news where another evaluation has it. */
function warningsOf(evaluations: readonly EvalSummary[], metrics: ReadonlySet<string>): string[] {
  const all = evaluations.flatMap(({ warnings }) => warnings);
  const isOutdated = (warning: string) => metrics.has(/^left out, ([\w-]+):/.exec(warning)?.[1] ?? '');
  return [...new Set(all)].filter((warning) => !isOutdated(warning));
}

function leftOutOf(
  others: readonly EvalSummary[],
  newest: EvalSummary,
  metrics: ReadonlySet<string>,
): string[] {
  const words = new Map<string, string>();
  for (const other of others) {
    for (const { metric, title } of other.results) {
      if (!metrics.has(metric) && !words.has(metric))
        words.set(metric, `${title} (${differenceOf(other, newest)})`);
    }
  }
  return [...words.values()];
}

function differenceOf(other: EvalSummary, newest: EvalSummary): string {
  const isSameFake = other.fake.hash === newest.fake.hash && other.kimg === newest.kimg;
  if (!isSameFake)
    return other.kimg === null
      ? 'of other pictures'
      : `of the checkpoint after ${formatKimg(other.kimg)} thousand pictures`;
  return `against ${other.real.label} at ${other.real.resolution} pixels`;
}
