/**
 * JSOC's AIA synoptic directory: level 1.5, 1024 x 1024, every two minutes (4500 Å hourly), published about a week late,
 * no registration. Layout `YYYY/MM/DD/Hhh00/AIAyyyymmdd_hhmm_WWWW.fits`.
 */
import type { SlotKey } from '../../catalog/index.ts';
import { SYNOPTIC_PRODUCT } from '../products.ts';
import type { ArchiveSource } from './types.ts';

const MINUTE_MS = 60_000;

export const synoptic: ArchiveSource = {
  name: 'synoptic',
  product: SYNOPTIC_PRODUCT,
  baseUrl: 'https://jsoc1.stanford.edu/data/aia/synoptic/',
  connections: 4,
  stepMs: (wavelength) => (wavelength === 4500 ? 60 : 2) * MINUTE_MS,
  // The directory takes the exposure nearest to the slot: seconds away as a rule, never past the next slot.
  toleranceMs: (wavelength) => (wavelength === 4500 ? 30 : 2) * MINUTE_MS,
  fileName,
  url: (key, baseUrl) => {
    const { year, month, day, hour } = partsOf(key.slot);
    return new URL(`${year}/${month}/${day}/H${hour}00/${fileName(key)}`, baseUrl).href;
  },
};

function fileName({ slot, wavelength }: SlotKey): string {
  const { year, month, day, hour, minute } = partsOf(slot);
  return `AIA${year}${month}${day}_${hour}${minute}_${String(wavelength).padStart(4, '0')}.fits`;
}

function partsOf(slot: string) {
  const [year, month, day, hour, minute] = slot.split(/[-T:]/) as [string, string, string, string, string];
  return { year, month, day, hour, minute };
}
