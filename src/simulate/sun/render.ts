/**
 * One noise-free picture of the synthetic Sun. The same seed and time give the same Sun in every channel, at every size and
 * in whatever order pictures are asked for.
 */
import { SunganError } from '../../core/errors.ts';
import { renderBase } from './base.ts';
import { type Channel, findChannel, WAVELENGTHS } from './channels.ts';
import { degradationAt } from './degradation.ts';
import { drawBrightPoints, drawFlares } from './features.ts';
import { drawLoops } from './loops.ts';
import { addDiffraction, applyFieldStop, applyPointSpread } from './optics.ts';
import { drawSpots } from './spots.ts';
import { type SunState, sunStateAt } from './state.ts';
import { centredGeometry, createView, type Geometry } from './view.ts';

export interface SunRequest {
  seed: number | string;
  time: Date;
  /** Angstrom, one of AIA's ten. */
  wavelength: number;
  /** Pixels a side. */
  size: number;
  /** Where the Sun lies in the picture; default: centred, north up, 0.6 * 4096 / size arcsec per pixel. */
  geometry?: Geometry;
  /** Dims the picture as the instrument has aged; default true. */
  degraded?: boolean;
}

/** Below this many pixels a side the picture is drawn larger and averaged, as small pixels of the detector would be. */
const MIN_DRAWN = 128;
const FIELD_ARCSEC = 4096 * 0.6;

/** DN per pixel at nominal exposure, row 0 the southernmost; no noise, no pedestal, no saturation. */
export function renderSun(request: SunRequest): Float32Array {
  const steps = renderSunSteps(request);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** The same in steps of some milliseconds, for callers that must stay responsive. */
export function* renderSunSteps(request: SunRequest): Generator<void, Float32Array> {
  const channel = requireChannel(request.wavelength);
  const geometry = request.geometry ?? centredGeometry(request.size, FIELD_ARCSEC / request.size);
  const factor = Math.max(1, Math.ceil(MIN_DRAWN / Math.max(geometry.width, geometry.height)));
  const state = sunStateAt(request.seed, request.time);
  const drawn = yield* draw(state, channel, enlarge(geometry, factor));
  const gain = request.degraded === false ? 1 : degradationAt(channel.wavelength, request.time);
  return average(drawn, geometry.width, geometry.height, factor, gain);
}

function* draw(state: SunState, channel: Channel, geometry: Geometry): Generator<void, Float32Array> {
  const view = createView(geometry, state.ephemeris);
  const { width, height } = geometry;
  const image = new Float32Array(width * height);
  const canvas = { image, width, height };
  yield* renderBase(state, view, channel, image);
  if (channel.umbra < 1) drawSpots(image, view, channel, state);
  if (channel.loops > 0) {
    const hours = state.time.getTime() / 3_600_000;
    for (const region of state.regions) {
      drawLoops(canvas, view, channel, region, hours);
      yield;
    }
  }
  drawBrightPoints(canvas, view, channel, state);
  const flares = drawFlares(canvas, view, channel, state);
  yield;
  addDiffraction(image, geometry, channel.wavelength, flares);
  applyPointSpread(image, geometry);
  yield;
  applyFieldStop(image, geometry);
  return image;
}

function requireChannel(wavelength: number): Channel {
  const channel = findChannel(wavelength);
  if (channel) return channel;
  throw new SunganError('usage', `AIA has no channel at ${wavelength} angstrom`, {
    where: '--wavelength',
    remedy: `choose among ${WAVELENGTHS.join(', ')}`,
  });
}

/** The same field in pixels `factor` times smaller. */
function enlarge(geometry: Geometry, factor: number): Geometry {
  return {
    width: geometry.width * factor,
    height: geometry.height * factor,
    arcsecPerPixel: geometry.arcsecPerPixel / factor,
    centreX: (geometry.centreX + 0.5) * factor - 0.5,
    centreY: (geometry.centreY + 0.5) * factor - 0.5,
    rotationDegrees: geometry.rotationDegrees,
  };
}

/** Means of factor x factor pixels, times `gain`. */
function average(
  image: Float32Array,
  width: number,
  height: number,
  factor: number,
  gain: number,
): Float32Array {
  const result = factor === 1 ? image : new Float32Array(width * height);
  if (factor === 1) {
    for (let i = 0; i < image.length; i++) image[i]! *= gain;
    return result;
  }
  const share = gain / (factor * factor);
  for (let y = 0; y < height * factor; y++) {
    const to = Math.floor(y / factor) * width;
    for (let x = 0; x < width * factor; x++)
      result[to + Math.floor(x / factor)]! += image[y * width * factor + x]! * share;
  }
  return result;
}
