/**
 * The fine pattern of the quiet Sun: supergranular lanes, mottles, fibrils. It turns differentially with the surface; as
 * shear would wind any pattern up, each generation lives for a few days and fades into the next.
 */
import { carringtonDrift } from './rotation.ts';
import { createPlaces, type Places } from './rows.ts';
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

const SCALES = ['blobs', 'lanes', 'clumps', 'mottles', 'grains', 'grit'] as const;
type Scale = (typeof SCALES)[number];

interface Generation {
  weight: number;
  /** Rotation since the generation's middle, by the sine of latitude. */
  cos: Float64Array;
  sin: Float64Array;
  warp: Field;
  fields: Record<Scale, Field>;
}

/**
 * `pixel` is the size of a pixel at disk centre in solar radii: scales it cannot resolve are left out. Rows hold at most
 * `capacity` places.
 */
export function finePattern(seed: number | string, time: Date, pixel: number, capacity: number): FinePattern {
  const days = time.getTime() / 86_400_000;
  const position = days / GENERATION_DAYS;
  const first = Math.floor(position - 0.5);
  const share = position - 0.5 - first;
  const norm = 1 / Math.hypot(share, 1 - share);
  const generations = [
    generation(seed, first, days, (1 - share) * norm),
    generation(seed, first + 1, days, share * norm),
  ].filter(({ weight }) => weight > NEGLIGIBLE);
  const weights = weightsFor(pixel);
  const turned = createPlaces(capacity);
  const values = Object.fromEntries(SCALES.map((scale) => [scale, new Float64Array(capacity)])) as Record<
    Scale,
    Float64Array
  >;

  return {
    fill(places, out) {
      for (const scale of SCALES) values[scale].fill(0, 0, places.count);
      for (const one of generations) {
        turnBack(one, places, turned);
        for (const scale of SCALES) {
          if (weights[scale] > 0) one.fields[scale].addTo(turned, one.weight * weights[scale], values[scale]);
        }
      }
      compose(values, weights, places.count, out);
    },
  };
}

/** How much of each scale the pixels resolve: below a quarter it is not worth its time, above it fades in. */
function weightsFor(pixel: number): Record<Scale, number> {
  const resolved = (scale: Scale) => {
    const weight = Math.min(1, SIZES[scale] / pixel - 1);
    return weight < 0.25 ? 0 : weight;
  };
  return {
    blobs: 1,
    lanes: 1,
    clumps: 1,
    mottles: resolved('mottles'),
    grains: resolved('grains'),
    grit: resolved('grit'),
  };
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
    // Lanes are broken into clumps, coarser and finer ones.
    const share = Math.min(1, Math.max(0, 0.5 + 0.5 * clump));
    const broken = (0.35 + 0.65 * share) * (1 + weights.mottles * Math.max(-0.6, 0.5 * mottle));
    const lane = Math.max(0, 1 - 1.6 * Math.abs(lanes[n]!)) * broken;
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
  const fields = Object.fromEntries(
    SCALES.map((scale) => [scale, createField(name(scale), SIZES[scale])]),
  ) as Record<Scale, Field>;
  return { weight, cos, sin, warp: createField(name('warp'), 0.11), fields };
}

/** Where each place was in the middle of the generation's life, bent a little so that lanes curl. */
function turnBack(generation: Generation, places: Places, turned: Places): void {
  const { x, y, z, count } = places;
  turned.count = count;
  for (let n = 0; n < count; n++) {
    const step = (Math.abs(z[n]!) * TURN_STEPS) | 0;
    const c = generation.cos[step]!;
    const s = generation.sin[step]!;
    turned.x[n] = x[n]! * c + y[n]! * s;
    turned.y[n] = y[n]! * c - x[n]! * s;
    turned.z[n] = z[n]!;
  }
  const bends = BENDS.length >= count ? BENDS : new Float64Array(count);
  bends.fill(0, 0, count);
  generation.warp.addTo(turned, 1, bends);
  for (let n = 0; n < count; n++) {
    turned.x[n]! += 0.016 * bends[n]!;
    turned.y[n]! -= 0.012 * bends[n]!;
    turned.z[n]! += 0.014 * bends[n]!;
  }
}

/** Scratch for rows of the largest frames. */
const BENDS = new Float64Array(4096);
