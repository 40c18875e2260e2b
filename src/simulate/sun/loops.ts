/**
 * Loops of active regions: field lines of a few charges below the surface (a potential field), each filled with plasma of
 * its own temperature. A channel shows those near its own temperature. Short inner loops are hot, long outer ones warm,
 * open fans cool, as in real regions.
 */
import { createRandom, type Random } from '../../numeric/random.ts';
import { addSpot } from './canvas.ts';
import type { Channel } from './channels.ts';
import { SOLAR_RADIUS_MM } from './ephemeris.ts';
import type { ActiveRegion } from './regions.ts';
import { onSphere, toPixel, toView, type Vector, type View } from './view.ts';

/** Pressure scale height in Mm per million kelvin. */
const SCALE_HEIGHT_MM = 47;
const MAX_STEPS = 130;
/** Hours that one loop stays bright. */
const LOOP_HOURS = 9;

interface Charge {
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

/** Draws the loops of one region into `image`. Returns without work when nothing of it can be seen. */
export function drawLoops(
  image: Float32Array,
  view: View,
  channel: Channel,
  region: ActiveRegion,
  hours: number,
): void {
  const frame = localFrame(region.latitude, region.longitude);
  const centre = toView(view, frame.up);
  if (centre[2] < -0.55) return;
  const charges = chargesOf(region);
  const count = Math.round(60 + 320 * Math.sqrt(region.flux));
  for (let index = 0; index < count; index++) {
    // Each loop brightens and fades in its own time; its next life has another shape.
    const clock = hours / LOOP_HOURS + ((index * 0.618034) % 1);
    const life = Math.floor(clock);
    const glow = Math.sin(Math.PI * (clock - life)) ** 2;
    if (glow < 0.02) continue;
    const random = createRandom(`${region.key}/loop/${index}/${life}`);
    drawLoop(image, view, channel, region, frame, charges, random, glow);
  }
}

function drawLoop(
  image: Float32Array,
  view: View,
  channel: Channel,
  region: ActiveRegion,
  frame: LocalFrame,
  charges: Charge[],
  random: Random,
  glow: number,
): void {
  const root = charges[random.int(charges.length)]!;
  const spread =
    region.separationMm * (0.06 + 0.2 * random.uniform() + 0.3 * region.dispersal * random.uniform());
  const start: Vector = [root.x + spread * random.normal(), root.y + spread * random.normal(), 0.2];
  const heat = random.normal();
  const weight = 0.22 * Math.exp(0.6 * random.normal());
  const widthMm = 1.1 + 1.3 * random.uniform();
  const finest = Math.min(
    0.05 * region.separationMm,
    Math.max(0.022 * region.separationMm, (0.8 * SOLAR_RADIUS_MM) / view.radiusPixels),
  );
  const line = traceLine(charges, start, Math.sign(root.value), region.separationMm, finest);
  if (line.points.length < 4) return;
  const logTemperature = line.closed
    ? Math.min(
        6.9,
        Math.max(
          5.8,
          6.62 -
            0.3 * (line.length / region.separationMm) * 0.6 +
            0.1 * Math.log10(0.2 + region.flux) +
            0.13 * heat,
        ),
      )
    : 5.92 + 0.1 * heat;
  const response = responseOf(channel, logTemperature);
  if (response < 0.01) return;
  const peak =
    channel.loops *
    response *
    weight *
    glow *
    Math.min(1.3, region.flux ** 0.75) *
    (line.closed ? Math.min(1.6, (region.separationMm / line.length) ** 1.2) : 0.4);
  drawLine(image, view, frame, line, 10 ** (logTemperature - 6), widthMm, peak);
}

/** How strongly a channel answers plasma of a temperature, 0 to 1. */
export function responseOf(channel: Channel, logTemperature: number): number {
  let sum = 0;
  for (const [centre, width, weight] of channel.response)
    sum += weight * Math.exp(-0.5 * ((logTemperature - centre) / width) ** 2);
  return sum;
}

interface FieldLine {
  points: Vector[];
  /** Mm along the line. */
  length: number;
  closed: boolean;
}

/** Follows the field from `start` with steps that grow with height, until it comes down or leaves. */
function traceLine(
  charges: Charge[],
  start: Vector,
  sign: number,
  separation: number,
  finest: number,
): FieldLine {
  const points: Vector[] = [start];
  let [x, y, z] = start;
  let length = 0;
  for (let step = 0; step < MAX_STEPS; step++) {
    const size = finest + 0.04 * z;
    const mid = direction(charges, x, y, z, sign * size * 0.5);
    const full = direction(charges, x + mid[0], y + mid[1], z + mid[2], sign * size);
    x += full[0];
    y += full[1];
    z += full[2];
    length += size;
    if (z < 0) return { points, length, closed: true };
    points.push([x, y, z]);
    if (z > 3 * separation || Math.hypot(x, y) > 4 * separation) break;
  }
  return { points, length, closed: false };
}

/** Displacement of length |distance| along the field at a point. */
function direction(charges: Charge[], x: number, y: number, z: number, distance: number): Vector {
  let bx = 0;
  let by = 0;
  let bz = 0;
  for (const charge of charges) {
    const dx = x - charge.x;
    const dy = y - charge.y;
    const dz = z + charge.depth;
    const r2 = dx * dx + dy * dy + dz * dz;
    const k = charge.value / (r2 * Math.sqrt(r2));
    bx += k * dx;
    by += k * dy;
    bz += k * dz;
  }
  const scale = distance / Math.sqrt(bx * bx + by * by + bz * bz + 1e-30);
  return [bx * scale, by * scale, bz * scale];
}

function drawLine(
  image: Float32Array,
  view: View,
  frame: LocalFrame,
  line: FieldLine,
  millionKelvin: number,
  widthMm: number,
  peak: number,
): void {
  const { width, height } = view.geometry;
  const pixelsPerMm = view.radiusPixels / SOLAR_RADIUS_MM;
  const sigma = widthMm * pixelsPerMm;
  const drawnSigma = Math.max(sigma, 0.6);
  const fade = line.closed ? SCALE_HEIGHT_MM * millionKelvin : 0.5 * SCALE_HEIGHT_MM * millionKelvin;
  const last = line.points.length - 1;
  for (let index = 0; index < last; index++) {
    const [x0, y0, z0] = line.points[index]!;
    const [x1, y1, z1] = line.points[index + 1]!;
    const stepPixels = Math.hypot(x1 - x0, y1 - y0, z1 - z0) * pixelsPerMm;
    const pieces = Math.max(1, Math.ceil(stepPixels / drawnSigma));
    for (let piece = 0; piece < pieces; piece++) {
      const t = (piece + 0.5) / pieces;
      const z = z0 + (z1 - z0) * t;
      const brightness = peak * Math.exp(-z / fade);
      if (brightness * 50 < peak) continue;
      const p = toView(view, fromLocal(frame, x0 + (x1 - x0) * t, y0 + (y1 - y0) * t, z));
      if (p[2] < 0 && p[0] * p[0] + p[1] * p[1] < 1.012) continue;
      const [px, py] = toPixel(view, p[0], p[1]);
      // Peaks of overlapping spots add up to `brightness` on a line seen from the side, to more where it runs toward us.
      addSpot(image, width, height, px, py, sigma, (brightness * stepPixels) / (pieces * sigma * 2.5066));
    }
  }
}
