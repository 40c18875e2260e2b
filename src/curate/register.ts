/**
 * Registration: solar north up, disk centre at the array's centre (n - 1) / 2, 0.6" a pixel at 4096 and in proportion
 * below. One cubic resample at most; a frame that is there already (synoptic level 1.5) passes unchanged.
 */
import type { HeaderRecord } from '../catalog/index.ts';
import type { Affine } from '../numeric/index.ts';
import { numberOf } from './rules/types.ts';

/** Arc seconds a pixel of a registered frame of 4096 pixels a side; other sizes have the same field of view. */
const ARCSEC_PER_PIXEL_4096 = 0.6;

/** Closer than this is registered: a twentieth of a pixel anywhere in the frame. */
const TOLERANCE_PIXELS = 0.05;

export interface Pointing {
  /** Disk centre in zero-based pixels (FITS counts from 1). */
  centreX: number;
  centreY: number;
  arcsecPerPixel: number;
  /** CROTA2, or the angle of the PC matrix, in degrees: world = scale * R(CROTA2) * pixel (Calabretta & Greisen 2002), so north leans to the right. */
  rotationDegrees: number;
  /** RSUN_OBS; undefined when the header lacks it. R_SUN is not used: synoptic files keep that of the 4096 frame. */
  radiusArcsec: number | undefined;
}

/** Undefined when the header lacks a keyword that registration needs. */
export function pointingOf(header: HeaderRecord): Pointing | undefined {
  const x = numberOf(header, 'CRPIX1');
  const y = numberOf(header, 'CRPIX2');
  const scale = numberOf(header, 'CDELT1');
  if (x === null || y === null || scale === null || scale <= 0) return undefined;
  const rotationDegrees = numberOf(header, 'CROTA2') ?? rotationOfMatrix(header);
  // The reference pixel need not be the disk centre: CRVAL says how far from it, in arc seconds, it lies.
  const [east, north] = [numberOf(header, 'CRVAL1') ?? 0, numberOf(header, 'CRVAL2') ?? 0];
  const angle = (rotationDegrees * Math.PI) / 180;
  return {
    centreX: x - 1 - (Math.cos(angle) * east + Math.sin(angle) * north) / scale,
    centreY: y - 1 - (Math.cos(angle) * north - Math.sin(angle) * east) / scale,
    arcsecPerPixel: scale,
    rotationDegrees,
    radiusArcsec: numberOf(header, 'RSUN_OBS') ?? undefined,
  };
}

/** Of the PC matrix that newer programs write in place of CROTA2, for square pixels; 0 without one. */
function rotationOfMatrix(header: HeaderRecord): number {
  const [cosine, sine] = [numberOf(header, 'PC1_1') ?? 1, numberOf(header, 'PC2_1') ?? 0];
  return (Math.atan2(sine, cosine) * 180) / Math.PI;
}

export function registeredScale(size: number): number {
  return (ARCSEC_PER_PIXEL_4096 * 4096) / size;
}

/**
 * From a pixel of the registered frame (`size` a side, `targetScale` arc seconds a pixel, disk centre at `centre`: the
 * array's unless a part of the Sun is wanted) to the pixel of the frame as it was taken.
 */
export function registration(
  pointing: Pointing,
  size: number,
  targetScale = registeredScale(size),
  centre = { x: (size - 1) / 2, y: (size - 1) / 2 },
): Affine {
  const scale = targetScale / pointing.arcsecPerPixel;
  const angle = (pointing.rotationDegrees * Math.PI) / 180;
  const cosine = scale * Math.cos(angle);
  const sine = scale * Math.sin(angle);
  return {
    xx: cosine,
    xy: sine,
    x0: pointing.centreX - cosine * centre.x - sine * centre.y,
    yx: -sine,
    yy: cosine,
    y0: pointing.centreY + sine * centre.x - cosine * centre.y,
  };
}

/** Whether no pixel of the frame would move by more than the tolerance. */
export function isRegistered(pointing: Pointing, size: number, targetScale = registeredScale(size)): boolean {
  const map = registration(pointing, size, targetScale);
  const corners = [0, size - 1];
  return corners.every((x) =>
    corners.every((y) => {
      const dx = map.xx * x + map.xy * y + map.x0 - x;
      const dy = map.yx * x + map.yy * y + map.y0 - y;
      return Math.hypot(dx, dy) <= TOLERANCE_PIXELS;
    }),
  );
}
