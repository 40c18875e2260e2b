/** The smooth part of a picture, pixel by pixel: surface, coronal shell and what lies beyond the limb. */
import type { Channel } from './channels.ts';
import { coronaFactor, GRID_FROM, holeShare, limbGrid, OPAQUE_RADIUS, pathTable } from './corona.ts';
import { finePattern, type Pattern } from './fine.ts';
import { buildMaps, LAYER_COUNT, LAYERS, sampleMaps } from './maps.ts';
import type { SunState } from './state.ts';
import { createField } from './texture.ts';
import type { View } from './view.ts';

/** Rows between two chances to let other work run. */
const BAND_ROWS = 32;
/** Far beyond this nothing but stray light remains. */
const FAR = 2.2;

/** Fills `image` (DN at nominal exposure, undegraded); yields after each band of rows. */
export function* renderBase(
  state: SunState,
  view: View,
  channel: Channel,
  image: Float32Array,
): Generator<void> {
  const { width, height, centreX, centreY } = view.geometry;
  const shade = createShader(state, view, channel);
  for (let row = 0; row < height; row++) {
    const dj = row - centreY;
    for (let column = 0; column < width; column++) {
      const di = column - centreX;
      image[row * width + column] = shade(view.a * di - view.b * dj, view.b * di + view.a * dj);
    }
    if (row % BAND_ROWS === BAND_ROWS - 1) yield;
  }
}

/** Brightness at (x, y) of the view frame, solar radii. */
function createShader(state: SunState, view: View, channel: Channel): (x: number, y: number) => number {
  const maps = buildMaps(state);
  const fine = finePattern(state.seed, state.time, 1 / view.radiusPixels);
  const path = pathTable(channel);
  const factor = coronaFactor(channel);
  const grid = limbGrid(view, maps, channel, factor);
  const rays = createRays(state, view);
  const layers = new Float64Array(LAYER_COUNT);
  const pattern: Pattern = { lane: 0, network: 0, mottle: 0, blob: 0, grain: 0 };
  const quiet = channel.surfaceDn + channel.coronaDn;

  const offLimb = (x: number, y: number, rho: number): number => {
    if (rho > FAR) return 0;
    const turn = Math.atan2(y, x) / (2 * Math.PI);
    return channel.coronaDn * path.at(rho) * grid.at(turn < 0 ? turn + 1 : turn, rho) * rays(x, y, rho);
  };

  const onDisk = (x: number, y: number, rho: number): number => {
    // The opaque sphere is a little larger than the Sun's radius; places on it are found by scaling down.
    const sx = x / OPAQUE_RADIUS;
    const sy = y / OPAQUE_RADIUS;
    const mu = Math.sqrt(Math.max(0, 1 - sx * sx - sy * sy));
    const towards = mu * view.cosB0 - sy * view.sinB0;
    const cx = towards * view.cosL0 - sx * view.sinL0;
    const cy = towards * view.sinL0 + sx * view.cosL0;
    const cz = sy * view.cosB0 + mu * view.sinB0;
    sampleMaps(maps, cx, cy, cz, layers);
    fine.at(cx, cy, cz, pattern);

    const hole = holeShare(layers[LAYERS.hole]! + 0.2 * pattern.mottle + 0.18 * pattern.blob);
    const filament = filamentShare(layers, pattern);
    const plage = Math.min(1.3, layers[LAYERS.plage]!);
    const haze = layers[LAYERS.haze]!;
    const core = layers[LAYERS.core]!;
    const texture = Math.exp(
      channel.network * (1 - 0.5 * hole) * pattern.network +
        channel.mottle * pattern.mottle +
        channel.blob * pattern.blob,
    );
    let value = channel.surfaceDn * (1 - channel.limbDarkening * (1 - mu)) * texture;
    value *= 1 - (1 - channel.hole) * hole;
    if (channel.large > 0) value *= Math.exp(channel.large * layers[LAYERS.large]!);
    value *= 1 + channel.plage * plage * Math.max(0, 2.2 * pattern.lane + 0.5 * pattern.mottle + 0.25);
    if (channel.coronaDn > 0) {
      const local =
        factor(layers) * Math.exp(0.8 * channel.mottle * pattern.mottle + channel.blob * pattern.blob);
      const near = Math.min(1, Math.max(0, (rho - GRID_FROM) / (1 - GRID_FROM)));
      const turn = near > 0 ? Math.atan2(y, x) / (2 * Math.PI) : 0;
      const mean = near > 0 ? local + (grid.at(turn < 0 ? turn + 1 : turn, rho) - local) * near : local;
      value += channel.coronaDn * path.at(rho) * mean;
      const hot =
        0.25 * haze * Math.exp(0.4 * pattern.blob) +
        0.9 * core * Math.exp(0.6 * pattern.mottle + 0.35 * pattern.network);
      value += quiet * channel.haze * hot;
    }
    return (
      value *
      (1 - (1 - channel.filament) * filament) *
      (1 + channel.mottle * 0.4 * pattern.grain * (channel.coronaDn > 0 ? 0 : 1))
    );
  };

  return (x, y) => {
    const rho = Math.sqrt(x * x + y * y);
    return rho < OPAQUE_RADIUS ? onDisk(x, y, rho) : offLimb(x, y, rho);
  };
}

/** Dark along the zero line of a smooth field, where the mask allows: sinuous, with ragged ends. */
function filamentShare(layers: Float64Array, pattern: Pattern): number {
  const mask = layers[LAYERS.filament]! - 0.35;
  if (mask <= 0) return 0;
  const distance = (layers[LAYERS.spine]! + 0.03 * pattern.mottle) / 0.07;
  if (Math.abs(distance) > 2.5) return 0;
  return Math.min(1, 2.5 * mask) * Math.exp(-distance * distance);
}

/** Radial rays and plumes above the limb; the pattern belongs to the Sun and turns with it. */
function createRays(state: SunState, view: View): (x: number, y: number, rho: number) => number {
  const epoch = Math.floor(state.time.getTime() / 86_400_000 / 27);
  const broad = createField(`${state.seed}/rays/${epoch}/broad`, 0.25);
  const wide = createField(`${state.seed}/rays/${epoch}`, 0.075);
  const narrow = createField(`${state.seed}/rays/${epoch}/narrow`, 0.03);
  return (x, y, rho) => {
    // Radial structures: direction only, bent slightly with height.
    const lift = 1 + 0.25 * (rho - 1);
    const ux = (x / rho) * lift;
    const uy = (y / rho) * lift;
    const towards = -uy * view.sinB0;
    const cx = towards * view.cosL0 - ux * view.sinL0;
    const cy = towards * view.sinL0 + ux * view.cosL0;
    const cz = uy * view.cosB0;
    const growth = Math.min(1, 0.35 + 4 * (rho - 1));
    return Math.exp(0.16 * broad(cx, cy, cz) + growth * (0.1 * wide(cx, cy, cz) + 0.05 * narrow(cx, cy, cz)));
  };
}
