/**
 * Degradation estimated from the frames themselves: the quiet Sun of each month (the lowest fifth of the mean counts) is
 * taken to be the same star, and a quadratic in time is fitted to the logarithm of its level. The solar cycle is in it
 * as well; use it where the response table ends, and say so.
 */
import { SunganError } from '../../core/errors.ts';
import { quantile } from '../../numeric/index.ts';
import type { TimedLevel } from '../level-history.ts';

/** ln(level / level at the reference) = b t + c t^2, t in years since the reference. */
export interface EmpiricalFit {
  referenceMs: number;
  linear: number;
  quadratic: number;
}

const YEAR_MS = 365.25 * 86_400_000;
const QUIET_SHARE = 0.2;
const FEWEST_MONTHS = 12;
const FIT_ROUNDS = 20;
const SMALLEST_RESIDUAL = 0.01;

export function fitDegradation(levels: readonly TimedLevel[], channel: string): EmpiricalFit {
  const months = quietMonths(levels);
  if (months.length < FEWEST_MONTHS) {
    throw new SunganError(
      'data',
      `${months.length} months of ${channel} are too few to fit a degradation (${FEWEST_MONTHS} needed)`,
      {
        where: '--degradation empirical',
        remedy: 'ingest a longer time, or use --degradation v10 or none',
      },
    );
  }
  const referenceMs = months[0]!.timeMs;
  const points = months.map(
    ({ timeMs, value }) => [(timeMs - referenceMs) / YEAR_MS, Math.log(value)] as const,
  );
  let weights = points.map(() => 1);
  let fit = [0, 0, 0];
  for (let round = 0; round < FIT_ROUNDS; round++) {
    fit = fitQuadratic(points, weights);
    weights = points.map(
      ([t, y]) => 1 / Math.max(SMALLEST_RESIDUAL, Math.abs(y - fit[0]! - fit[1]! * t - fit[2]! * t * t)),
    );
  }
  return { referenceMs, linear: fit[1]!, quadratic: fit[2]! };
}

export function empiricalFactor({ referenceMs, linear, quadratic }: EmpiricalFit, timeMs: number): number {
  const t = (timeMs - referenceMs) / YEAR_MS;
  return Math.exp(linear * t + quadratic * t * t);
}

function quietMonths(levels: readonly TimedLevel[]): TimedLevel[] {
  const months = new Map<string, number[]>();
  for (const { timeMs, value } of levels) {
    if (!(value > 0)) continue;
    const month = new Date(timeMs).toISOString().slice(0, 7);
    months.set(month, [...(months.get(month) ?? []), value]);
  }
  return [...months]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([month, values]) => ({
      timeMs: Date.parse(`${month}-15T00:00:00Z`),
      value: quantile(values, QUIET_SHARE),
    }));
}

/** Weighted least squares of y = a + b t + c t^2, by elimination of the normal equations. */
function fitQuadratic(points: readonly (readonly [number, number])[], weights: readonly number[]): number[] {
  const rows = [0, 1, 2].map((i) => {
    const row = [0, 1, 2].map((j) => points.reduce((sum, [t], k) => sum + weights[k]! * t ** (i + j), 0));
    return [...row, points.reduce((sum, [t, y], k) => sum + weights[k]! * y * t ** i, 0)];
  });
  for (let i = 0; i < 3; i++) {
    for (let j = 0; j < 3; j++) {
      if (j === i) continue;
      const factor = rows[j]![i]! / rows[i]![i]!;
      for (let k = i; k < 4; k++) rows[j]![k]! -= factor * rows[i]![k]!;
    }
  }
  return rows.map((row, i) => row[3]! / row[i]!);
}
