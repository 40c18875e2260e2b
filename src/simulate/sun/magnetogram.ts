/**
 * The line-of-sight magnetic field of the same Sun: bipolar regions by the laws of Hale and Joy with spots and plage,
 * mixed-polarity network in between, polar fields of the cycle. Radial field times mu.
 */

import { driftingFields } from './drifting.ts';
import { SOLAR_RADIUS_MM } from './ephemeris.ts';
import { chargesOf, fromLocal, localFrame } from './field-lines.ts';
import { FINE_SIZES, laneOf, resolvedShare } from './fine.ts';
import { createPlaces, type Places } from './rows.ts';
import { aroundSpot, spotsOf } from './spots.ts';
import { type SunState, sunStateAt } from './state.ts';
import { createView, type Geometry, toView, type Vector, type View } from './view.ts';

export interface MagnetogramRequest {
  seed: number | string;
  time: Date;
  geometry: Geometry;
}

/** Field strength in a large region's plage, before clumping, and in umbrae, gauss. */
const PLAGE_GAUSS = 420;
const UMBRA_GAUSS = 2300;
const NETWORK_GAUSS = 190;
const BAND_ROWS = 32;
/** The lanes and their clumps are those of the pictures; on them lie knots of either sign. Solar radii. */
const NETWORK_SIZES = {
  lanes: FINE_SIZES.lanes,
  clumps: FINE_SIZES.clumps,
  mottles: FINE_SIZES.mottles,
  polarity: 0.016,
  knots: 0.011,
} as const;

interface Pole {
  position: Vector;
  /** 1 / (2 sigma^2) in solar radii. */
  sharpness: number;
  gauss: number;
}

/** Gauss, toward the observer positive; NaN beyond the limb. Row 0 as in the file: `geometry` says how it lies on the sky. */
export function* renderMagnetogramSteps(request: MagnetogramRequest): Generator<void, Float32Array> {
  const state = sunStateAt(request.seed, request.time);
  const view = createView(request.geometry, state.ephemeris);
  const { width, height, centreX, centreY } = request.geometry;
  const image = new Float32Array(width * height).fill(Number.NaN);
  const fillRow = createFieldModel(state, view);
  const disk = { index: new Int32Array(width), mu: new Float64Array(width), places: createPlaces(width) };
  for (let row = 0; row < height; row++) {
    disk.places.count = 0;
    for (let column = 0; column < width; column++) {
      const di = column - centreX;
      const dj = row - centreY;
      placePixel(view, disk, row * width + column, view.a * di - view.b * dj, view.b * di + view.a * dj);
    }
    fillRow(disk, image);
    if (row % BAND_ROWS === BAND_ROWS - 1) yield;
  }
  drawSpotFields(image, view, state);
  return image;
}

interface DiskRow {
  index: Int32Array;
  mu: Float64Array;
  places: Places;
}

function placePixel(view: View, disk: DiskRow, index: number, x: number, y: number): void {
  const rest = 1 - x * x - y * y;
  if (rest <= 0) return;
  const { places } = disk;
  const z = Math.sqrt(rest);
  const towards = z * view.cosB0 - y * view.sinB0;
  const n = places.count++;
  places.x[n] = towards * view.cosL0 - x * view.sinL0;
  places.y[n] = towards * view.sinL0 + x * view.cosL0;
  places.z[n] = y * view.cosB0 + z * view.sinB0;
  disk.index[n] = index;
  disk.mu[n] = z;
}

function createFieldModel(state: SunState, view: View): (disk: DiskRow, image: Float32Array) => void {
  const { width } = view.geometry;
  const mottlesWeight = resolvedShare('mottles', 1 / view.radiusPixels);
  const fields = driftingFields({
    seed: state.seed,
    time: state.time,
    sizes: NETWORK_SIZES,
    weights: { lanes: 1, clumps: 1, mottles: mottlesWeight, polarity: 1, knots: 1 },
    capacity: width,
  });
  const poles = state.regions.flatMap(polesOf).filter((pole) => toView(view, pole.position)[2] > -0.1);
  const polar = polarField(state.year);
  return ({ index, mu, places }, image) => {
    const { lanes, clumps, mottles, polarity, knots } = fields.sample(places);
    for (let n = 0; n < places.count; n++) {
      const z = places.z[n]!;
      const cap = polar * Math.sign(z) * Math.max(0, Math.abs(z) - 0.8);
      const background = backgroundOf(poles, places.x[n]!, places.y[n]!, z) + cap;
      const lane = laneOf(lanes[n]!, clumps[n]!, mottles[n]!, mottlesWeight);
      const clump = Math.max(0, knots[n]! - 0.7 + 0.9 * lane);
      const network = NETWORK_GAUSS * Math.tanh(3 * (polarity[n]! + background / 60)) * clump * clump * lane;
      image[index[n]!] = (network + background * Math.max(0.06, 1.7 * clump)) * mu[n]!;
    }
  };
}

function polesOf(region: SunState['regions'][number]): Pole[] {
  const frame = localFrame(region.latitude, region.longitude);
  return chargesOf(region).map((charge) => {
    const leading = Math.sign(charge.value) === region.leadingSign;
    const sigma =
      (region.separationMm * (leading ? 0.2 : 0.3) * (1 + 1.6 * region.dispersal)) / SOLAR_RADIUS_MM;
    return {
      position: fromLocal(frame, charge.x, charge.y, 0),
      sharpness: 0.5 / (sigma * sigma),
      gauss: (PLAGE_GAUSS * charge.value * 2.5 * region.flux ** 0.6) / (1 + 1.6 * region.dispersal) ** 2,
    };
  });
}

function backgroundOf(poles: readonly Pole[], x: number, y: number, z: number): number {
  let sum = 0;
  for (const { position, sharpness, gauss } of poles) {
    const d2 = 2 - 2 * (x * position[0] + y * position[1] + z * position[2]);
    if (d2 * sharpness < 6) sum += gauss * Math.exp(-d2 * sharpness);
  }
  return sum;
}

/** Polar caps of some gauss at 0.2 below the pole: strongest at minimum, the northern one positive in 2019, negative in 2008. */
function polarField(year: number): number {
  return 60 * Math.cos((2 * Math.PI * (year - 2019.9)) / 22);
}

function drawSpotFields(image: Float32Array, view: View, state: SunState): void {
  for (const region of state.regions) {
    for (const spot of spotsOf(region)) {
      const mu = Math.max(0, toView(view, spot.position)[2]);
      aroundSpot(view, spot, 1.6, (index, distance) => {
        const share = Math.exp(-1.6 * distance * distance);
        const strength = UMBRA_GAUSS * Math.min(1, 0.5 + spot.radiusMm / 24) * share;
        image[index] = image[index]! * (1 - share) + spot.sign * strength * mu;
      });
    }
  }
}
