/** What evaluation says, as data: one line of `metrics.jsonl` is one `EvalSummary`. The report reads nothing else. */
import type { Gallery } from './gallery.ts';

/** The same number between two sets of real pictures of the same size: what a perfect generator would get. */
export interface Floor {
  /** `train-test`, `halves`. */
  readonly pair: string;
  /** For people: `train split against test split`. */
  readonly label: string;
  readonly value: number;
  /** Pictures in the set that stands for the generated. */
  readonly count: number;
  /** False where that is fewer than the score's own: such a floor is too high to hold the score against it. */
  readonly comparable?: boolean;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
  /** 0.95 */
  readonly level: number;
  readonly method: string;
}

export interface Score {
  /** `swd.32`; unique in a summary. */
  readonly key: string;
  /** `SWD at 32 x 32`. */
  readonly label: string;
  readonly value: number;
  /** Empty for pure numbers. */
  readonly unit: string;
  /** lower, higher: the direction of better. match: better when nearer to `reference`. */
  readonly sense: 'lower' | 'higher' | 'match';
  /** The reals' own value, for `match`. */
  readonly reference?: number;
  readonly interval?: Interval;
  /** Share of random regroupings of both sides that are as far apart: near 0 they differ, near 1 they cannot be told apart. */
  readonly rank?: number;
  /** What stands behind the number, for people: means of both sides. */
  readonly note?: string;
  readonly floors: readonly Floor[];
}

export interface MetricResult {
  readonly metric: string;
  readonly title: string;
  /** Everything that changes the number: definition, resizer, extractor, constants. */
  readonly variant: string;
  /** Pictures used of each side. */
  readonly count: { readonly real: number; readonly fake: number };
  readonly seed: number;
  readonly scores: readonly Score[];
  readonly warnings: readonly string[];
  readonly seconds: number;
  /** Curves for the report: spectra, distributions. */
  readonly curves?: readonly Curve[];
  readonly gallery?: Gallery;
}

/** One quantity along one axis, for both sides. */
export interface Curve {
  readonly key: string;
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly xLog: boolean;
  readonly yLog: boolean;
  readonly series: readonly {
    readonly name: string;
    readonly x: readonly number[];
    readonly y: readonly number[];
  }[];
}

export interface SideSummary {
  readonly label: string;
  readonly source: string;
  readonly count: number;
  readonly resolution: number;
  readonly channels: number;
  /** True when the pictures were made by a generator. */
  readonly generated: boolean;
  /** True when the data behind it come from the simulator. */
  readonly simulated: boolean;
  /** Hash of the data set or the weights, where there is one. */
  readonly hash: string | null;
}

export interface EvalSummary {
  readonly schema: 1;
  readonly version: string;
  readonly createdAt: string;
  /** Thousands of real pictures the network had seen, when a run was judged. */
  readonly kimg: number | null;
  readonly seed: number;
  readonly real: SideSummary;
  readonly fake: SideSummary;
  readonly results: readonly MetricResult[];
  /** Some of the pictures that were judged: a row of each side. */
  readonly pictures?: Gallery;
  readonly warnings: readonly string[];
}

/**
 * How many times its largest floor a score is; undefined where that has no meaning, as for a value that is no number or
 * floors of fewer pictures only.
 */
export function timesFloor({ sense, value, floors }: Score): number | undefined {
  const floor = Math.max(0, ...floors.flatMap((known) => (known.comparable === false ? [] : [known.value])));
  const isMeaningful = sense === 'lower' && floor > 0 && Number.isFinite(floor) && Number.isFinite(value);
  return isMeaningful ? value / floor : undefined;
}
