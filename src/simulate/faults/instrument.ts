/** What the spacecraft or the telescope does wrong, or does on purpose at a time when no picture is wanted. */
import { QUALITY } from '../headers/quality.ts';
import { channelOf, blur as smooth, type Wavelength } from '../sun/index.ts';
import type { Fault } from './types.ts';

/** Manoeuvres and calibrations: the Sun is minutes of arc away from where it belongs, sometimes rolled. */
export const offPoint: Fault = {
  name: 'off-point',
  weight: 1,
  evidence: { noticed: 'header', unnoticed: 'pixels' },
  prepare(observation) {
    const random = observation.random.fork('off-point');
    const arcsec = 150 + 550 * random.uniform();
    const direction = 2 * Math.PI * random.uniform();
    const roll = random.uniform() < 0.3 ? 90 * (random.uniform() - 0.5) : 0;
    const { geometry } = observation;
    observation.geometry = {
      ...geometry,
      centreX: geometry.centreX + (arcsec * Math.cos(direction)) / geometry.arcsecPerPixel,
      centreY: geometry.centreY + (arcsec * Math.sin(direction)) / geometry.arcsecPerPixel,
      rotationDegrees: geometry.rotationDegrees + roll,
    };
  },
  report({ telemetry }) {
    telemetry.quality |= QUALITY.notScienceMode;
    telemetry.acsMode = 'INERTIAL';
  },
};

/** A dark frame delivered among the light ones: nothing but noise and a few counts. */
export const dark: Fault = {
  name: 'dark',
  weight: 0.8,
  evidence: { noticed: 'header', unnoticed: 'pixels' },
  prepare(observation) {
    observation.shutterOpens = false;
  },
  report({ telemetry }) {
    telemetry.quality |= QUALITY.dark;
    telemetry.imageType = 'DARK';
  },
};

/** Automatic exposure control during flares. It is in the header always, and no bit of QUALITY says it. */
export const shortExposure: Fault = {
  name: 'short-exposure',
  weight: 1,
  evidence: { noticed: 'header', unnoticed: 'header' },
  prepare({ telemetry, channel, random }) {
    const share = 0.04 + 0.3 * random.fork('short').uniform();
    telemetry.commandedMs = Math.round(channel.exposureSeconds * share * 1000);
    telemetry.exposureSeconds = telemetry.commandedMs / 1000;
    telemetry.exposureControl = 2;
  },
};

/** Loss of guiding or of focus. The loop's state is in the header; a wrong focus shows only in the picture. */
export const blur: Fault = {
  name: 'blur',
  weight: 0.8,
  evidence: { noticed: 'header', unnoticed: 'pixels' },
  light(image, { geometry, random }) {
    const arcsec = 9 + 16 * random.fork('blur').uniform();
    smooth(image, geometry.width, geometry.height, Math.max(1, arcsec / geometry.arcsecPerPixel));
  },
  report({ telemetry }) {
    telemetry.quality |= QUALITY.issLoopOpen;
    telemetry.issLoop = 'OPEN';
  },
};

/** The filter that each wavelength is most easily mistaken for: the other half of its own telescope. */
const NEIGHBOUR: Record<Wavelength, Wavelength> = {
  94: 304,
  131: 335,
  171: 1700,
  193: 211,
  211: 193,
  304: 94,
  335: 131,
  1600: 171,
  1700: 1600,
  4500: 1700,
};

/** A frame of another channel under this one's name. Noticed: WAVELNTH is the true one and does not fit the slot. */
export const wrongWavelength: Fault = {
  name: 'wrong-wavelength',
  weight: 0.6,
  evidence: { noticed: 'header', unnoticed: 'pixels' },
  prepare(observation) {
    observation.seen = channelOf(NEIGHBOUR[observation.channel.wavelength]);
  },
  report({ telemetry, seen }) {
    telemetry.wavelength = seen.wavelength;
  },
};
