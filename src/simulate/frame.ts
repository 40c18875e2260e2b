/** One file of the simulated archive, from nothing but seed, slot and planned fault: the same bytes every time. */
import { writeImage } from '../fits/index.ts';
import { createRandom } from '../numeric/random.ts';
import type { PlannedFault } from './faults/index.ts';
import { aiaHeader } from './headers/aia.ts';
import { hmiGeometry, hmiHeader, utcOfTai } from './headers/hmi.ts';
import { expose } from './instrument/detector.ts';
import { statisticsOf } from './instrument/statistics.ts';
import { DETECTOR_PIXELS, nominalObservation, type Observation } from './observation.ts';
import { type FrameId, pathOf } from './products.ts';
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
}

const SYNOPTIC_STEP_DN = 0.0625;
const BLANK_32 = -2_147_483_648;
const BLANK_16 = -32_768;
const GAUSS_STEP = 0.1;
/** Noise of a 720-second magnetogram per full-resolution pixel, gauss (Liu et al. 2012). */
const MAGNETOGRAM_NOISE = 6.3;

/** The file's bytes, in steps of some milliseconds each. */
export function* frameSteps(request: FrameRequest): Generator<void, Uint8Array> {
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
  const bytes = encode(counts, observation);
  return fault?.file?.(bytes, observation) ?? bytes;
}

/** Runs the steps to the end at once. */
export function makeFrame(request: FrameRequest): Uint8Array {
  const steps = frameSteps(request);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
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
    averaged: id.product === 'aia-synoptic' ? Math.max(1, (DETECTOR_PIXELS / geometry.width) ** 2) : 1,
    seed: `${observation.seed}/noise/${pathOf(id)}`,
  });
}

/** Level 1 is 16-bit DN, the synoptic product 32-bit sixteenths of a DN. */
function encode(counts: Float32Array, observation: Observation): Uint8Array {
  const { width, height } = observation.geometry;
  const isLevel1 = observation.id.product === 'aia-level1';
  const data = isLevel1
    ? stored(counts, new Int16Array(counts.length), 1, BLANK_16)
    : stored(counts, new Int32Array(counts.length), SYNOPTIC_STEP_DN, BLANK_32);
  const cards = aiaHeader(observation, statisticsOf(counts));
  const scaling = isLevel1 ? { blank: BLANK_16 } : { blank: BLANK_32, bzero: 0, bscale: SYNOPTIC_STEP_DN };
  return writeImage({ width, height, data, cards, compression: 'RICE_1', ...scaling });
}

function* magnetogramSteps({ seed, size }: FrameRequest, id: FrameId): Generator<void, Uint8Array> {
  const geometry = hmiGeometry(size);
  const time = utcOfTai(id.slot);
  const field = yield* renderMagnetogramSteps({ seed, time, geometry });
  const random = createRandom(`${seed}/noise/${pathOf(id)}`);
  const noise = (MAGNETOGRAM_NOISE * size) / DETECTOR_PIXELS;
  for (let i = 0; i < field.length; i++) {
    if (!Number.isNaN(field[i]!)) field[i]! += noise * random.normal();
  }
  const cards = hmiHeader(
    { seed, record: id.slot, geometry, ephemeris: ephemerisAt(time) },
    statisticsOf(field),
  );
  const data = stored(field, new Int32Array(field.length), GAUSS_STEP, BLANK_32);
  return writeImage({
    width: size,
    height: size,
    data,
    cards,
    compression: 'RICE_1',
    bscale: GAUSS_STEP,
    bzero: 0,
    blank: BLANK_32,
  });
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
