/**
 * The line-of-sight magnetic field of the same Sun: bipolar regions by the laws of Hale and Joy with spots and plage,
 * mixed-polarity network in between, polar fields of the cycle. Radial field times mu.
 */

import { SOLAR_RADIUS_MM } from './ephemeris.ts';
import { chargesOf, fromLocal, localFrame } from './field-lines.ts';
import { finePattern, type Pattern } from './fine.ts';
import { aroundSpot, spotsOf } from './spots.ts';
import { type SunState, sunStateAt } from './state.ts';
import { createField } from './texture.ts';
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
  const fieldAt = createFieldModel(state, view);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const di = column - centreX;
      const dj = row - centreY;
      const x = view.a * di - view.b * dj;
      const y = view.b * di + view.a * dj;
      const rest = 1 - x * x - y * y;
      if (rest > 0) image[row * width + column] = fieldAt(x, y, Math.sqrt(rest));
    }
    if (row % BAND_ROWS === BAND_ROWS - 1) yield;
  }
  drawSpotFields(image, view, state);
  return image;
}

function createFieldModel(state: SunState, view: View): (x: number, y: number, z: number) => number {
  const pixel = 1 / view.radiusPixels;
  const fine = finePattern(state.seed, state.time, pixel);
  const epoch = Math.floor(state.time.getTime() / 86_400_000 / 3);
  const polarity = createField(`${state.seed}/polarity/${epoch}`, 0.016);
  const clumps = createField(`${state.seed}/clumps/${epoch}`, 0.008);
  const poles = state.regions.flatMap(polesOf).filter((pole) => toView(view, pole.position)[2] > -0.1);
  const pattern: Pattern = { lane: 0, network: 0, mottle: 0, blob: 0, grain: 0 };
  const polar = polarField(state.year);
  return (x, y, z) => {
    const towards = z * view.cosB0 - y * view.sinB0;
    const cx = towards * view.cosL0 - x * view.sinL0;
    const cy = towards * view.sinL0 + x * view.cosL0;
    const cz = y * view.cosB0 + z * view.sinB0;
    fine.at(cx, cy, cz, pattern);
    const background =
      backgroundOf(poles, cx, cy, cz) + polar * Math.sign(cz) * Math.max(0, Math.abs(cz) - 0.8);
    const clump = Math.max(0, clumps(cx, cy, cz) - 0.7 + 0.9 * pattern.lane);
    const sign = Math.tanh(3 * (polarity(cx, cy, cz) + background / 60));
    const network = NETWORK_GAUSS * sign * clump * clump * pattern.lane;
    const plage = background * Math.max(0.06, 1.7 * clump);
    return (network + plage) * z;
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
        const strength =
          UMBRA_GAUSS * Math.min(1, 0.5 + spot.radiusMm / 24) * Math.exp(-1.6 * distance * distance);
        image[index] = image[index]! * (1 - Math.exp(-distance)) + spot.sign * strength * mu;
      });
    }
  }
}
