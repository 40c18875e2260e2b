/**
 * The magnetic field of an active region: a few charges below the surface (a potential field), and its field lines. All in
 * the region's own frame: west, north and up in Mm from its centre.
 */
import { createRandom } from '../../numeric/random.ts';
import { SOLAR_RADIUS_MM } from './ephemeris.ts';
import type { ActiveRegion } from './regions.ts';
import { onSphere, type Vector } from './view.ts';

export const MAX_POINTS = 111;

export interface Charge {
  x: number;
  y: number;
  depth: number;
  value: number;
}

/** A place in the region's own frame: west, north, up, in Mm. */
interface LocalFrame {
  up: Vector;
  west: Vector;
  north: Vector;
}

export function localFrame(latitude: number, longitude: number): LocalFrame {
  return {
    up: onSphere(latitude, longitude),
    west: [-Math.sin(longitude), Math.cos(longitude), 0],
    north: onSphere(latitude + Math.PI / 2, longitude),
  };
}

/** Carrington position, in solar radii, of (west, north, height) Mm seen from the region's centre. */
export function fromLocal(frame: LocalFrame, west: number, north: number, height: number): Vector {
  const u = west / SOLAR_RADIUS_MM;
  const v = north / SOLAR_RADIUS_MM;
  const p: Vector = [
    frame.up[0] + u * frame.west[0] + v * frame.north[0],
    frame.up[1] + u * frame.west[1] + v * frame.north[1],
    frame.up[2] + u * frame.west[2] + v * frame.north[2],
  ];
  const scale = (1 + height / SOLAR_RADIUS_MM) / Math.hypot(p[0], p[1], p[2]);
  return [p[0] * scale, p[1] * scale, p[2] * scale];
}

/** The region's poles: a compact leading one, a scattered trailing one. West is positive. */
export function chargesOf(region: ActiveRegion): Charge[] {
  const random = createRandom(`${region.key}/charges`);
  const half = region.separationMm / 2;
  const [cos, sin] = [Math.cos(region.tilt), Math.sin(region.tilt)];
  const charges: Charge[] = [];
  const place = (along: number, across: number, value: number, depth: number) => {
    charges.push({ x: along * cos - across * sin, y: along * sin + across * cos, depth, value });
  };
  const leaders = 2 + random.int(2);
  for (let i = 0; i < leaders; i++) {
    place(
      half * (1 + 0.25 * random.normal()),
      half * 0.25 * random.normal(),
      region.leadingSign / leaders,
      half * (0.22 + 0.2 * random.uniform()),
    );
  }
  const followers = 3 + random.int(3);
  for (let i = 0; i < followers; i++) {
    place(
      -half * (1 + 0.35 * random.normal()),
      half * 0.5 * random.normal(),
      -region.leadingSign / followers,
      half * (0.25 + 0.3 * random.uniform()),
    );
  }
  return charges;
}

export interface FieldLine {
  /** west, north, up in Mm, one point after another; valid until the next line is traced. */
  points: Float64Array;
  count: number;
  /** Mm along the line. */
  length: number;
  closed: boolean;
}

/** Lines are traced one at a time, so one buffer serves all. */
const POINTS = new Float64Array(3 * MAX_POINTS);
/** Where the field is asked for, and its direction there: typed arrays, as numbers passed to a call would be boxed. */
const PROBE = new Float64Array(3);
const FIELD = new Float64Array(3);

/** Follows the field from the surface with steps that grow with height, until it comes down or leaves. */
export function traceLine(
  charges: Charge[],
  startX: number,
  startY: number,
  sign: number,
  separation: number,
  finest: number,
): FieldLine {
  let x = startX;
  let y = startY;
  let z = 0.2;
  let length = 0;
  POINTS[0] = x;
  POINTS[1] = y;
  POINTS[2] = z;
  for (let step = 1; step < MAX_POINTS; step++) {
    const size = sign * (finest + 0.05 * z);
    // Midpoint rule.
    PROBE[0] = x;
    PROBE[1] = y;
    PROBE[2] = z;
    probeField(charges);
    PROBE[0] = x + 0.5 * size * FIELD[0]!;
    PROBE[1] = y + 0.5 * size * FIELD[1]!;
    PROBE[2] = z + 0.5 * size * FIELD[2]!;
    probeField(charges);
    x += size * FIELD[0]!;
    y += size * FIELD[1]!;
    z += size * FIELD[2]!;
    length += Math.abs(size);
    if (z < 0) return { points: POINTS, count: step, length, closed: true };
    POINTS[3 * step] = x;
    POINTS[3 * step + 1] = y;
    POINTS[3 * step + 2] = z;
    if (z > 3 * separation || x * x + y * y > 16 * separation * separation)
      return { points: POINTS, count: step + 1, length, closed: false };
  }
  return { points: POINTS, count: MAX_POINTS, length, closed: false };
}

/** Unit vector along the field at PROBE, into FIELD. */
function probeField(charges: Charge[]): void {
  const x = PROBE[0]!;
  const y = PROBE[1]!;
  const z = PROBE[2]!;
  let bx = 0;
  let by = 0;
  let bz = 0;
  for (let i = 0; i < charges.length; i++) {
    const charge = charges[i]!;
    const dx = x - charge.x;
    const dy = y - charge.y;
    const dz = z + charge.depth;
    const r2 = dx * dx + dy * dy + dz * dz;
    const k = charge.value / (r2 * Math.sqrt(r2));
    bx += k * dx;
    by += k * dy;
    bz += k * dz;
  }
  const scale = 1 / Math.sqrt(bx * bx + by * by + bz * bz + 1e-30);
  FIELD[0] = bx * scale;
  FIELD[1] = by * scale;
  FIELD[2] = bz * scale;
}
