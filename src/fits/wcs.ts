/**
 * The helioprojective terms of a header, typed (Thompson 2006, A&A 449, 791; FITS 4.0 section 8). Only what registers a
 * solar disk: a linear map from pixels to arc seconds.
 */
import { FitsError } from './errors.ts';
import type { FitsHeader } from './header.ts';

export interface SolarWcs {
  ctype1: string | undefined;
  ctype2: string | undefined;
  /** Reference pixel, counted from 1 as in the header; may lie outside a cutout. */
  crpix1: number;
  crpix2: number;
  /** Arc seconds a pixel for angular axes (converted from degrees where CUNIT says so). */
  cdelt1: number;
  cdelt2: number;
  /** Coordinates of the reference pixel, arc seconds. */
  crval1: number;
  crval2: number;
  /** Degrees, counter-clockwise from the image's up to solar north; from PCi_j where CROTA2 is absent. */
  crota2: number;
  /** Solar radius seen from the spacecraft: RSUN_OBS, arc seconds. */
  rsunObs: number | undefined;
  /** RSUN_OBS / CDELT1. R_SUN is not used: in synoptic files it counts other pixels. */
  radiusPixels: number | undefined;
  /** Disk centre in pixels counted from 0, so that the first pixel's centre is 0. */
  centre: { x: number; y: number };
  /** Angstrom, 0 or undefined when not given. */
  wavelength: number | undefined;
  /** Distance to the Sun, metres; Carrington longitude and Stonyhurst latitude of the observer, degrees. */
  dsunObs: number | undefined;
  crlnObs: number | undefined;
  crltObs: number | undefined;
}

const ARCSEC_PER_UNIT: Record<string, number> = {
  arcsec: 1,
  arcmin: 60,
  deg: 3600,
  degree: 3600,
  rad: 648000 / Math.PI,
};
const DEGREES = Math.PI / 180;

/** Throws `FitsError` when CRPIX or CDELT is missing or not finite: nothing can be placed without them. */
export function wcs(header: FitsHeader): SolarWcs {
  const unit1 = arcsecPerUnit(header, 'CUNIT1');
  const unit2 = arcsecPerUnit(header, 'CUNIT2');
  const crpix1 = required(header, 'CRPIX1');
  const crpix2 = required(header, 'CRPIX2');
  const cdelt1 = required(header, 'CDELT1') * unit1;
  const cdelt2 = required(header, 'CDELT2') * unit2;
  const crval1 = (finite(header, 'CRVAL1') ?? 0) * unit1;
  const crval2 = (finite(header, 'CRVAL2') ?? 0) * unit2;
  const crota2 = finite(header, 'CROTA2') ?? rotationFromMatrix(header, cdelt1, cdelt2);
  const rsunObs = finite(header, 'RSUN_OBS') ?? radiusFromDistance(header);
  return {
    ctype1: header.text('CTYPE1'),
    ctype2: header.text('CTYPE2'),
    crpix1,
    crpix2,
    cdelt1,
    cdelt2,
    crval1,
    crval2,
    crota2,
    rsunObs,
    radiusPixels: rsunObs === undefined ? undefined : rsunObs / Math.abs(cdelt1),
    centre: diskCentre({ crpix1, crpix2, cdelt1, cdelt2, crval1, crval2, crota2 }),
    wavelength: finite(header, 'WAVELNTH'),
    dsunObs: finite(header, 'DSUN_OBS'),
    crlnObs: finite(header, 'CRLN_OBS'),
    crltObs: finite(header, 'CRLT_OBS'),
  };
}

type Linear = Pick<SolarWcs, 'crpix1' | 'crpix2' | 'cdelt1' | 'cdelt2' | 'crval1' | 'crval2' | 'crota2'>;

/** The pixel whose coordinates are (0, 0): the map inverted, CD = diag(cdelt) * PC with PC of a rotation by CROTA2. */
function diskCentre({ crpix1, crpix2, cdelt1, cdelt2, crval1, crval2, crota2 }: Linear): {
  x: number;
  y: number;
} {
  const cosine = Math.cos(crota2 * DEGREES);
  const sine = Math.sin(crota2 * DEGREES);
  return {
    x: crpix1 - 1 - (cosine * crval1) / cdelt1 - (sine * crval2) / cdelt1,
    y: crpix2 - 1 + (sine * crval1) / cdelt2 - (cosine * crval2) / cdelt2,
  };
}

/** PC1_1 = cos, PC2_1 = sin * cdelt1 / cdelt2 (Thompson 2006, equation 9). */
function rotationFromMatrix(header: FitsHeader, cdelt1: number, cdelt2: number): number {
  const cosine = finite(header, 'PC1_1');
  const sine = finite(header, 'PC2_1');
  if (cosine === undefined || sine === undefined) return 0;
  return Math.atan2((sine * cdelt2) / cdelt1, cosine) / DEGREES;
}

/** asin(RSUN_REF / DSUN_OBS), which is how RSUN_OBS is made. */
function radiusFromDistance(header: FitsHeader): number | undefined {
  const radius = finite(header, 'RSUN_REF');
  const distance = finite(header, 'DSUN_OBS');
  if (radius === undefined || distance === undefined || !(distance > radius)) return undefined;
  return (Math.asin(radius / distance) / DEGREES) * 3600;
}

function arcsecPerUnit(header: FitsHeader, keyword: string): number {
  const unit = header.text(keyword)?.toLowerCase() ?? 'arcsec';
  return Object.hasOwn(ARCSEC_PER_UNIT, unit) ? ARCSEC_PER_UNIT[unit]! : 1;
}

function finite(header: FitsHeader, keyword: string): number | undefined {
  const value = header.number(keyword);
  return value !== undefined && Number.isFinite(value) ? value : undefined;
}

function required(header: FitsHeader, keyword: string): number {
  const value = finite(header, keyword);
  if (value !== undefined && !(keyword.startsWith('CDELT') && value === 0)) return value;
  throw new FitsError(`no usable ${keyword}`, {
    byteOffset: header.card(keyword)?.position,
    expected: 'a finite number, for CDELT not 0',
    found: String(header.get(keyword)),
  });
}
