/** One file of the simulated archive, from nothing but seed, slot and planned fault: the same bytes every time. */
import { writeImage } from '../fits/index.ts';
import type { FrameRequest, MadeFrame } from './frame-request.ts';
import { aiaHeader } from './headers/aia.ts';
import { type Card, simulatedCards } from './headers/cards.ts';
import { continuumSteps, hmiCards, magnetogramSteps } from './hmi-frame.ts';
import { expose } from './instrument/detector.ts';
import { statisticsOf } from './instrument/statistics.ts';
import { stored } from './instrument/stored.ts';
import { DETECTOR_PIXELS, nominalObservation, type Observation } from './observation.ts';
import { hmiSeriesOf, isCompressed, isLevel1, pathOf } from './products.ts';
import { renderSunSteps } from './sun/index.ts';

const NO_PIXELS = new Float32Array(0);

const SYNOPTIC_STEP_DN = 0.0625;
const BLANK_32 = -2_147_483_648;
const BLANK_16 = -32_768;

/** The file in steps of some milliseconds each. */
export function* frameSteps(request: FrameRequest): Generator<void, MadeFrame> {
  const fault = request.fault?.fault;
  const id = fault?.substitute?.(request.id, request.stepMs) ?? request.id;
  if (id.product === 'hmi-continuum') return yield* continuumSteps(request, id);
  if (hmiSeriesOf(id.product)) return yield* magnetogramSteps(request, id);
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
  if (hmiSeriesOf(id.product)) return hmiCards(request, id, statisticsOf(NO_PIXELS));
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
