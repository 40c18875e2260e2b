/** One file of the simulated archive, from nothing but seed, slot and planned fault: the same bytes every time. */
import { writeImage } from '../fits/index.ts';
import { createRandom } from '../numeric/random.ts';
import { MAGNETOGRAM_FAULTS, type Magnetogram, type PlannedFault } from './faults/index.ts';
import { aiaHeader } from './headers/aia.ts';
import { type Card, simulatedCards } from './headers/cards.ts';
import { hmiGeometry, hmiHeader, utcOfTai } from './headers/hmi.ts';
import { expose } from './instrument/detector.ts';
import { type FrameStatistics, statisticsOf } from './instrument/statistics.ts';
import { DETECTOR_PIXELS, nominalObservation, type Observation } from './observation.ts';
import { type FrameId, isCompressed, isLevel1, pathOf } from './products.ts';
import { ephemerisAt, renderMagnetogramSteps, renderSunSteps } from './sun/index.ts';

export interface FrameRequest {
  id: FrameId;
  seed: number | string;
  /** Pixels a side. */
  size: number;
  fault?: PlannedFault | undefined;
  /** Time between slots, for the fault that delivers the neighbour's frame. */
  stepMs: number;
  /** How often the archive has made this file anew since: shows in DATE. */
  revision?: number;
  /** Pixels with hardly a keyword, as files lie in JSOC's storage. */
  isBare?: boolean;
}

const NO_PIXELS = new Float32Array(0);

const SYNOPTIC_STEP_DN = 0.0625;
const BLANK_32 = -2_147_483_648;
const BLANK_16 = -32_768;
const GAUSS_STEP = 0.1;
/** Noise of a 720-second magnetogram per full-resolution pixel, gauss (Liu et al. 2012). */
const MAGNETOGRAM_NOISE = 6.3;

/** A finished file, and the keywords that a database of the archive would have of it. */
export interface MadeFrame {
  bytes: Uint8Array;
  cards: readonly Card[];
}

/** The file in steps of some milliseconds each. */
export function* frameSteps(request: FrameRequest): Generator<void, MadeFrame> {
  const fault = request.fault?.fault;
  const id = fault?.substitute?.(request.id, request.stepMs) ?? request.id;
  if (id.product === 'hmi') return yield* magnetogramSteps(request, id);
  const observation = nominalObservation(id, request.size, request.seed);
  observation.revision = request.revision ?? 0;
  fault?.prepare?.(observation);
  const image = yield* lightSteps(observation);
  fault?.light?.(image, observation);
  yield;
  const counts = measure(image, observation);
  fault?.counts?.(counts, observation);
  if (request.fault?.noticed) fault?.report?.(observation);
  yield;
  const cards = aiaHeader(observation, statisticsOf(counts));
  const bytes = encode(counts, observation, request.isBare ? simulatedCards(request.seed) : cards);
  return { bytes: fault?.file?.(bytes, observation) ?? bytes, cards };
}

/** The keywords of an AIA frame as they are known without drawing it: all but the statistics of its pixels. */
export function keywordsBeforeDrawing(request: FrameRequest): readonly Card[] {
  const fault = request.fault?.fault;
  const id = fault?.substitute?.(request.id, request.stepMs) ?? request.id;
  if (id.product === 'hmi') return magnetogramCards(request, id, statisticsOf(NO_PIXELS));
  const observation = nominalObservation(id, request.size, request.seed);
  observation.revision = request.revision ?? 0;
  fault?.prepare?.(observation);
  // Faults of the counts decide which pixels are missing, whatever was in them.
  const counts = fault?.counts ? new Float32Array(request.size ** 2) : NO_PIXELS;
  fault?.counts?.(counts, observation);
  if (request.fault?.noticed) fault?.report?.(observation);
  return aiaHeader(observation, statisticsOf(counts));
}

/** Length of an uncompressed AIA file, without drawing its frame. */
export function fileBytesOf({ id, size, seed }: FrameRequest): number {
  const observation = nominalObservation(id, size, seed);
  const cards = aiaHeader(observation, statisticsOf(NO_PIXELS));
  return encode(new Float32Array(size * size), observation, cards).length;
}

