/**
 * The optically thin corona: an exponential shell above an opaque sphere. Its column grows toward the limb with the path
 * length, doubles where the far side comes into sight, and falls off with the scale height. Beyond the limb what lies
 * along each line of sight (holes, hot regions) is averaged on a polar grid.
 */
import type { Channel, Wavelength } from './channels.ts';
import { LAYER_COUNT, LAYERS, type SurfaceMaps, sampleMaps } from './maps.ts';
import { createPlaces, type Places } from './rows.ts';
import type { View } from './view.ts';

/** The disk is opaque up to here (chromosphere), solar radii. */
export const OPAQUE_RADIUS = 1.007;
/** Extended component: this many times the scale height. */
const EXTENDED_RATIO = 3.2;
const TABLE_STEP = 1 / 1024;
const TABLE_LENGTH = 2300;

export interface PathTable {
  /** Column of the shell relative to a vertical one from the surface, by distance from disk centre. */
  at(rho: number): number;
}

const tables = new Map<Wavelength, PathTable>();

/** Computed once for a channel. */
export function pathTable(channel: Channel): PathTable {
  const known = tables.get(channel.wavelength);
  if (known) return known;
  const made = computeTable(channel);
  tables.set(channel.wavelength, made);
  return made;
}

function computeTable(channel: Channel): PathTable {
  const table = new Float32Array(TABLE_LENGTH + 1);
  for (let index = 0; index <= TABLE_LENGTH; index++) table[index] = column(channel, index * TABLE_STEP);
  const vertical = table[0]!;
  for (let index = 0; index <= TABLE_LENGTH; index++) table[index]! /= vertical;
  return {
    at(rho) {
      const u = Math.min(TABLE_LENGTH - 1e-6, rho / TABLE_STEP);
      const i = u | 0;
      return table[i]! + (table[i + 1]! - table[i]!) * (u - i);
    },
  };
}

/** Emission along the line of sight at distance `rho` from disk centre, by the trapezoidal rule in equal steps. */
function column(channel: Channel, rho: number): number {
  const opaque = rho < OPAQUE_RADIUS;
  const start = opaque ? Math.sqrt(OPAQUE_RADIUS ** 2 - rho * rho) : 0;
  const steps = 160;
  const length = 1.6;
  let sum = 0;
  for (let step = 0; step <= steps; step++) {
    // Squared spacing: fine steps where the emission is, at the start.
    const t = step / steps;
    const s = start + length * t * t;
    const height = Math.max(0, Math.sqrt(rho * rho + s * s) - 1);
    const emission =
      (1 - channel.extended) * Math.exp(-height / channel.scaleHeight) +
      channel.extended * Math.exp(-height / (EXTENDED_RATIO * channel.scaleHeight));
    sum += emission * 2 * t * (step === steps ? 0.5 : 1);
  }
  return ((sum * length) / steps) * (opaque ? 1 : 2);
}

const GRID_ANGLES = 360;
const GRID_RADII = 12;
export const GRID_FROM = 0.86;
const GRID_TO = 1.75;
const DEPTHS = 6;

export interface LimbGrid {
  /** Mean brightness factor along the line of sight: 1 over quiet Sun. `unit` runs over the position angle, [0, 1). */
  at(unit: number, rho: number): number;
}

/** The emission factor of the corona from the LAYER_COUNT values that begin at `at`. */
export type LocalFactor = (layers: Float64Array, at: number) => number;

export function limbGrid(view: View, maps: SurfaceMaps, channel: Channel, factor: LocalFactor): LimbGrid {
  const grid = new Float32Array((GRID_ANGLES + 1) * (GRID_RADII + 1));
  const sight = createSight();
  for (let a = 0; a < GRID_ANGLES; a++) {
    const angle = (2 * Math.PI * a) / GRID_ANGLES;
    lookAlong(sight, view, channel, Math.cos(angle), Math.sin(angle));
    sampleMaps(maps, sight.places, sight.layers);
    for (let r = 0; r <= GRID_RADII; r++) grid[a * (GRID_RADII + 1) + r] = meanOf(sight, r, factor);
  }
  spreadAngles(grid);
  grid.copyWithin(GRID_ANGLES * (GRID_RADII + 1), 0, GRID_RADII + 1);
  return {
    at(unit, rho) {
      const u = unit * GRID_ANGLES;
      const v = Math.min(
        GRID_RADII - 1e-4,
        Math.max(0, ((rho - GRID_FROM) / (GRID_TO - GRID_FROM)) * GRID_RADII),
      );
      const i = Math.min(GRID_ANGLES - 1, u | 0);
      const j = v | 0;
      const fu = u - i;
      const at = i * (GRID_RADII + 1) + j;
      const low = grid[at]! + (grid[at + GRID_RADII + 1]! - grid[at]!) * fu;
      const high = grid[at + 1]! + (grid[at + GRID_RADII + 2]! - grid[at + 1]!) * fu;
      return low + (high - low) * (v - j);
    },
  };
}

