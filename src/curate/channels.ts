/** What a dataset can be made of: the wavelengths of AIA and the observables of HMI. */
import type { Frame } from '../catalog/index.ts';
import { SunganError } from '../core/errors.ts';
import type { TransformName } from './transforms/index.ts';

type Rgb = readonly [number, number, number];

export interface Channel {
  /** Name in datasets and options: `193`, `hmi-m`. */
  name: string;
  instrument: 'AIA' | 'HMI';
  /** Angstrom; 0 for HMI, as in the catalog. */
  wavelength: number;
  /** Products of the catalog that belong to it. */
  product: RegExp;
  /** Seconds outside flares, what counts are normalised to; null: values are no counts. */
  nominalExposureSeconds: number | null;
  /** Pixels beyond the limb have no value and need none. */
  blankBeyondLimb: boolean;
  /** Unit of the linear values. */
  unit: string;
  /** The transform that 'auto' means. */
  transform: TransformName;
  picture: {
    scale: 'log' | 'linear';
    /** Linear values shown as black and as white. */
    range: readonly [number, number];
    /** Colours of our own making: of the middle and of the bright part; black below, white at the top. */
    middle: Rgb;
    bright: Rgb;
  };
}

/** Wavelength, nominal exposure (JSOC's aia_slot.c and real headers), range of pictures (Helioviewer's, rounded), colours. */
const AIA: readonly [number, number, readonly [number, number], Rgb, Rgb][] = [
  [94, 2.9, [0.5, 60], [60, 130, 90], [170, 230, 190]],
  [131, 2.9, [1, 600], [40, 120, 140], [150, 225, 235]],
  [171, 2, [10, 5000], [160, 120, 40], [245, 215, 130]],
  [193, 2, [10, 5000], [150, 90, 45], [240, 195, 140]],
  [211, 2.9, [4, 4000], [130, 70, 130], [230, 180, 220]],
  [304, 2.9, [1, 1000], [170, 50, 30], [250, 160, 110]],
  [335, 2.9, [0.5, 300], [50, 90, 160], [160, 200, 245]],
  [1600, 2.9, [10, 1000], [130, 130, 60], [225, 225, 165]],
  [1700, 1, [50, 2500], [150, 105, 95], [240, 205, 195]],
  [4500, 0.5, [200, 13000], [130, 130, 90], [235, 235, 200]],
];

const GRAY = { middle: [128, 128, 128], bright: [209, 209, 209] } as const;

export const CHANNELS: readonly Channel[] = [
  ...AIA.map(
    ([wavelength, nominalExposureSeconds, range, middle, bright]): Channel => ({
      name: String(wavelength),
      instrument: 'AIA',
      wavelength,
      product: /^aia\./,
      nominalExposureSeconds,
      blankBeyondLimb: false,
      unit: 'DN at nominal exposure',
      transform: 'log1p',
      picture: { scale: 'log', range, middle, bright },
    }),
  ),
  {
    name: 'hmi-m',
    instrument: 'HMI',
    wavelength: 0,
    product: /^hmi\.M_/,
    nominalExposureSeconds: null,
    blankBeyondLimb: true,
    unit: 'G, line-of-sight field',
    transform: 'signed-log',
    picture: { scale: 'linear', range: [-250, 250], ...GRAY },
  },
  {
    name: 'hmi-ic',
    instrument: 'HMI',
    wavelength: 0,
    product: /^hmi\.Ic_/,
    nominalExposureSeconds: null,
    blankBeyondLimb: true,
    unit: 'DN/s, continuum intensity',
    transform: 'linear',
    picture: { scale: 'linear', range: [0, 65000], ...GRAY },
  },
];

export const HMI_CHANNELS = ['hmi-m', 'hmi-ic'] as const;

export function channelOf(name: string): Channel {
  const channel = CHANNELS.find((candidate) => candidate.name === name);
  if (channel) return channel;
  const known = CHANNELS.map((candidate) => candidate.name).join(', ');
  throw new SunganError('usage', `there is no channel '${name}'`, { remedy: `one of ${known}` });
}

export function belongsTo(frame: Frame, channel: Channel): boolean {
  return frame.wavelength === channel.wavelength && channel.product.test(frame.product);
}
