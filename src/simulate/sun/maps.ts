/**
 * The slowly varying state of the surface on a coarse Carrington map: where holes, hot plasma, plage and filaments are.
 * Rows are uniform in the sine of latitude, so that a lookup needs no arcsine. Sharp edges are made later from smooth
 * levels (a hole's outline, a filament's spine), so the map's 1 degree does not show at any image size.
 */
import { polarHoleEdge } from './cycle.ts';
import { SOLAR_RADIUS_MM } from './ephemeris.ts';
import { holeLevel } from './holes.ts';
import { COSINES, MAP_COLUMNS, MAP_ROWS, SINES, slowPatterns } from './patterns.ts';
import type { ActiveRegion } from './regions.ts';
import type { Places } from './rows.ts';
import type { SunState } from './state.ts';
import { onSphere } from './view.ts';

/** Values per cell, in this order. */
export const LAYERS = { hole: 0, haze: 1, core: 2, plage: 3, large: 4, spine: 5, filament: 6 } as const;
export const LAYER_COUNT = 7;

export interface SurfaceMaps {
  /** [row][column][layer], one extra column repeating the first and one extra row repeating the last. */
  data: Float32Array;
}

const DEGREE = Math.PI / 180;
/** Cosine from the observer's direction: farther back nothing can be seen, not even high above the limb. */
const FAR_SIDE = -0.62;

export function buildMaps(state: SunState): SurfaceMaps {
  const data = new Float32Array((MAP_ROWS + 1) * (MAP_COLUMNS + 1) * LAYER_COUNT);
  const patterns = slowPatterns(state.seed, state.time);
  const { large, spine, filament, ragged, finer } = patterns;
  const edge = polarHoleEdge(state.year);
  for (let row = 0; row < MAP_ROWS; row++) {
    const z = -1 + (2 * row) / (MAP_ROWS - 1);
    const ring = Math.sqrt(Math.max(0, 1 - z * z));
    const latitude = Math.asin(z) / DEGREE;
    for (let column = 0; column < MAP_COLUMNS; column++) {
      const x = ring * COSINES[column]!;
      const y = ring * SINES[column]!;
      const from = row * MAP_COLUMNS + column;
      const at = (row * (MAP_COLUMNS + 1) + column) * LAYER_COUNT;
      let hole = (Math.abs(latitude) - edge) / 9;
      for (const one of state.holes) hole = Math.max(hole, 1.6 * holeLevel(one, x, y, z));
      if (hole > -1.8) hole += 0.45 * ragged[from]! + 0.4 * finer[from]!;
      data[at + LAYERS.hole] = hole;
      data[at + LAYERS.large] = large[from]!;
      data[at + LAYERS.spine] = spine[from]! + 0.12 * finer[from]!;
      // Filaments avoid the equator and the poles: they crown the belts between 15 and 65 degrees.
      data[at + LAYERS.filament] = filament[from]! - Math.abs(Math.abs(latitude) - 38) / 18;
    }
  }
  const [ox, oy, oz] = onSphere(state.ephemeris.b0, state.ephemeris.l0);
  for (const region of state.regions) {
    const [x, y, z] = onSphere(region.latitude, region.longitude);
    if (x * ox + y * oy + z * oz > FAR_SIDE) addRegion(data, region);
  }
  closeEdges(data);
  return { data };
}

