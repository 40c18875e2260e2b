/**
 * The fine pattern of the quiet Sun: supergranular lanes, mottles, fibrils. It turns differentially with the surface; as
 * shear would wind any pattern up, each generation lives for a few days and fades into the next.
 */
import { carringtonDrift } from './rotation.ts';
import { createField, type Field } from './texture.ts';

/** About the lifetime of the supergranular network. */
const GENERATION_DAYS = 3;
const TURN_STEPS = 4096;
/** A generation that weighs less than this is not worth sampling. */
const NEGLIGIBLE = 0.02;

/** Feature sizes in solar radii: 90, 32, 20, 8.4, 3.5 and 1.5 Mm. */
const SIZES = {
  blobs: 0.13,
  lanes: 0.046,
  clumps: 0.028,
  mottles: 0.012,
  grains: 0.005,
  grit: 0.0022,
} as const;

/** Pattern at one place; every member has zero mean over the quiet Sun and about unit spread. */
export interface Pattern {
  /** 0 in cell interiors, 1 on the ridge of a lane. */
  lane: number;
  network: number;
  mottle: number;
  /** Diffuse patches of a few supergranules. */
  blob: number;
  /** Finest scales alone: granulation in the visible. */
  grain: number;
}

export interface FinePattern {
  /** Samples at a unit vector of the Carrington frame. */
  at(x: number, y: number, z: number, out: Pattern): void;
}

interface Generation {
  weight: number;
  cos: Float64Array;
  sin: Float64Array;
  warp: Field;
  blobs: Field;
  lanes: Field;
  clumps: Field;
  mottles: Field;
  grains: Field;
  grit: Field;
}

/** `pixel` is the size of a pixel at disk centre in solar radii: scales it cannot resolve are left out. */
export function finePattern(seed: number | string, time: Date, pixel: number): FinePattern {
  const days = time.getTime() / 86_400_000;
  const position = days / GENERATION_DAYS;
  const first = Math.floor(position - 0.5);
  const share = position - 0.5 - first;
  const norm = 1 / Math.hypot(share, 1 - share);
  const older = generation(seed, first, days, (1 - share) * norm);
  const newer = generation(seed, first + 1, days, share * norm);
  const resolved = (size: number) => Math.min(1, Math.max(0, size / pixel - 1));
  const weights = {
    mottles: resolved(SIZES.mottles),
    grains: resolved(SIZES.grains),
    grit: resolved(SIZES.grit),
  };
  const values = new Float64Array(6);

  return {
    at(x, y, z, out) {
      values.fill(0);
      if (older.weight > NEGLIGIBLE) accumulate(older, x, y, z, values, weights);
      if (newer.weight > NEGLIGIBLE) accumulate(newer, x, y, z, values, weights);
      const [n1, n2, n3, n4, n5, n6] = values as unknown as [number, number, number, number, number, number];
      const clump = Math.min(1, Math.max(0, 0.5 + 0.5 * n2));
      // Lanes are broken into clumps, coarser and finer ones.
      const broken = (0.35 + 0.65 * clump) * (1 + weights.mottles * Math.max(-0.6, 0.5 * n3));
      const lane = Math.max(0, 1 - 1.6 * Math.abs(n1)) * broken;
      const fibril = weights.mottles * 1.4 * (0.8 - Math.abs(n3));
      const thread = weights.grains * 1.4 * (0.8 - Math.abs(n4));
      out.lane = lane;
      out.network = 2.4 * lane - 0.62 + 0.5 * lane * n3;
      out.mottle = 0.5 * n2 + 0.22 * fibril + 0.25 * thread + 0.5 * n3 + 0.3 * n4 + 0.25 * n5;
      out.blob = n6 + 0.5 * n2;
      out.grain = 0.35 * n4 + 0.9 * n5;
    },
  };
}

function generation(seed: number | string, index: number, days: number, weight: number): Generation {
  const name = (field: string) => `${seed}/fine/${index}/${field}`;
  const elapsed = days - (index + 1) * GENERATION_DAYS;
  const cos = new Float64Array(TURN_STEPS + 1);
  const sin = new Float64Array(TURN_STEPS + 1);
  for (let step = 0; step <= TURN_STEPS; step++) {
    const angle = carringtonDrift(step / TURN_STEPS, elapsed);
    cos[step] = Math.cos(angle);
    sin[step] = Math.sin(angle);
  }
  return {
    weight,
    cos,
    sin,
    warp: createField(name('warp'), 0.11),
    blobs: createField(name('blobs'), SIZES.blobs),
    lanes: createField(name('lanes'), SIZES.lanes),
    clumps: createField(name('clumps'), SIZES.clumps),
    mottles: createField(name('mottles'), SIZES.mottles),
    grains: createField(name('grains'), SIZES.grains),
    grit: createField(name('grit'), SIZES.grit),
  };
}

function accumulate(
  g: Generation,
  x: number,
  y: number,
  z: number,
  values: Float64Array,
  weights: { mottles: number; grains: number; grit: number },
): void {
  const step = (Math.abs(z) * TURN_STEPS) | 0;
  const c = g.cos[step]!;
  const s = g.sin[step]!;
  // Back to where this place was when the generation was born, then bent a little so that lanes curl.
  const bend = g.warp(x * c + y * s, y * c - x * s, z);
  const u = x * c + y * s + 0.016 * bend;
  const v = y * c - x * s - 0.012 * bend;
  const w = z + 0.014 * bend;
  values[0]! += g.weight * g.lanes(u, v, w);
  values[5]! += g.weight * g.blobs(u, v, w);
  values[1]! += g.weight * g.clumps(u, v, w);
  if (weights.mottles > 0) values[2]! += g.weight * weights.mottles * g.mottles(u, v, w);
  if (weights.grains > 0) values[3]! += g.weight * weights.grains * g.grains(u, v, w);
  if (weights.grit > 0) values[4]! += g.weight * weights.grit * g.grit(u, v, w);
}
