/**
 * Where the observer stands: distance, apparent radius, and the heliographic coordinates of the disk centre. Low
 * precision series of Meeus, Astronomical Algorithms (2nd ed.), chapters 25 and 29: good to about 0.01 degree, far below
 * what a picture shows. SDO circles the Earth, so the Earth's centre stands for it (0.03 % in distance).
 */
export interface Ephemeris {
  /** Metres from the observer to the Sun's centre (DSUN_OBS). */
  distanceMetres: number;
  /** Apparent radius in arcsec (RSUN_OBS). */
  radiusArcsec: number;
  /** Heliographic latitude of the disk centre, radians (CRLT_OBS, B0). */
  b0: number;
  /** Carrington longitude of the disk centre, radians in [0, 2 pi) (CRLN_OBS, L0). */
  l0: number;
  /** Carrington rotation number (CAR_ROT). */
  rotation: number;
  /** Velocity away from the Sun, m/s (OBS_VR). */
  radialVelocity: number;
  /** Velocity towards solar west, m/s (OBS_VW). */
  westVelocity: number;
  /** Velocity towards solar north, m/s (OBS_VN). */
  northVelocity: number;
}

export const SOLAR_RADIUS_METRES = 6.96e8;
export const SOLAR_RADIUS_MM = 696;
const ASTRONOMICAL_UNIT_METRES = 149_597_870_691;
const RADIAN = Math.PI / 180;
const ARCSEC_PER_RADIAN = 206_264.806247;
const DAY_MS = 86_400_000;

export function ephemerisAt(time: Date): Ephemeris {
  const julianDay = time.getTime() / DAY_MS + 2_440_587.5;
  const distanceMetres = distanceAu(julianDay) * ASTRONOMICAL_UNIT_METRES;
  const step = 1 / 24;
  const perSecond = 1 / (2 * step * 86_400);
  const ahead = distanceAu(julianDay + step);
  const behind = distanceAu(julianDay - step);
  const { b0, l0 } = diskCentre(julianDay);
  const later = diskCentre(julianDay + step);
  const earlier = diskCentre(julianDay - step);
  const travelled = wrapAngle(later.inertial - earlier.inertial);
  return {
    distanceMetres,
    radiusArcsec: Math.asin(SOLAR_RADIUS_METRES / distanceMetres) * ARCSEC_PER_RADIAN,
    b0,
    l0,
    rotation: carringtonRotation(julianDay, l0),
    radialVelocity: (ahead - behind) * ASTRONOMICAL_UNIT_METRES * perSecond,
    westVelocity: distanceMetres * Math.cos(b0) * travelled * perSecond,
    northVelocity: distanceMetres * (later.b0 - earlier.b0) * perSecond,
  };
}

/** Anomaly-based elements of the Sun's apparent motion, Meeus chapter 25. */
function elements(julianDay: number) {
  const centuries = (julianDay - 2_451_545) / 36_525;
  const meanLongitude = 280.46646 + 36_000.76983 * centuries;
  const anomaly = (357.52911 + 35_999.05029 * centuries) * RADIAN;
  const eccentricity = 0.016708634 - 0.000042037 * centuries;
  const centre =
    (1.914602 - 0.004817 * centuries) * Math.sin(anomaly) +
    0.019993 * Math.sin(2 * anomaly) +
    0.000289 * Math.sin(3 * anomaly);
  return { longitude: meanLongitude + centre, trueAnomaly: anomaly + centre * RADIAN, eccentricity };
}

function distanceAu(julianDay: number): number {
  const { trueAnomaly, eccentricity } = elements(julianDay);
  return (1.000001018 * (1 - eccentricity ** 2)) / (1 + eccentricity * Math.cos(trueAnomaly));
}

/**
 * Meeus chapter 29; inclination 7.25 degrees of the solar equator, sidereal period 25.38 days. `inertial` is the longitude
 * that does not turn with the Sun.
 */
function diskCentre(julianDay: number): { b0: number; l0: number; inertial: number } {
  const theta = ((julianDay - 2_398_220) * 360) / 25.38;
  const inclination = 7.25 * RADIAN;
  const node = (73.6667 + (1.3958333 * (julianDay - 2_396_758)) / 36_525) * RADIAN;
  const fromNode = (elements(julianDay).longitude - 0.00569) * RADIAN - node;
  const b0 = Math.asin(Math.sin(fromNode) * Math.sin(inclination));
  const eta = Math.atan2(-Math.sin(fromNode) * Math.cos(inclination), -Math.cos(fromNode));
  return { b0, l0: wrapAngle(eta - theta * RADIAN), inertial: eta };
}

function carringtonRotation(julianDay: number, l0: number): number {
  const smooth = (julianDay - 2_398_140.227) / 27.2752316;
  // Within a rotation L0 falls from 360 to 0: that phase is exact, the mean count is not, so only its nearest turn is used.
  const phase = 1 - l0 / (2 * Math.PI);
  return Math.round(smooth - phase);
}

/** The angle in [0, 2 pi). */
export function wrapAngle(angle: number): number {
  const turn = 2 * Math.PI;
  return ((angle % turn) + turn) % turn;
}
