import { describe, expect, test } from 'vitest';
import {
  card,
  FitsError,
  type HeaderCard,
  readFits,
  type SolarWcs,
  wcs,
  writeImage,
} from '../../src/fits/index.ts';

function wcsOf(values: Record<string, string | number>): SolarWcs {
  const cards: HeaderCard[] = Object.entries(values).map(([keyword, value]) => card(keyword, value));
  return wcs(readFits(writeImage({ width: 1, height: 1, data: Uint8Array.of(0), cards })).hdu(0)!.header);
}

const SYNOPTIC = {
  CRPIX1: 512.5,
  CRPIX2: 512.5,
  CDELT1: 2.4,
  CDELT2: 2.4,
  CRVAL1: 0,
  CRVAL2: 0,
  CROTA2: 0,
  RSUN_OBS: 976.08,
  R_SUN: 1624.87,
  WAVELNTH: 193,
  CUNIT1: 'arcsec',
};

describe('helioprojective view', () => {
  test('the radius is RSUN_OBS / CDELT1, not R_SUN of the full frame', () => {
    expect(wcsOf(SYNOPTIC)).toMatchObject({
      radiusPixels: 976.08 / 2.4,
      centre: { x: 511.5, y: 511.5 },
      wavelength: 193,
      crota2: 0,
    });
  });

  test('CRPIX outside a cutout, CRVAL elsewhere', () => {
    const { centre } = wcsOf({ ...SYNOPTIC, CRPIX1: -1329.5, CRVAL1: 24, CRVAL2: -48 });
    expect(centre.x).toBeCloseTo(-1330.5 - 10, 10);
    expect(centre.y).toBeCloseTo(511.5 + 20, 10);
  });

  test('PC matrix and CROTA2 agree; the centre maps to (0, 0)', () => {
    const angle = 30 * (Math.PI / 180);
    const terms = { CRPIX1: 100, CRPIX2: 200, CDELT1: 0.5, CDELT2: 0.6, CRVAL1: 30, CRVAL2: -70 };
    const byAngle = wcsOf({ ...terms, CROTA2: 30 });
    const byMatrix = wcsOf({
      ...terms,
      PC1_1: Math.cos(angle),
      PC1_2: -Math.sin(angle) * 1.2,
      PC2_1: Math.sin(angle) / 1.2,
      PC2_2: Math.cos(angle),
    });
    expect(byMatrix.crota2).toBeCloseTo(30, 9);
    for (const { centre } of [byAngle, byMatrix]) {
      const dx = centre.x - 99;
      const dy = centre.y - 199;
      // x = crval1 + cdelt1 (PC1_1 dx + PC1_2 dy), y alike (Thompson 2006, equations 1 and 9).
      expect(30 + 0.5 * Math.cos(angle) * dx - 0.6 * Math.sin(angle) * dy).toBeCloseTo(0, 9);
      expect(-70 + 0.5 * Math.sin(angle) * dx + 0.6 * Math.cos(angle) * dy).toBeCloseTo(0, 9);
    }
  });

  test('degrees become arc seconds; the radius can come from the distance', () => {
    const view = wcsOf({
      CRPIX1: 1,
      CRPIX2: 1,
      CDELT1: 0.5 / 3600,
      CDELT2: 0.5 / 3600,
      CUNIT1: 'deg',
      CUNIT2: 'deg',
      RSUN_REF: 6.96e8,
      DSUN_OBS: 1.496e11,
    });
    expect(view.cdelt1).toBeCloseTo(0.5, 12);
    expect(view.rsunObs).toBeCloseTo(959.6, 0);
  });

  test('without CRPIX or CDELT there is no view', () => {
    expect(() => wcsOf({ CRPIX1: 1, CRPIX2: 1, CDELT1: 0, CDELT2: 1 })).toThrow(FitsError);
    expect(() => wcsOf({ CDELT1: 1, CDELT2: 1 })).toThrow(/CRPIX1/);
  });
});