/** The field fans out with height, so neighbouring directions mix: binomial smoothing, several times, wider farther out. */
function spreadAngles(grid: Float32Array): void {
  const ring = new Float32Array(GRID_ANGLES);
  for (let r = 0; r <= GRID_RADII; r++) {
    for (let pass = 0; pass < 3 + r; pass++) {
      for (let a = 0; a < GRID_ANGLES; a++) ring[a] = grid[a * (GRID_RADII + 1) + r]!;
      for (let a = 0; a < GRID_ANGLES; a++) {
        const before = ring[(a + GRID_ANGLES - 2) % GRID_ANGLES]!;
        const after = ring[(a + 2) % GRID_ANGLES]!;
        grid[a * (GRID_RADII + 1) + r] = 0.25 * before + 0.5 * ring[a]! + 0.25 * after;
      }
    }
  }
}

/** Lines of sight of all radii at one position angle: 2 DEPTHS + 1 places each, with their weights. */
interface Sight {
  places: Places;
  weights: Float64Array;
  layers: Float64Array;
}

const STEPS = 2 * DEPTHS + 1;

function createSight(): Sight {
  const capacity = (GRID_RADII + 1) * STEPS;
  return {
    places: createPlaces(capacity),
    weights: new Float64Array(capacity),
    layers: new Float64Array(capacity * LAYER_COUNT),
  };
}

/** Places along the lines of sight; in front of the disk those behind the surface get no weight. */
function lookAlong({ places, weights }: Sight, view: View, channel: Channel, cos: number, sin: number): void {
  places.count = weights.length;
  for (let r = 0; r <= GRID_RADII; r++) {
    const rho = GRID_FROM + ((GRID_TO - GRID_FROM) * r) / GRID_RADII;
    const [x, y] = [rho * cos, rho * sin];
    const front = rho < OPAQUE_RADIUS;
    const start = front ? Math.sqrt(OPAQUE_RADIUS ** 2 - rho * rho) : 0;
    const reach = Math.sqrt(2 * rho * 2.2 * channel.scaleHeight);
    for (let step = -DEPTHS; step <= DEPTHS; step++) {
      const s = start + (reach * step) / DEPTHS;
      const radius = Math.sqrt(rho * rho + s * s);
      const n = r * STEPS + step + DEPTHS;
      const towards = s * view.cosB0 - y * view.sinB0;
      places.x[n] = (towards * view.cosL0 - x * view.sinL0) / radius;
      places.y[n] = (towards * view.sinL0 + x * view.cosL0) / radius;
      places.z[n] = (y * view.cosB0 + s * view.sinB0) / radius;
      const weight = Math.exp(-(radius - Math.max(rho, 1)) / (1.4 * channel.scaleHeight));
      weights[n] = front && step < 0 ? 0 : weight;
    }
  }
}

function meanOf({ weights, layers }: Sight, r: number, factor: LocalFactor): number {
  let sum = 0;
  let total = 0;
  for (let n = r * STEPS; n < (r + 1) * STEPS; n++) {
    if (weights[n] === 0) continue;
    sum += weights[n]! * factor(layers, n * LAYER_COUNT);
    total += weights[n]!;
  }
  return sum / total;
}

/** Whether a smooth hole level is inside (1), outside (0) or on the way. */
export function holeShare(level: number): number {
  const t = Math.min(1, Math.max(0, (level + 0.4) / 0.8));
  return t * t * (3 - 2 * t);
}

/** Emission of the corona over one place relative to quiet Sun. */
export function coronaFactor(channel: Channel): LocalFactor {
  return (layers, at) => {
    const dark = 1 - (1 - channel.hole) * holeShare(layers[at + LAYERS.hole]!);
    const hot = channel.haze * (0.6 * layers[at + LAYERS.haze]! + layers[at + LAYERS.core]!);
    return dark * Math.exp(channel.large * 0.7 * layers[at + LAYERS.large]!) + hot;
  };
}
