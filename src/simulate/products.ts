/** What can be simulated, and where files of each product lie in an archive or folder. */
import type { Wavelength } from './sun/index.ts';

/** `aia-synoptic`: AIA level 1.5, sun-centred; `aia-level1`: level 1 as downlinked; `hmi`: line-of-sight magnetogram. */
export type Product = 'aia-synoptic' | 'aia-level1' | 'hmi';

export interface FrameId {
  product: Product;
  /** Nominal time of the slot, UTC. */
  slot: Date;
  /** Angstrom; 0 for HMI. */
  wavelength: Wavelength | 0;
}

/** Path below the archive's root, with forward slashes, in the layout of JSOC. */
export function pathOf(id: FrameId): string {
  const { year, month, day, hour, minute, second } = partsOf(id.slot);
  const wave = String(id.wavelength);
  if (id.product === 'hmi') {
    return `data/hmi/fits/${year}/${month}/${day}/hmi.M_720s.${year}${month}${day}_${hour}${minute}00_TAI.fits`;
  }
  if (id.product === 'aia-level1') {
    const series =
      id.wavelength === 4500
        ? 'aia.lev1_vis_1h'
        : id.wavelength > 400
          ? 'aia.lev1_uv_24s'
          : 'aia.lev1_euv_12s';
    return `data/aia/lev1/${year}/${month}/${day}/${series}.${year}-${month}-${day}T${hour}${minute}${second}Z.${wave}.image_lev1.fits`;
  }
  return `data/aia/synoptic/${year}/${month}/${day}/H${hour}00/AIA${year}${month}${day}_${hour}${minute}_${wave.padStart(4, '0')}.fits`;
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
