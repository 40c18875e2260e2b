/**
 * From pixels to places on the Sun and back. The view frame has x to solar west, y to solar north, z to the observer, in
 * solar radii; the Carrington frame turns with the Sun, its third axis is the rotation axis.
 */
import type { Ephemeris } from './ephemeris.ts';

/** How a picture lies on the sky. FITS row order: row 0 is the bottom. */
export interface Geometry {
  width: number;
  height: number;
  arcsecPerPixel: number;
  /** Sun centre, 0-based pixels (CRPIX - 1). */
  centreX: number;
  centreY: number;
  /** CROTA2, degrees. */
  rotationDegrees: number;
}

/** Sun in the array's centre, north up: what level 1.5 files have. */
export function centredGeometry(size: number, arcsecPerPixel: number): Geometry {
  return {
    width: size,
    height: size,
    arcsecPerPixel,
    centreX: (size - 1) / 2,
    centreY: (size - 1) / 2,
    rotationDegrees: 0,
  };
}

export interface View {
  geometry: Geometry;
  radiusPixels: number;
  /** Pixel offset (di, dj) from the centre -> view frame: x = a di - b dj, y = b di + a dj. */
  a: number;
  b: number;
  sinB0: number;
  cosB0: number;
  sinL0: number;
  cosL0: number;
}

export function createView(geometry: Geometry, ephemeris: Ephemeris): View {
  const angle = (geometry.rotationDegrees * Math.PI) / 180;
  const radiusPixels = ephemeris.radiusArcsec / geometry.arcsecPerPixel;
  return {
    geometry,
    radiusPixels,
    a: Math.cos(angle) / radiusPixels,
    b: Math.sin(angle) / radiusPixels,
    sinB0: Math.sin(ephemeris.b0),
    cosB0: Math.cos(ephemeris.b0),
    sinL0: Math.sin(ephemeris.l0),
    cosL0: Math.cos(ephemeris.l0),
  };
}

export type Vector = [number, number, number];

/** A point of the Carrington frame in the view frame. */
export function toView(view: View, p: Vector): Vector {
  const towards = p[0] * view.cosL0 + p[1] * view.sinL0;
  return [
    p[1] * view.cosL0 - p[0] * view.sinL0,
    p[2] * view.cosB0 - towards * view.sinB0,
    towards * view.cosB0 + p[2] * view.sinB0,
  ];
}

/** 0-based pixel coordinates of a point (x, y) of the view frame. */
export function toPixel(view: View, x: number, y: number): [number, number] {
  const scale = view.radiusPixels * view.radiusPixels;
  return [
    view.geometry.centreX + (view.a * x + view.b * y) * scale,
    view.geometry.centreY + (view.a * y - view.b * x) * scale,
  ];
}

export function onSphere(latitude: number, longitude: number): Vector {
  const c = Math.cos(latitude);
  return [c * Math.cos(longitude), c * Math.sin(longitude), Math.sin(latitude)];
}
