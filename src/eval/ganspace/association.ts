/** How one number goes with another over a sample, with its uncertainty. Pure. */

export interface Association {
  /** Pearson's correlation, and its interval by Fisher's transformation. */
  readonly r: number;
  readonly low: number;
  readonly high: number;
  /** Change of `y` a unit of `x`, and its standard error. */
  readonly slope: number;
  readonly slopeError: number;
  /** Pairs in which both are numbers. */
  readonly count: number;
}

/** Pairs without a number in either are left out; undefined where fewer than 8 are left or one does not vary. */
export function associate(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  deviate: number,
): Association | undefined {
  const pairs: [number, number][] = [];
  for (let i = 0; i < x.length; i++) {
    if (Number.isFinite(x[i]) && Number.isFinite(y[i])) pairs.push([x[i], y[i]]);
  }
  const count = pairs.length;
  if (count < 8) return undefined;
  const meanX = pairs.reduce((sum, [value]) => sum + value, 0) / count;
  const meanY = pairs.reduce((sum, [, value]) => sum + value, 0) / count;
  let [xx, yy, xy] = [0, 0, 0];
  for (const [a, b] of pairs) {
    xx += (a - meanX) ** 2;
    yy += (b - meanY) ** 2;
    xy += (a - meanX) * (b - meanY);
  }
  if (xx === 0 || yy <= 1e-24 * meanY * meanY * count) return undefined;
  const r = Math.max(-1, Math.min(1, xy / Math.sqrt(xx * yy)));
  const z = Math.atanh(Math.min(1 - 1e-12, Math.max(-1 + 1e-12, r)));
  const margin = deviate / Math.sqrt(count - 3);
  const slope = xy / xx;
  return {
    r,
    low: Math.tanh(z - margin),
    high: Math.tanh(z + margin),
    slope,
    slopeError: Math.sqrt(Math.max(0, yy / xx - slope * slope) / (count - 2)),
    count,
  };
}

/** Mean and standard error of the finite ones; undefined for fewer than two. */
export function meanOf(values: readonly number[]): { mean: number; error: number } | undefined {
  const finite = values.filter(Number.isFinite);
  if (finite.length < 2) return undefined;
  const mean = finite.reduce((sum, value) => sum + value, 0) / finite.length;
  const squares = finite.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, error: Math.sqrt(squares / (finite.length - 1) / finite.length) };
}

/** Quantile of the standard normal distribution for shares above one half, by bisection. */
export function normalDeviate(share: number): number {
  let [low, high] = [0, 8];
  for (let turn = 0; turn < 60; turn++) {
    const middle = (low + high) / 2;
    if (normalShare(middle) < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Cumulative normal distribution of x >= 0, to 1.5e-7 (Abramowitz & Stegun 7.1.26). */
function normalShare(x: number): number {
  const t = 1 / (1 + (0.3275911 * x) / Math.SQRT2);
  const series =
    t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return 1 - 0.5 * series * Math.exp((-x * x) / 2);
}