/** Adds hot haze around the region's bipole and plage over its decayed flux; both push holes away. */
function addRegion(data: Float32Array, region: ActiveRegion): void {
  const { plageRadius, dispersal, flux } = region;
  // Old flux is sheared by differential rotation: stretched in longitude.
  const stretch = 1 + 1.2 * dispersal;
  const reach = 2.3 * plageRadius;
  const coreRadius = (0.6 * region.separationMm) / SOLAR_RADIUS_MM;
  const haze = flux * (1 - 0.45 * dispersal);
  const core = flux ** 1.1 * (1 - 0.8 * dispersal);
  const plage = Math.min(1.2, 1.1 * flux ** 0.6) * (1 - 0.55 * dispersal);
  const clearing = 3 * Math.min(1, 2.5 * flux);
  const [cosLongitude, sinLongitude] = [Math.cos(region.longitude), Math.sin(region.longitude)];
  const north = onSphere(region.latitude + Math.PI / 2, region.longitude);
  const rowOf = (latitude: number) => ((Math.sin(latitude) + 1) / 2) * (MAP_ROWS - 1);
  const rowTo = Math.min(MAP_ROWS - 1, Math.ceil(rowOf(region.latitude + reach)));
  const middle = Math.round((region.longitude / (2 * Math.PI)) * MAP_COLUMNS);
  const halfColumns = Math.ceil(
    ((reach * stretch) / Math.cos(region.latitude) / (2 * Math.PI)) * MAP_COLUMNS,
  );
  for (let row = Math.max(0, Math.floor(rowOf(region.latitude - reach))); row <= rowTo; row++) {
    const z = -1 + (2 * row) / (MAP_ROWS - 1);
    const ring = Math.sqrt(Math.max(0, 1 - z * z));
    for (let offset = middle - halfColumns; offset <= middle + halfColumns; offset++) {
      const column = ((offset % MAP_COLUMNS) + MAP_COLUMNS) % MAP_COLUMNS;
      const x = ring * COSINES[column]!;
      const y = ring * SINES[column]!;
      const u = (y * cosLongitude - x * sinLongitude) / stretch;
      const v = x * north[0] + y * north[1] + z * north[2];
      const d2 = u * u + v * v;
      if (d2 > reach * reach) continue;
      // Powers 3/4 and 5/4 of one Gaussian, by square roots: wider for the clearing, narrower for the plage.
      const bell = Math.exp(-d2 / (plageRadius * plageRadius));
      const half = Math.sqrt(bell);
      const quarter = Math.sqrt(half);
      const at = (row * (MAP_COLUMNS + 1) + column) * LAYER_COUNT;
      data[at + LAYERS.haze]! += haze * bell;
      data[at + LAYERS.plage]! += plage * bell * quarter;
      data[at + LAYERS.hole]! -= clearing * half * quarter;
      if (d2 < 6 * coreRadius * coreRadius)
        data[at + LAYERS.core]! += core * Math.exp(-d2 / (coreRadius * coreRadius));
    }
  }
}

/** Repeats the first column and the last row, so that interpolation needs no wrap. */
function closeEdges(data: Float32Array): void {
  const rowLength = (MAP_COLUMNS + 1) * LAYER_COUNT;
  for (let row = 0; row < MAP_ROWS; row++) {
    const from = row * rowLength;
    data.copyWithin(from + MAP_COLUMNS * LAYER_COUNT, from, from + LAYER_COUNT);
  }
  data.copyWithin(MAP_ROWS * rowLength, (MAP_ROWS - 1) * rowLength, MAP_ROWS * rowLength);
}

/** Bilinear samples of all layers at a row of places, LAYER_COUNT values for each, written to `out`. */
export function sampleMaps({ data }: SurfaceMaps, places: Places, out: Float64Array): void {
  const { x, y, z, count } = places;
  for (let n = 0; n < count; n++) {
    const turn = arctangent(y[n]!, x[n]!) * (1 / (2 * Math.PI));
    const u = (turn < 0 ? turn + 1 : turn) * MAP_COLUMNS;
    const v = (z[n]! + 1) * 0.5 * (MAP_ROWS - 1);
    const column = Math.min(MAP_COLUMNS - 1, u | 0);
    const row = Math.min(MAP_ROWS - 1, Math.max(0, v | 0));
    const fu = u - column;
    const fv = v - row;
    const a = (row * (MAP_COLUMNS + 1) + column) * LAYER_COUNT;
    const c = a + (MAP_COLUMNS + 1) * LAYER_COUNT;
    const w00 = (1 - fu) * (1 - fv);
    const w10 = fu * (1 - fv);
    const w01 = (1 - fu) * fv;
    const w11 = fu * fv;
    const to = n * LAYER_COUNT;
    for (let layer = 0; layer < LAYER_COUNT; layer++) {
      const low = w00 * data[a + layer]! + w10 * data[a + LAYER_COUNT + layer]!;
      out[to + layer] = low + w01 * data[c + layer]! + w11 * data[c + LAYER_COUNT + layer]!;
    }
  }
}

/** atan2 within 1e-4 radian, several times faster than the exact one: a tenth of a map cell. */
function arctangent(y: number, x: number): number {
  const ax = Math.abs(x);
  const ay = Math.abs(y);
  const ratio = Math.min(ax, ay) / Math.max(ax, ay, 1e-30);
  const s = ratio * ratio;
  let angle = ((-0.0464964749 * s + 0.15931422) * s - 0.327622764) * s * ratio + ratio;
  if (ay > ax) angle = Math.PI / 2 - angle;
  if (x < 0) angle = Math.PI - angle;
  return y < 0 ? -angle : angle;
}
