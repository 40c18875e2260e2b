/** What one metric is: a file in `metrics/` and a row in the table of `metrics.ts`. */
import type { Effects } from '../core/effects.ts';
import type { FeatureBook } from './features.ts';
import type { Gallery } from './gallery.ts';
import type { ImageSet } from './image-set.ts';
import type { Curve, Floor, Score } from './scores.ts';

/** Two sets of real pictures, of the same counts as the sets that are compared where there are enough. */
export interface RealPair {
  readonly pair: string;
  readonly label: string;
  readonly a: ImageSet;
  readonly b: ImageSet;
  /** Fewer pictures on a side than the sets that are compared. */
  readonly isSmaller: boolean;
}

/** One channel of one picture from transform space to DN. */
export interface Linear {
  (values: Float32Array, channel: number): Float32Array;
  /** What is known of each channel; undefined where nothing is. */
  readonly channels?: readonly LinearChannel[];
}

export interface LinearChannel {
  /** `193`, `hmi-m`, as data sets name it; undefined where the data set is not at hand. */
  readonly name: string | undefined;
  /** Values of both signs, as of a magnetogram. */
  readonly isSigned: boolean;
}

export interface MetricInput {
  /** Same shape on both sides, and same count unless the metric takes unequal ones. */
  readonly real: ImageSet;
  readonly fake: ImageSet;
  readonly pairs: readonly RealPair[];
  readonly seed: number;
  readonly settings: MetricSettings;
  /** Undefined where neither side is more than plain pictures. */
  readonly linear: Linear | undefined;
  /** Only for metrics that need it. */
  readonly features: FeatureBook | undefined;
  /** All frames that the generator may have seen. */
  readonly training: ImageSet | undefined;
  readonly effects: Effects;
  /** Called as work goes on; the sum of all calls is `cost` of the metric. */
  readonly progress: (note: string) => void;
}

export interface MetricSettings {
  /** Pairs of pictures for MS-SSIM. */
  readonly ssimPairs: number;
}

export interface MetricOutcome {
  readonly variant: string;
  readonly scores: readonly Score[];
  readonly warnings: readonly string[];
  readonly curves?: readonly Curve[];
  readonly gallery?: Gallery;
}

export interface Metric {
  readonly title: string;
  readonly summary: string;
  /** Inception features, and with them the genuine weights. */
  readonly needsFeatures?: boolean;
  /** Is defined for unequal counts: gets all pictures of each side, up to what was asked for. */
  readonly takesUnequal?: boolean;
  /** Why this metric cannot be had for such pictures; undefined when it can. */
  unfit(set: ImageSet, linear: Linear | undefined, training: ImageSet | undefined): string | undefined;
  compute(input: MetricInput): Promise<MetricOutcome>;
}

interface CountedSides {
  readonly real: { readonly count: number };
  readonly fake: { readonly count: number };
}

/** `300 pictures a side`, or `4096 pictures against 300` reals. */
export function countWords({ real, fake }: CountedSides, format: (count: number) => string = String): string {
  return real.count === fake.count
    ? `${format(real.count)} pictures a side`
    : `${format(fake.count)} pictures against ${format(real.count)}`;
}

/** What a variant says of unequal counts; nothing for equal ones, which any comparison has. */
export function countVariant({ real, fake }: CountedSides): string {
  return real.count === fake.count ? '' : `, ${fake.count} generated against ${real.count} reals`;
}

/** Floors of one score from the pairs' values, in the pairs' order. */
export function floorsOf(pairs: readonly RealPair[], values: readonly number[]): Floor[] {
  return pairs.map(({ pair, label, b, isSmaller }, index) => ({
    pair,
    label,
    value: values[index],
    count: b.count,
    ...(isSmaller && { comparable: false }),
  }));
}
