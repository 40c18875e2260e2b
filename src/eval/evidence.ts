/** Scores as a diagnosis asks for them: by key, the worst channel for all, whichever metric they came from. */
import type { Curve, EvalSummary, MetricResult, Score } from './scores.ts';
import { nameOf, timesOf } from './standing.ts';

export interface Evidence {
  /** The newest score of that key; of several channels the one that is farthest from its floor. */
  score(key: string): Score | undefined;
  /** Its name with what belongs to it: `FID (clean)`. */
  name(key: string): string;
  /** Mean of log10(generated / reals) over the finest third of the spectrum; undefined without one. */
  readonly fineDetail: number | undefined;
  readonly all: readonly Found[];
}

interface Found {
  readonly score: Score;
  readonly result: MetricResult;
}

export function createEvidence({ results }: EvalSummary): Evidence {
  const all = results.flatMap((result) => result.scores.map((score) => ({ score, result })));
  const find = (key: string) => worst(all.filter(({ score }) => withoutChannel(score.key) === key));
  return {
    all,
    score: (key) => find(key)?.score,
    name(key) {
      const found = find(key);
      return found ? nameOf(found.score, found.result) : key;
    },
    fineDetail: fineDetailOf(results),
  };
}

/** Solar keys of several channels end in its number; those of SWD in pixels are asked for as they are. */
const withoutChannel = (key: string) => (key.startsWith('solar.') ? key.replace(/\.\d+$/, '') : key);

function worst(found: readonly Found[]): Found | undefined {
  const badness = ({ score }: Found) => timesOf(score) ?? Math.abs(score.value - (score.reference ?? 0));
  return found.reduce<Found | undefined>(
    (before, next) => (before && badness(before) >= badness(next) ? before : next),
    undefined,
  );
}

/** The channel that is farthest off. */
function fineDetailOf(results: readonly MetricResult[]): number | undefined {
  const curves = results.flatMap((result) => result.curves ?? []);
  const details = curves.filter(({ key }) => withoutChannel(key) === 'solar.spectrum').map(detailOf);
  const known = details.filter(Number.isFinite);
  return known.sort((a, b) => Math.abs(b) - Math.abs(a))[0];
}

function detailOf({ series: [reals, generated] }: Curve): number {
  const from = Math.floor((2 * reals.y.length) / 3);
  const ratios = reals.y.slice(from).map((value, i) => Math.log10(generated.y[from + i] / value));
  return ratios.reduce((sum, value) => sum + value, 0) / ratios.length;
}
