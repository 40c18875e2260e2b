/**
 * One exposure before it is taken: when, by which telescope, how the Sun lies on the detector, and what the instrument
 * reports about itself. Faults change it; the header is written from it.
 */
import { createRandom, type Random } from '../numeric/random.ts';
import { QUALITY } from './headers/quality.ts';
import { type FrameId, isLevel1 } from './products.ts';
import {
  type Channel,
  centredGeometry,
  channelOf,
  type Ephemeris,
  ephemerisAt,
  type Geometry,
  type Wavelength,
} from './sun/index.ts';

/** What telemetry says; faults that the instrument notices change these. */
export interface Telemetry {
  /** WAVELNTH. */
  wavelength: Wavelength;
  exposureSeconds: number;
  /** AIMGSHCE. */
  commandedMs: number;
  /** QUALITY, unsigned, without the bits for missing values. */
  quality: number;
  imageType: 'LIGHT' | 'DARK';
  acsMode: string;
  acsEclipse: 'YES' | 'NO';
  acsSunPresent: 'YES' | 'NO';
  issLoop: 'CLOSED' | 'OPEN';
  /** AECTYPE: 0 nominal, 2 shortened for a flare. */
  exposureControl: number;
  /** AIFTSID. */
  sequenceId: number;
  focus: number;
  spikes: number;
  /** Whether MISSVALS and PERCENTD tell of the missing pixels. */
  countsMissing: boolean;
}

/** Master pointing of one telescope: where the Sun's centre falls, how the detector is turned. */
export interface Pointing {
  x0: number;
  y0: number;
  /** Arcsec per detector pixel. */
  scale: number;
  /** Degrees. */
  rotation: number;
}

export interface Observation {
  id: FrameId;
  seed: number | string;
  /** Middle of the exposure (T_OBS). */
  time: Date;
  channel: Channel;
  /** The channel whose light falls in: another one when the wrong filter stands in the beam. */
  seen: Channel;
  size: number;
  ephemeris: Ephemeris;
  pointing: Pointing;
  /** How the Sun truly lies in the stored picture. */
  geometry: Geometry;
  /** What the header says of it; an off-point frame is not where its header says. */
  claimed: Geometry;
  telemetry: Telemetry;
  /** FSN. */
  serial: number;
  /** How often the file was made anew. */
  revision: number;
  /** Light reaches the detector. */
  shutterOpens: boolean;
  random: Random;
}

export const DETECTOR_PIXELS = 4096;
const SYNOPTIC_SCALE = 0.6;

/** Seconds after the slot at which each channel is exposed in the 12-second cycle. */
const EXPOSED_AFTER: Record<Wavelength, number> = {
  94: 2.57,
  131: 10.07,
  171: 0.34,
  193: 5.84,
  211: 2.07,
  304: 8.57,
  335: 4.07,
  1600: 17.57,
  1700: 6.21,
  4500: 7.96,
};
const POINTINGS: Record<1 | 2 | 3 | 4, Pointing> = {
  1: { x0: 2052.41, y0: 2046.13, scale: 0.600109, rotation: -0.0807 },
  2: { x0: 2041.73, y0: 2039.8, scale: 0.600714, rotation: 0.0578 },
  3: { x0: 2055.06, y0: 2042.72, scale: 0.599489, rotation: 0.0194 },
  4: { x0: 2063.02, y0: 2049.57, scale: 0.600165, rotation: -0.1389 },
};

/** When FSN began to count: with eight exposures every 12 s it agrees with real frames of January 2017. */
const SERIAL_ORIGIN_MS = Date.UTC(2010, 2, 8, 8, 37);
/** The shortest time between slots: each has a cycle of its own. */
const CYCLE_MS = 12_000;
/**
 * Which exposure of its cycle a channel is, by EXPOSED_AFTER. AIA makes eight in 12 s, taking turns in the ultraviolet and the
 * visible; here all ten can be asked for in every slot, so that FSN runs a quarter faster than in real frames.
 */
const EXPOSURE_ORDER: readonly Wavelength[] = [171, 211, 94, 335, 193, 1700, 4500, 304, 131, 1600];

/** FSN: a number of its own for every slot and channel, at any cadence. */
function serialOf(slot: Date, wavelength: Wavelength): number {
  const cycle = Math.floor((slot.getTime() - SERIAL_ORIGIN_MS) / CYCLE_MS);
  return EXPOSURE_ORDER.length * cycle + EXPOSURE_ORDER.indexOf(wavelength);
}

export function nominalObservation(id: FrameId, size: number, seed: number | string): Observation {
  const channel = channelOf(id.wavelength as Wavelength);
  const random = createRandom(`${seed}/observation/${id.product}/${id.wavelength}/${id.slot.getTime()}`);
  const time = new Date(id.slot.getTime() + Math.round(EXPOSED_AFTER[channel.wavelength] * 1000));
  const pointing = POINTINGS[channel.telescope];
  const geometry = isLevel1(id.product)
    ? detectorGeometry(pointing, size)
    : centredGeometry(size, (SYNOPTIC_SCALE * DETECTOR_PIXELS) / size);
  const commandedMs = Math.round(channel.exposureSeconds * 1000) + (channel.exposureSeconds === 2.9 ? 1 : 0);
  return {
    id,
    seed,
    time,
    channel,
    seen: channel,
    size,
    ephemeris: ephemerisAt(time),
    pointing,
    geometry,
    claimed: geometry,
    telemetry: {
      wavelength: channel.wavelength,
      exposureSeconds: (commandedMs / 1000) * (1 + 1.2e-4 * random.normal()),
      commandedMs,
      quality: id.product === 'aia-nrt' ? QUALITY.nearRealTime : 0,
      imageType: 'LIGHT',
      acsMode: 'SCIENCE',
      acsEclipse: 'NO',
      acsSunPresent: 'YES',
      issLoop: 'CLOSED',
      exposureControl: 0,
      sequenceId: 40_960,
      focus: 10 + 40 * (channel.telescope % 2),
      spikes: Math.round(17_000 * Math.exp(0.25 * random.normal())),
      countsMissing: true,
    },
    serial: serialOf(id.slot, channel.wavelength),
    revision: 0,
    shutterOpens: true,
    random,
  };
}

/** The level 1 picture: off-centre by some pixels and turned by a hair, as each telescope is mounted. */
function detectorGeometry(pointing: Pointing, size: number): Geometry {
  const binning = DETECTOR_PIXELS / size;
  return {
    width: size,
    height: size,
    arcsecPerPixel: pointing.scale * binning,
    centreX: (pointing.x0 + 0.5) / binning - 0.5,
    centreY: (pointing.y0 + 0.5) / binning - 0.5,
    rotationDegrees: pointing.rotation,
  };
}
