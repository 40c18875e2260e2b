/** What SDO's instruments publish, as far as this program asks for it. */

/** AIA channels in angstrom (Lemen et al. 2012, table 1). */
export const AIA_WAVELENGTHS: readonly number[] = [94, 131, 171, 193, 211, 304, 335, 1600, 1700, 4500];

/** AIA level 1.5 at 1024 x 1024, 2.4 arcsec a pixel. */
export const SYNOPTIC_PRODUCT = 'aia.lev1.5s';

/** Bytes of one compressed frame, for plans made before any was stored: means of real files of 2014 and 2017. */
export const TYPICAL_BYTES: Record<string, number> = { [SYNOPTIC_PRODUCT]: 1_100_000 };

/** HMI series with one image a record (Schou et al. 2012; names as JSOC writes them). */
export const HMI_SERIES: readonly string[] = [
  'hmi.M_720s',
  'hmi.M_45s',
  'hmi.Ic_720s',
  'hmi.Ic_45s',
  'hmi.V_720s',
  'hmi.V_45s',
];
