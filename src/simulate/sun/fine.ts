/** The fine pattern of the quiet Sun: supergranular lanes, mottles, fibrils. */
import { driftingFields } from './drifting.ts';
import type { Places } from './rows.ts';

/** Feature sizes in solar radii: 90, 32, 20, 8.4, 3.5 and 1.5 Mm. */
export const FINE_SIZES = {
  blobs: 0.13,
  lanes: 0.046,
  clumps: 0.028,
  mottles: 0.012,
  grains: 0.005,
  grit: 0.0022,
} as const;

/** The pattern along a row of places; every member has about zero mean over the quiet Sun. */
export interface PatternRow {
  /** 0 in cell interiors, up to 1 on the ridge of a lane. */
  lane: Float64Array;
  network: Float64Array;
  mottle: Float64Array;
  /** Diffuse patches of a few supergranules. */
  blob: Float64Array;
  /** Finest scales alone: granulation in the visible. */
  grain: Float64Array;
}

export function createPatternRow(capacity: number): PatternRow {
  const row = () => new Float64Array(capacity);
  return { lane: row(), network: row(), mottle: row(), blob: row(), grain: row() };
}

export interface FinePattern {
  fill(places: Places, out: PatternRow): void;
}

type Scale = keyof typeof FINE_SIZES;

/**
 * `pixel` is the size of a pixel at disk centre in solar radii: scales it cannot resolve are left out. Rows hold at most
 * `capacity` places.
 */
export function finePattern(seed: number | string, time: Date, pixel: number, capacity: number): FinePattern {
  const weights = weightsFor(pixel);
  const fields = driftingFields({ seed, time, sizes: FINE_SIZES, weights, capacity });
  return { fill: (places, out) => compose(fields.sample(places), weights, places.count, out) };
}

function weightsFor(pixel: number): Record<Scale, number> {
  return {
    blobs: 1,
    lanes: 1,
    clumps: 1,
    mottles: resolvedShare('mottles', pixel),
    grains: resolvedShare('grains', pixel),
    grit: resolvedShare('grit', pixel),
  };
}

/** How much of a scale the pixels resolve: it fades in from where it is worth its time, also as the disk grows in a year. */
export function resolvedShare(scale: Scale, pixel: number): number {
  return Math.min(1, Math.max(0, (FINE_SIZES[scale] / pixel - 1.25) / 0.75));
}

/** How strong a supergranular lane is: 1 on its ridge, 0 beside it. Lanes are broken into clumps, coarser and finer ones. */
export function laneOf(lane: number, clump: number, mottle: number, mottlesWeight: number): number {
  const share = Math.min(1, Math.max(0, 0.5 + 0.5 * clump));
  const broken = (0.35 + 0.65 * share) * (1 + mottlesWeight * Math.max(-0.6, 0.5 * mottle));
  return Math.max(0, 1 - 1.6 * Math.abs(lane)) * broken;
}

function compose(
  values: Record<Scale, Float64Array>,
  weights: Record<Scale, number>,
  count: number,
  out: PatternRow,
): void {
  const { blobs, lanes, clumps, mottles, grains, grit } = values;
  for (let n = 0; n < count; n++) {
    const clump = clumps[n]!;
    const mottle = mottles[n]!;
    const grain = grains[n]!;
    const lane = laneOf(lanes[n]!, clump, mottle, weights.mottles);
    const fibril = weights.mottles * 1.4 * (0.8 - Math.abs(mottle));
    const thread = weights.grains * 1.4 * (0.8 - Math.abs(grain));
    out.lane[n] = lane;
    out.network[n] = 2.4 * lane - 0.62 + 0.5 * lane * mottle;
    out.mottle[n] =
      0.5 * clump + 0.22 * fibril + 0.25 * thread + 0.5 * mottle + 0.3 * grain + 0.25 * grit[n]!;
    out.blob[n] = blobs[n]! + 0.5 * clump;
    out.grain[n] = 0.35 * grain + 0.9 * grit[n]!;
  }
}