/** Runs the steps to the end at once. */
export function makeFrame(request: FrameRequest): Uint8Array {
  const steps = frameSteps(request);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value.bytes;
  }
}

function* lightSteps(observation: Observation): Generator<void, Float32Array> {
  const { geometry, seed, time, seen, size, shutterOpens } = observation;
  if (!shutterOpens) return new Float32Array(geometry.width * geometry.height);
  return yield* renderSunSteps({ seed, time, wavelength: seen.wavelength, size, geometry });
}

function measure(image: Float32Array, observation: Observation): Float32Array {
  const { id, seen, geometry, telemetry } = observation;
  return expose(image, {
    channel: seen,
    exposureSeconds: telemetry.exposureSeconds,
    width: geometry.width,
    height: geometry.height,
    averaged: isLevel1(id.product) ? 1 : Math.max(1, (DETECTOR_PIXELS / geometry.width) ** 2),
    seed: `${observation.seed}/noise/${pathOf(id)}`,
  });
}

/** Level 1 is 16-bit DN, the synoptic product 32-bit sixteenths of a DN. */
function encode(counts: Float32Array, { geometry, id }: Observation, cards: readonly Card[]): Uint8Array {
  const data = isLevel1(id.product)
    ? stored(counts, new Int16Array(counts.length), 1, BLANK_16)
    : stored(counts, new Int32Array(counts.length), SYNOPTIC_STEP_DN, BLANK_32);
  const scaling = isLevel1(id.product)
    ? { blank: BLANK_16 }
    : { blank: BLANK_32, bzero: 0, bscale: SYNOPTIC_STEP_DN };
  const compression = isCompressed(id.product) ? 'RICE_1' : 'none';
  const { width, height } = geometry;
  return writeImage({ width, height, data, cards, compression, ...scaling });
}

function* magnetogramSteps(request: FrameRequest, id: FrameId): Generator<void, MadeFrame> {
  const { seed, size, fault: planned } = request;
  const magnetogram = nominalMagnetogram(request, id);
  const { random } = magnetogram;
  const fault = planned && MAGNETOGRAM_FAULTS[planned.fault.name];
  fault?.prepare?.(magnetogram);
  const { geometry } = magnetogram;
  const field = yield* renderMagnetogramSteps({ seed, time: utcOfTai(id.slot), geometry });
  magnetogram.field = field;
  const noise = (MAGNETOGRAM_NOISE * size) / DETECTOR_PIXELS;
  let onDisk = 0;
  for (let i = 0; i < field.length; i++) {
    if (Number.isNaN(field[i]!)) continue;
    field[i]! += noise * random.normal();
    onDisk++;
  }
  fault?.spoil?.(magnetogram);
  const statistics = statisticsOf(field);
  const cards = magnetogramCards(request, id, statistics, 1 - statistics.finite / Math.max(1, onDisk));
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

function nominalMagnetogram({ seed, size }: FrameRequest, id: FrameId): Magnetogram {
  const geometry = hmiGeometry(size);
  const { radiusArcsec } = ephemerisAt(utcOfTai(id.slot));
  return {
    field: NO_PIXELS,
    geometry,
    radiusPixels: radiusArcsec / geometry.arcsecPerPixel,
    random: createRandom(`${seed}/noise/${pathOf(id)}`),
  };
}

/** The header tells the nominal geometry, also of frames that are not where they should be. */
function magnetogramCards(
  { seed, size, fault }: FrameRequest,
  id: FrameId,
  statistics: FrameStatistics,
  missing = 0,
): Card[] {
  const ephemeris = ephemerisAt(utcOfTai(id.slot));
  const quality = fault?.noticed ? (MAGNETOGRAM_FAULTS[fault.fault.name]?.bit ?? 0) : 0;
  const told = fault && !fault.noticed ? 0 : missing;
  const geometry = hmiGeometry(size);
  return hmiHeader({ seed, record: id.slot, geometry, ephemeris, quality, missing: told }, statistics);
}

function stored<Store extends Int16Array | Int32Array>(
  values: Float32Array,
  store: Store,
  step: number,
  blank: number,
): Store {
  for (let i = 0; i < values.length; i++)
    store[i] = Number.isNaN(values[i]!) ? blank : Math.round(values[i]! / step);
  return store;
}
