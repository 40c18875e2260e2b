/** The statistics that the level 1 maker writes into every header. */
export interface FrameStatistics {
  min: number;
  max: number;
  median: number;
  mean: number;
  rms: number;
  skewness: number;
  kurtosis: number;
  /** Values at 1, 10, 25, 75, 90, 95, 98 and 99 percent, by percentage. */
  percentiles: Record<number, number>;
  saturated: number;
  /** Pixels with a value, and without. */
  finite: number;
  missing: number;
}

export const PERCENTAGES = [1, 10, 25, 75, 90, 95, 98, 99] as const;
const SATURATED_FROM = 16_383;
/** Percentiles are read from a histogram of this step (DN or gauss). */
const STEP = 0.25;

/** Statistics of the finite pixels, `ignore`d ones left out. Moments by two passes in double precision. */
export function statisticsOf(values: Float32Array): FrameStatistics {
  let count = 0;
  let sum = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let saturated = 0;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    count++;
    sum += value;
    if (value < min) min = value;
    if (value > max) max = value;
    if (value >= SATURATED_FROM) saturated++;
  }
  if (count === 0) {
    return {
      min: 0,
      max: 0,
      median: 0,
      mean: 0,
      rms: 0,
      skewness: 0,
      kurtosis: 0,
      percentiles: Object.fromEntries(PERCENTAGES.map((p) => [p, 0])),
      saturated: 0,
      finite: 0,
      missing: values.length,
    };
  }
  const mean = sum / count;
  const { rms, skewness, kurtosis, histogram } = moments(values, mean, min, max, count);
  const quantile = (share: number) => {
    let seen = 0;
    for (let bin = 0; bin < histogram.length; bin++) {
      seen += histogram[bin]!;
      if (seen >= share * count) return Math.min(max, min + (bin + 0.5) * STEP);
    }
    return max;
  };
  return {
    min,
    max,
    median: quantile(0.5),
    mean,
    rms,
    skewness,
    kurtosis,
    percentiles: Object.fromEntries(PERCENTAGES.map((p) => [p, quantile(p / 100)])),
    saturated,
    finite: count,
    missing: values.length - count,
  };
}

function moments(values: Float32Array, mean: number, min: number, max: number, count: number) {
  const histogram = new Uint32Array(Math.floor((max - min) / STEP) + 1);
  let m2 = 0;
  let m3 = 0;
  let m4 = 0;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    histogram[Math.floor((value - min) / STEP)]!++;
    const d = value - mean;
    const d2 = d * d;
    m2 += d2;
    m3 += d2 * d;
    m4 += d2 * d2;
  }
  const variance = m2 / count;
  const rms = Math.sqrt(variance);
  return {
    rms,
    skewness: rms > 0 ? m3 / count / rms ** 3 : 0,
    kurtosis: rms > 0 ? m4 / count / variance ** 2 - 3 : 0,
    histogram,
  };
}
