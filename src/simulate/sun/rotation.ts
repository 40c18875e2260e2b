/**
 * Differential rotation of surface magnetic features: Snodgrass 1983 (ApJ 270, 288), 2.902 - 0.464 sin^2 - 0.328 sin^4
 * microradian per second, sidereal. Coronal holes turn almost rigidly and keep the Carrington rate.
 */
const RADIAN = Math.PI / 180;
const DEGREES_PER_DAY = (1e-6 * 86_400) / RADIAN;

/** Degrees per day of the Carrington frame, sidereal. */
export const CARRINGTON_RATE = 14.1844;

/** Sidereal rotation rate in degrees per day at the latitude whose sine is `sinLatitude`. */
export function rotationRate(sinLatitude: number): number {
  const s2 = sinLatitude * sinLatitude;
  return (2.902 - 0.464 * s2 - 0.328 * s2 * s2) * DEGREES_PER_DAY;
}

/** Radians of longitude that the surface has gained on the Carrington frame after `days`. */
export function carringtonDrift(sinLatitude: number, days: number): number {
  return (rotationRate(sinLatitude) - CARRINGTON_RATE) * days * RADIAN;
}
