/** What can be simulated, and where files of each product lie in an archive or folder. */
import { utcOfTai } from '../core/time.ts';
import type { Wavelength } from './sun/index.ts';

/**
 * `aia-synoptic`: AIA level 1.5, sun-centred; `aia-nrt`: its near-real-time twin; `aia-level1`: level 1 as downlinked;
 * `aia-heliocloud`: the same in HelioCloud's bucket; `hmi`: line-of-sight magnetogram of 720 s; `hmi-45s`: of 45 s;
 * `hmi-continuum`: intensity beside the line, of 720 s.
 */
export type Product =
  | 'aia-synoptic'
  | 'aia-nrt'
  | 'aia-level1'
  | 'aia-heliocloud'
  | 'hmi'
  | 'hmi-45s'
  | 'hmi-continuum';

export interface HmiSeries {
  /** DRMS name. */
  name: string;
  /** Seconds. */
  cadence: number;
  /** Whose filtergrams it is made of: the side camera sees the polarisation, the front camera the line. */
  camera: 1 | 2;
  content: string;
  unit: string;
}

const M_720S: HmiSeries = {
  name: 'hmi.M_720s',
  cadence: 720,
  camera: 1,
  content: 'MAGNETOGRAM',
  unit: 'Gauss',
};

const HMI: Partial<Record<Product, HmiSeries>> = {
  hmi: M_720S,
  'hmi-45s': { ...M_720S, name: 'hmi.M_45s', cadence: 45, camera: 2 },
  'hmi-continuum': {
    ...M_720S,
    name: 'hmi.Ic_720s',
    camera: 2,
    content: 'CONTINUUM INTENSITY',
    unit: 'DN/s',
  },
};

/** The series of an HMI product, undefined for AIA. */
export function hmiSeriesOf(product: Product): HmiSeries | undefined {
  return HMI[product];
}

export interface FrameId {
  product: Product;
  /** Nominal time of the slot: UTC, and of HMI the reading of a TAI clock, as its records and files are named. */
  slot: Date;
  /** Angstrom; 0 for HMI. */
  wavelength: Wavelength | 0;
}

/** The time of a slot, UTC. */
export function slotTime({ product, slot }: FrameId): Date {
  return hmiSeriesOf(product) ? new Date(utcOfTai(slot.getTime())) : slot;
}

/** Whether the picture is as the detector saw it, not yet turned and centred. */
export function isLevel1(product: Product): boolean {
  return product === 'aia-level1' || product === 'aia-heliocloud';
}

/** Near-real-time frames and those of the bucket are not compressed; the size of such a file is known without drawing it. */
export function isCompressed(product: Product): boolean {
  return product !== 'aia-nrt' && product !== 'aia-heliocloud';
}

/** The synoptic directory is filled about a week after the fact, its near-real-time twin within minutes. */
const DAY_MS = 86_400_000;
const MADE_AFTER_MS = 7 * DAY_MS;
const NRT_MADE_AFTER_MS = 18 * 60_000;

/** When a file came into being, as DATE and Last-Modified tell it; every revision is a day younger. */
export function madeAt({ product, slot }: FrameId, revision = 0): Date {
  const after = product === 'aia-nrt' ? NRT_MADE_AFTER_MS : MADE_AFTER_MS;
  return new Date(slot.getTime() + after + revision * DAY_MS);
}

/** DRMS series of AIA level 1 that holds a channel. */
export function level1Series(wavelength: number): string {
  if (wavelength === 4500) return 'aia.lev1_vis_1h';
  return wavelength > 400 ? 'aia.lev1_uv_24s' : 'aia.lev1_euv_12s';
}

/** Path below the archive's root, with forward slashes, in the layout of JSOC. */
export function pathOf(id: FrameId): string {
  const { year, month, day, hour, minute, second } = partsOf(id.slot);
  const wave = String(id.wavelength);
  const series = HMI[id.product];
  if (series)
    return `data/hmi/fits/${year}/${month}/${day}/${series.name}.${year}${month}${day}_${hour}${minute}${second}_TAI.fits`;
  const date = `${year}${month}${day}`;
  const channel = wave.padStart(4, '0');
  if (id.product === 'aia-level1') {
    return `data/aia/lev1/${year}/${month}/${day}/${level1Series(id.wavelength)}.${year}-${month}-${day}T${hour}${minute}${second}Z.${wave}.image_lev1.fits`;
  }
  if (id.product === 'aia-heliocloud')
    return `sdo/aia/${date}/${channel}/sdo_aia_h2_${date}T${hour}${minute}${second}_${channel}_v1.fits`;
  const folder = `${year}/${month}/${day}/H${hour}00`;
  if (id.product === 'aia-nrt')
    return `data/aia/synoptic/nrt/${folder}/AIA${date}_${hour}${minute}${second}_${channel}.fits`;
  return `data/aia/synoptic/${folder}/AIA${date}_${hour}${minute}_${channel}.fits`;
}

export function partsOf(time: Date) {
  const [year, month, day, hour, minute, second] = time.toISOString().split(/[-T:.Z]/) as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  return { year, month, day, hour, minute, second };
}
