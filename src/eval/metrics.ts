/** The table of metrics. A new metric is a file in `metrics/` and a row here. */
import type { Metric } from './metric.ts';
import { inception, kid, support } from './metrics/feature-scores.ts';
import { fid, fidInfinity, patchFid } from './metrics/fid.ts';
import { floorCurve } from './metrics/floor-curve.ts';
import { memorisation } from './metrics/memorisation.ts';
import { diversity } from './metrics/ms-ssim.ts';
import { solar } from './metrics/solar.ts';
import { swd } from './metrics/swd.ts';

export const METRICS = {
  swd,
  'ms-ssim': diversity,
  solar,
  memorisation,
  floors: floorCurve,
  fid,
  'patch-fid': patchFid,
  'fid-infinity': fidInfinity,
  kid,
  support,
  'inception-score': inception,
} satisfies Record<string, Metric>;

export type MetricName = keyof typeof METRICS;

export const METRIC_NAMES = Object.keys(METRICS) as [MetricName, ...MetricName[]];
