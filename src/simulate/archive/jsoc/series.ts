/** The series of the simulated database, as `series_struct` describes real ones. */
import { taiMinusUtc } from '../../../core/time.ts';
import { CONTINUUM_STEP, CONTINUUM_ZERO } from '../../hmi-frame.ts';
import { hmiSeriesOf, type Product } from '../../products.ts';

export interface Segment {
  name: string;
  /** In the record's folder. */
  file: string;
  note: string;
}

export interface Series {
  name: string;
  note: string;
  product: Product;
  /** Which frames of the product it holds. */
  holds(wavelength: number): boolean;
  stepSeconds: number;
  isTai: boolean;
  /** The prime key beside T_REC. */
  secondKey: 'WAVELNTH' | 'CAMERA';
  /** Its value where that is the camera. */
  camera: 1 | 2;
  segments: readonly Segment[];
  /** BSCALE and BZERO. */
  scale: number;
  zero: number;
  /** Most records in one export. */
  mostRecords: number;
}

const AIA_SEGMENTS: readonly Segment[] = [
  { name: 'image', file: 'image_lev1.fits', note: 'AIA level 1 image' },
  { name: 'spikes', file: 'spikes.fits', note: 'Cosmic ray information' },
];

function aia(name: string, stepSeconds: number, holds: Series['holds']): Series {
  const note = 'SIMULATED AIA level 1';
  const common = { product: 'aia-level1', isTai: false, secondKey: 'WAVELNTH', mostRecords: 15_000 } as const;
  return { ...common, camera: 1, scale: 1, zero: 0, name, note, stepSeconds, holds, segments: AIA_SEGMENTS };
}

function hmi(product: Product, segment: string, scale: number, zero: number): Series {
  const { name, cadence, camera } = hmiSeriesOf(product)!;
  return {
    name,
    note: `SIMULATED ${segment}s with a cadence of ${cadence} seconds`,
    product,
    holds: () => true,
    stepSeconds: cadence,
    isTai: true,
    secondKey: 'CAMERA',
    camera,
    segments: [{ name: segment, file: `${segment}.fits`, note: segment }],
    scale,
    zero,
    mostRecords: 32_000,
  };
}

export const SERIES: readonly Series[] = [
  aia('aia.lev1_euv_12s', 12, (wavelength) => wavelength < 400),
  aia('aia.lev1_uv_24s', 24, (wavelength) => wavelength === 1600 || wavelength === 1700),
  aia('aia.lev1_vis_1h', 3600, (wavelength) => wavelength === 4500),
  hmi('hmi', 'magnetogram', 0.1, 0),
  hmi('hmi-45s', 'magnetogram', 0.1, 0),
  hmi('hmi-continuum', 'continuum', CONTINUUM_STEP, CONTINUUM_ZERO),
];

/** AIA's slots lie one second behind whole steps of UTC, as they did from July 2012 to June 2015. */
const AIA_SLOT_OFFSET_MS = 1000;

/** The number of the slot that holds a time: a time belongs to the nearest. */
export function slotNumber(series: Series, time: Date): number {
  const utc = time.getTime();
  const reading = series.isTai ? utc + taiMinusUtc(utc) * 1000 : utc - AIA_SLOT_OFFSET_MS;
  return Math.round(reading / (series.stepSeconds * 1000));
}
