/** The wavelengths of AIA: nominal exposures, and colours of our own making for pictures. */
import { SunganError } from '../core/errors.ts';

export interface Channel {
  /** Angstrom. */
  wavelength: number;
  /** Seconds outside flares; what counts are normalised to. */
  nominalExposureSeconds: number;
  /** Colour of the brightest quarter and of the middle, sRGB 0..255; dark is black and the very top white. */
  middle: readonly [number, number, number];
  bright: readonly [number, number, number];
  /** DN at nominal exposure shown as black and as white, on a logarithmic scale. */
  display: readonly [number, number];
}

/**
 * Nominal exposures: JSOC's level-1 pipeline (aia_slot.c) and the headers of real frames. Display ranges follow the
 * quick-look ranges that Helioviewer publishes, rounded.
 */
export const CHANNELS: readonly Channel[] = [
  {
    wavelength: 94,
    nominalExposureSeconds: 2.9,
    middle: [60, 130, 90],
    bright: [170, 230, 190],
    display: [0.5, 60],
  },
  {
    wavelength: 131,
    nominalExposureSeconds: 2.9,
    middle: [40, 120, 140],
    bright: [150, 225, 235],
    display: [1, 600],
  },
  {
    wavelength: 171,
    nominalExposureSeconds: 2,
    middle: [160, 120, 40],
    bright: [245, 215, 130],
    display: [10, 5000],
  },
  {
    wavelength: 193,
    nominalExposureSeconds: 2,
    middle: [150, 90, 45],
    bright: [240, 195, 140],
    display: [10, 5000],
  },
  {
    wavelength: 211,
    nominalExposureSeconds: 2.9,
    middle: [130, 70, 130],
    bright: [230, 180, 220],
    display: [4, 4000],
  },
  {
    wavelength: 304,
    nominalExposureSeconds: 2.9,
    middle: [170, 50, 30],
    bright: [250, 160, 110],
    display: [1, 1000],
  },
  {
    wavelength: 335,
    nominalExposureSeconds: 2.9,
    middle: [50, 90, 160],
    bright: [160, 200, 245],
    display: [0.5, 300],
  },
  {
    wavelength: 1600,
    nominalExposureSeconds: 2.9,
    middle: [130, 130, 60],
    bright: [225, 225, 165],
    display: [10, 1000],
  },
  {
    wavelength: 1700,
    nominalExposureSeconds: 1,
    middle: [150, 105, 95],
    bright: [240, 205, 195],
    display: [50, 2500],
  },
  {
    wavelength: 4500,
    nominalExposureSeconds: 0.5,
    middle: [130, 130, 90],
    bright: [235, 235, 200],
    display: [200, 13000],
  },
];

export function channelOf(wavelength: number): Channel {
  const channel = CHANNELS.find((candidate) => candidate.wavelength === wavelength);
  if (channel) return channel;
  const known = CHANNELS.map((candidate) => candidate.wavelength).join(', ');
  throw new SunganError('usage', `${wavelength} is no AIA wavelength`, {
    where: '--wavelength',
    remedy: `one of ${known}`,
  });
}
