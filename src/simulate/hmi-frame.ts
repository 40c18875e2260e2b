/** Files of HMI: magnetograms of two cadences, and the continuum beside the line. */
import { writeImage } from '../fits/index.ts';
import { createRandom } from '../numeric/random.ts';
import { MAGNETOGRAM_FAULTS, type Magnetogram } from './faults/index.ts';
import type { FrameRequest, MadeFrame } from './frame-request.ts';
import { type Card, simulatedCards } from './headers/cards.ts';
import { hmiGeometry, hmiHeader } from './headers/hmi.ts';
import { type FrameStatistics, statisticsOf } from './instrument/statistics.ts';
import { stored } from './instrument/stored.ts';
import { DETECTOR_PIXELS, nominalObservation } from './observation.ts';
import { type FrameId, hmiSeriesOf, pathOf, slotTime } from './products.ts';
import { ephemerisAt, renderMagnetogramSteps, renderSunSteps } from './sun/index.ts';

const NO_PIXELS = new Float32Array(0);
const BLANK_32 = -2_147_483_648;
const BLANK_16 = -32_768;
const GAUSS_STEP = 0.1;
/** Noise of magnetograms of 720 s and of 45 s per full-resolution pixel, gauss (Liu et al. 2012). */
const MAGNETOGRAM_NOISE = 6.3;
const MAGNETOGRAM_NOISE_45S = 10.2;
/** How HMI's continuum is stored, DN/s. */
export const CONTINUUM_STEP = 3;
export const CONTINUUM_ZERO = 97_304;
/** DN/s at the centre of the disk, about as measured. */
const CONTINUUM_CENTRE = 58_000;
/** The nearest that the synthetic Sun has to the light beside HMI's line at 6173 angstrom: the photosphere. */
const CONTINUUM_CHANNEL = 4500;

export function* magnetogramSteps(request: FrameRequest, id: FrameId): Generator<void, MadeFrame> {
  const { seed, size, fault: planned } = request;
  const magnetogram = nominalMagnetogram(request, id);
  const { random } = magnetogram;
  const fault = planned && MAGNETOGRAM_FAULTS[planned.fault.name];
  fault?.prepare?.(magnetogram);
  const { geometry } = magnetogram;
  const field = yield* renderMagnetogramSteps({ seed, time: slotTime(id), geometry });
  magnetogram.field = field;
  const pixelNoise = id.product === 'hmi-45s' ? MAGNETOGRAM_NOISE_45S : MAGNETOGRAM_NOISE;
  const noise = (pixelNoise * size) / DETECTOR_PIXELS;
  let onDisk = 0;
  for (let i = 0; i < field.length; i++) {
    if (Number.isNaN(field[i]!)) continue;
    field[i]! += noise * random.normal();
    onDisk++;
  }
  fault?.spoil?.(magnetogram);
  const statistics = statisticsOf(field);
  const cards = hmiCards(request, id, statistics, 1 - statistics.finite / Math.max(1, onDisk));
  const data = stored(field, new Int32Array(field.length), GAUSS_STEP, BLANK_32);
  const bytes = writeImage({
    width: size,
    height: size,
    data,
    cards: request.isBare ? simulatedCards(seed) : cards,
    compression: 'RICE_1',
    bscale: GAUSS_STEP,
    bzero: 0,
    blank: BLANK_32,
  });
  const cut = planned?.fault.file?.(bytes, nominalObservation({ ...id, wavelength: 4500 }, 16, seed));
  return { bytes: cut ?? bytes, cards };
}

/** Beyond the limb there is nothing. */
export function* continuumSteps(request: FrameRequest, id: FrameId): Generator<void, MadeFrame> {
  const { seed, size, fault: planned } = request;
  const { geometry, radiusPixels } = nominalMagnetogram(request, id);
  const { centreX, centreY } = geometry;
  const sun = {
    seed,
    time: slotTime(id),
    wavelength: CONTINUUM_CHANNEL,
    size,
    geometry,
    degraded: false,
  };
  const light = yield* renderSunSteps(sun);
  const radiusAt = (i: number) =>
    Math.hypot((i % size) - centreX, Math.floor(i / size) - centreY) / radiusPixels;
  const centre = statisticsOf(light.filter((_, i) => radiusAt(i) < 0.2));
  const gain = CONTINUUM_CENTRE / centre.median;
  for (let i = 0; i < light.length; i++) light[i] = radiusAt(i) <= 1 ? light[i]! * gain : Number.NaN;
  const cards = hmiCards(request, id, statisticsOf(light));
  const numbers = light.map((value) => value - CONTINUUM_ZERO);
  const bytes = writeImage({
    width: size,
    height: size,
    data: stored(numbers, new Int16Array(light.length), CONTINUUM_STEP, BLANK_16),
    cards: request.isBare ? simulatedCards(seed) : cards,
    compression: 'RICE_1',
    bscale: CONTINUUM_STEP,
    bzero: CONTINUUM_ZERO,
    blank: BLANK_16,
  });
  const cut = planned?.fault.file?.(bytes, nominalObservation({ ...id, wavelength: 4500 }, 16, seed));
  return { bytes: cut ?? bytes, cards };
}

function nominalMagnetogram({ seed, size }: FrameRequest, id: FrameId): Magnetogram {
  const geometry = hmiGeometry(size);
  const { radiusArcsec } = ephemerisAt(slotTime(id));
  return {
    field: NO_PIXELS,
    geometry,
    radiusPixels: radiusArcsec / geometry.arcsecPerPixel,
    random: createRandom(`${seed}/noise/${pathOf(id)}`),
  };
}

/** The header tells the nominal geometry, also of frames that are not where they should be. */
export function hmiCards(
  { seed, size, fault }: FrameRequest,
  id: FrameId,
  statistics: FrameStatistics,
  missing = 0,
): Card[] {
  const ephemeris = ephemerisAt(slotTime(id));
  const quality = fault?.noticed ? (MAGNETOGRAM_FAULTS[fault.fault.name]?.bit ?? 0) : 0;
  const told = fault && !fault.noticed ? 0 : missing;
  const geometry = hmiGeometry(size);
  const series = hmiSeriesOf(id.product)!;
  return hmiHeader(
    { seed, series, record: id.slot, geometry, ephemeris, quality, missing: told },
    statistics,
  );
}
