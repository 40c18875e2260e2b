/** Summary statistics in float64. Non-finite values are left out unless a function says otherwise. */

export type Numbers = ArrayLike<number>;

/** The finite values, sorted upwards. */
export function sortedFinite(values: Numbers): Float64Array {
  return finiteOf(values).sort();
}

/** A copy of the finite values. */
function finiteOf(values: Numbers): Float64Array {
  const finite = new Float64Array(values.length);
  let count = 0;
  for (let i = 0; i < values.length; i++) if (Number.isFinite(values[i])) finite[count++] = values[i]!;
  return finite.subarray(0, count);
}

/**
 * Linear interpolation between order statistics (type 7 of Hyndman & Fan 1996, numpy's default); NaN when empty. Finds
 * the two it needs by selection (Hoare's), in time proportional to the count.
 */
export function quantile(values: Numbers, probability: number): number {
  const finite = finiteOf(values);
  if (finite.length === 0) return Number.NaN;
  const position = Math.min(1, Math.max(0, probability)) * (finite.length - 1);
  const below = Math.floor(position);
  select(finite, below);
  if (position === below) return finite[below]!;
  let above = finite[below + 1]!;
  for (let i = below + 2; i < finite.length; i++) if (finite[i]! < above) above = finite[i]!;
  return finite[below]! + (position - below) * (above - finite[below]!);
}

/** Reorders so that what sorting would put at `rank` is there, nothing larger before it and nothing smaller behind. */
function select(values: Float64Array, rank: number): void {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const pivot = middleOfThree(values[low]!, values[(low + high) >> 1]!, values[high]!);
    let i = low;
    let j = high;
    while (i <= j) {
      while (values[i]! < pivot) i++;
      while (values[j]! > pivot) j--;
      if (i > j) break;
      const held = values[i]!;
      values[i++] = values[j]!;
      values[j--] = held;
    }
    if (rank <= j) high = j;
    else if (rank >= i) low = i;
    else return;
  }
}

function middleOfThree(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}

export function quantileOfSorted(sorted: Numbers, probability: number): number {
  if (sorted.length === 0) return Number.NaN;
  const position = Math.min(1, Math.max(0, probability)) * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (position - below) * (sorted[above]! - sorted[below]!);
}

export function median(values: Numbers): number {
  return quantile(values, 0.5);
}

/** Median absolute deviation from the median, unscaled; times 1.4826 it estimates a normal standard deviation. */
export function medianAbsoluteDeviation(values: Numbers): number {
  const finite = sortedFinite(values);
  const centre = quantileOfSorted(finite, 0.5);
  return median(finite.map((value) => Math.abs(value - centre)));
}

export interface Moments {
  count: number;
  mean: number;
  /** Population standard deviation (divided by n). */
  std: number;
  /** Third standardised moment; 0 for a constant. */
  skewness: number;
}

/** Two passes, so that a large mean does not eat the variance. */
export function moments(values: Numbers): Moments {
  let count = 0;
  let sum = 0;
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) continue;
    count++;
    sum += values[i]!;
    least = Math.min(least, values[i]!);
    most = Math.max(most, values[i]!);
  }
  // The rounding of a sum of equal values would look like a spread, and give a skewness of 1.
  if (least === most) return { count, mean: least, std: 0, skewness: 0 };
  const mean = count > 0 ? sum / count : Number.NaN;
  let second = 0;
  let third = 0;
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) continue;
    const deviation = values[i]! - mean;
    second += deviation * deviation;
    third += deviation * deviation * deviation;
  }
  const std = Math.sqrt(second / count);
  return { count, mean, std, skewness: std > 0 ? third / count / std ** 3 : 0 };
}

export interface Histogram {
  low: number;
  high: number;
  /** Equal bins over [low, high]; the last one is closed. Values outside are counted in none. */
  counts: Float64Array;
}

export function histogram(values: Numbers, bins: number, low: number, high: number): Histogram {
  const counts = new Float64Array(bins);
  const scale = bins / (high - low);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!(value >= low && value <= high)) continue;
    counts[Math.min(bins - 1, Math.floor((value - low) * scale))]! += 1;
  }
  return { low, high, counts };
}

/**
 * Mean vector and covariance matrix of a stream of vectors (Welford 1962, the update of Chan et al. for merging).
 * Memory is dimension squared whatever the count.
 */
export class RunningMoments {
  readonly dimension: number;
  count = 0;
  readonly mean: Float64Array;
  private readonly products: Float64Array;

  constructor(dimension: number) {
    this.dimension = dimension;
    this.mean = new Float64Array(dimension);
    this.products = new Float64Array(dimension * dimension);
  }

  add(vector: Numbers): void {
    const { dimension: n, mean, products } = this;
    this.count++;
    const before = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      before[i] = vector[i]! - mean[i]!;
      mean[i]! += before[i]! / this.count;
    }
    for (let i = 0; i < n; i++) {
      const after = vector[i]! - mean[i]!;
      for (let j = 0; j <= i; j++) products[i * n + j]! += after * before[j]!;
    }
  }

  merge(other: RunningMoments): void {
    const { dimension: n } = this;
    const total = this.count + other.count;
    if (other.count === 0) return;
    const weight = (this.count * other.count) / total;
    const shift = other.mean.map((value, i) => value - this.mean[i]!);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) {
        this.products[i * n + j]! += other.products[i * n + j]! + weight * shift[i]! * shift[j]!;
      }
    }
    for (let i = 0; i < n; i++) this.mean[i]! += (shift[i]! * other.count) / total;
    this.count = total;
  }

  /** Row-major [dimension, dimension], divided by count - 1 (numpy.cov's default). */
  covariance(): Float64Array {
    const { dimension: n, products } = this;
    const result = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) {
        const value = products[i * n + j]! / Math.max(1, this.count - 1);
        result[i * n + j] = value;
        result[j * n + i] = value;
      }
    }
    return result;
  }
}
