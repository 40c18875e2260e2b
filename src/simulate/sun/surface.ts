/** Brightness on the disk: pattern, holes, filaments, plage, and the corona in front of them. */
import type { PixelRow, RowShader } from './base.ts';
import type { Channel } from './channels.ts';
import {
  GRID_FROM,
  holeShare,
  type LimbGrid,
  type LocalFactor,
  OPAQUE_RADIUS,
  type PathTable,
} from './corona.ts';
import { createPatternRow, finePattern, type PatternRow } from './fine.ts';
import { LAYER_COUNT, LAYERS, type SurfaceMaps, sampleMaps } from './maps.ts';
import { createPlaces, type Places } from './rows.ts';
import type { SunState } from './state.ts';
import type { View } from './view.ts';

/** The corona's tables, shared by disk and sky. */
export interface Corona {
  path: PathTable;
  grid: LimbGrid;
  factor: LocalFactor;
}

export function createSurfaceShader(
  state: SunState,
  view: View,
  channel: Channel,
  maps: SurfaceMaps,
  corona: Corona,
): RowShader {
  const { width } = view.geometry;
  const fine = finePattern(state.seed, state.time, 1 / view.radiusPixels, width);
  const places = createPlaces(width);
  const mu = new Float64Array(width);
  const layers = new Float64Array(width * LAYER_COUNT);
  const pattern = createPatternRow(width);
  return (pixels, image) => {
    placePixels(view, pixels, places, mu);
    sampleMaps(maps, places, layers);
    fine.fill(places, pattern);
    for (let n = 0; n < pixels.count; n++) {
      let value = chromosphere(channel, layers, n, pattern, mu[n]!);
      if (channel.coronaDn > 0) value += coronaAbove(channel, corona, layers, n, pattern, pixels);
      else value *= 1 + 0.4 * channel.mottle * pattern.grain[n]!;
      image[pixels.index[n]!] = value * (1 - (1 - channel.filament) * filamentShare(layers, n, pattern));
    }
  };
}

/** The opaque sphere is a little larger than the Sun's radius; places on it are found by scaling down. */
function placePixels(view: View, pixels: PixelRow, places: Places, mu: Float64Array): void {
  places.count = pixels.count;
  for (let n = 0; n < pixels.count; n++) {
    const x = pixels.x[n]! / OPAQUE_RADIUS;
    const y = pixels.y[n]! / OPAQUE_RADIUS;
    const z = Math.sqrt(Math.max(0, 1 - x * x - y * y));
    const towards = z * view.cosB0 - y * view.sinB0;
    places.x[n] = towards * view.cosL0 - x * view.sinL0;
    places.y[n] = towards * view.sinL0 + x * view.cosL0;
    places.z[n] = y * view.cosB0 + z * view.sinB0;
    mu[n] = z;
  }
}

/** What the surface itself sends: network and mottles, darker in holes, brighter in plage. */
function chromosphere(
  channel: Channel,
  layers: Float64Array,
  n: number,
  pattern: PatternRow,
  mu: number,
): number {
  const at = n * LAYER_COUNT;
  const mottle = pattern.mottle[n]!;
  const blob = pattern.blob[n]!;
  const hole = holeShare(layers[at + LAYERS.hole]! + 0.2 * mottle + 0.18 * blob);
  const plage = Math.min(1.3, layers[at + LAYERS.plage]!);
  const contrast =
    channel.network * (1 - 0.5 * hole) * pattern.network[n]! +
    channel.mottle * mottle +
    channel.blob * blob +
    channel.large * layers[at + LAYERS.large]!;
  const level = channel.surfaceDn * (1 - channel.limbDarkening * (1 - mu)) * (1 - (1 - channel.hole) * hole);
  const boost = 1 + channel.plage * plage * Math.max(0, 2.2 * pattern.lane[n]! + 0.5 * mottle + 0.25);
  return level * Math.exp(contrast) * boost;
}

/** The shell of the corona, by local brightness inside and by the line of sight near the limb, and hot regions. */
function coronaAbove(
  channel: Channel,
  corona: Corona,
  layers: Float64Array,
  n: number,
  pattern: PatternRow,
  pixels: PixelRow,
): number {
  const at = n * LAYER_COUNT;
  const rho = pixels.rho[n]!;
  const mottle = pattern.mottle[n]!;
  const blob = pattern.blob[n]!;
  let local = corona.factor(layers, at) * Math.exp(0.8 * channel.mottle * mottle + channel.blob * blob);
  if (rho > GRID_FROM) {
    const turn = Math.atan2(pixels.y[n]!, pixels.x[n]!) / (2 * Math.PI);
    const near = Math.min(1, (rho - GRID_FROM) / (1 - GRID_FROM));
    local += (corona.grid.at(turn < 0 ? turn + 1 : turn, rho) - local) * near;
  }
  const hot =
    0.25 * layers[at + LAYERS.haze]! * Math.exp(0.4 * blob) +
    0.9 * layers[at + LAYERS.core]! * Math.exp(0.6 * mottle + 0.35 * pattern.network[n]!);
  return (
    channel.coronaDn * corona.path.at(rho) * local +
    (channel.surfaceDn + channel.coronaDn) * channel.haze * hot
  );
}

/** Dark along the zero line of a smooth field, where the mask allows: sinuous, with ragged ends. */
function filamentShare(layers: Float64Array, n: number, pattern: PatternRow): number {
  const at = n * LAYER_COUNT;
  const mask = layers[at + LAYERS.filament]! - 0.35;
  if (mask <= 0) return 0;
  const distance = (layers[at + LAYERS.spine]! + 0.03 * pattern.mottle[n]!) / 0.07;
  if (Math.abs(distance) > 2.5) return 0;
  return Math.min(1, 2.5 * mask) * Math.exp(-distance * distance);
}
