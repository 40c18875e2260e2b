/**
 * Loops of active regions: field lines filled with plasma, each of its own temperature. A channel shows those near its own temperature. Short inner loops are hot, long outer ones warm,
 * open fans cool, as in real regions.
 */
import { createRandom, type Random } from '../../numeric/random.ts';
import { addSpots, type Canvas, createSpots, MIN_SIGMA } from './canvas.ts';
import type { Channel } from './channels.ts';
import { SOLAR_RADIUS_MM } from './ephemeris.ts';
import { type Charge, chargesOf, type FieldLine, localFrame, MAX_POINTS, traceLine } from './field-lines.ts';
import type { ActiveRegion } from './regions.ts';
import { toView, type Vector, type View } from './view.ts';

/** Pressure scale height in Mm per million kelvin. */
const SCALE_HEIGHT_MM = 47;
const LOOPS_PER_BUNDLE = 9;
/** Fans that leave the region are filled with plasma of about 0.8 MK; their brightness relative to closed loops. */
const FAN_BRIGHTNESS = 0.9;
const FAN_LOG_TEMPERATURE = 5.92;
/** Squared distance from disk centre inside which the far side is covered. */
const HIDDEN_BELOW = 1.012;
/** Spots on one step of a line, at most: SPOTS holds so many for the longest line. */
const MAX_PIECES = 140;
/** Flux of a region whose loops are too faint to draw; they fade in up to twice this. */
const FAINTEST = 0.012;
/** Hours that one loop stays bright. */
const LOOP_HOURS = 9;

/** The local axes of a region as the observer sees them: view = up + west * u + north * v, in solar radii. */
type ViewAxes = [up: Vector, west: Vector, north: Vector];

/** Draws the loops of one region on `canvas`. Returns without work when nothing of it can be seen. */
export function drawLoops(
  canvas: Canvas,
  view: View,
  channel: Channel,
  region: ActiveRegion,
  hours: number,
): void {
  const frame = localFrame(region.latitude, region.longitude);
  const axes: ViewAxes = [toView(view, frame.up), toView(view, frame.west), toView(view, frame.north)];
  const shown = Math.min(1, (region.flux * (1 - 0.75 * region.dispersal)) / FAINTEST - 1);
  if (axes[0][2] < -0.55 || shown <= 0) return;
  const charges = chargesOf(region);
  // The number follows the region's best flux: it must not change with time, or every loop would jump to another place.
  const total = Math.round(60 + 320 * Math.sqrt(region.strength));
  const bundles = bundlesOf(region, charges, Math.ceil(total / LOOPS_PER_BUNDLE));
  // Where single loops are far below a pixel, a quarter of them with four times the light gives the same picture.
  const stride = view.radiusPixels < 130 ? 4 : 1;
  for (let index = 0; index < total; index += stride) {
    // Each loop brightens and fades in its own time; its next life has another shape.
    const clock = hours / LOOP_HOURS + ((index * 0.618034) % 1);
    const life = Math.floor(clock);
    const glow = Math.sin(Math.PI * (clock - life)) ** 2 - 0.03;
    if (glow <= 0) continue;
    const random = createRandom(`${region.key}/loop/${index}/${life}`);
    drawLoop(
      canvas,
      view,
      channel,
      region,
      axes,
      bundles[index % bundles.length]!,
      random,
      charges,
      glow * stride * shown,
    );
  }
}

/** Loops of a bundle are rooted side by side and share a temperature: fans and arcades instead of a ball of wire. */
interface Bundle {
  /** Middle of its roots, Mm west and north. */
  x: number;
  y: number;
  sign: number;
  heat: number;
  weight: number;
}

function bundlesOf(region: ActiveRegion, charges: Charge[], count: number): Bundle[] {
  const { separationMm, dispersal } = region;
  const random = createRandom(`${region.key}/bundles`);
  return Array.from({ length: count }, () => {
    const root = charges[random.int(charges.length)]!;
    const spread = separationMm * (0.07 + 0.24 * random.uniform() + 0.35 * dispersal * random.uniform());
    return {
      x: root.x + spread * random.normal(),
      y: root.y + spread * random.normal(),
      sign: Math.sign(root.value),
      heat: random.normal(),
      weight: 0.2 * Math.exp(0.7 * random.normal()),
    };
  });
}

function drawLoop(
  canvas: Canvas,
  view: View,
  channel: Channel,
  region: ActiveRegion,
  axes: ViewAxes,
  bundle: Bundle,
  random: Random,
  charges: Charge[],
  glow: number,
): void {
  const { separationMm, dispersal, flux } = region;
  const within = 0.06 * separationMm;
  const startX = bundle.x + within * random.normal();
  const startY = bundle.y + within * random.normal();
  const heat = 0.8 * bundle.heat + 0.6 * random.normal();
  const weight = bundle.weight * Math.exp(0.4 * random.normal());
  const widthMm = 1.2 + 1.9 * random.uniform();
  const pixelMm = SOLAR_RADIUS_MM / view.radiusPixels;
  const step = Math.min(0.06 * separationMm, Math.max(0.025 * separationMm, 0.8 * pixelMm));
  const line = traceLine(charges, startX, startY, bundle.sign, separationMm, step);
  if (line.count < 4) return;
  const logTemperature = line.closed
    ? closedTemperature(line.length / separationMm, flux, heat)
    : FAN_LOG_TEMPERATURE + 0.1 * heat;
  const response = responseOf(channel, logTemperature);
  if (response < 0.01) return;
  // Long loops hold less plasma.
  const filling = line.closed ? Math.min(1.6, (separationMm / line.length) ** 1.2) : FAN_BRIGHTNESS;
  const age = 1 - 0.75 * dispersal;
  const peak = channel.loops * response * weight * glow * Math.min(1.3, flux ** 0.75) * filling * age;
  drawLine(canvas, view, axes, line, 10 ** (logTemperature - 6), widthMm, peak);
}

/** log10 T of a closed loop: shorter and stronger means hotter, within what active regions show. */
function closedTemperature(lengthOverSeparation: number, flux: number, heat: number): number {
  const mean = 6.62 - 0.18 * lengthOverSeparation + 0.1 * Math.log10(0.2 + flux);
  return Math.min(6.9, Math.max(5.8, mean + 0.13 * heat));
}

/** How strongly a channel answers plasma of a temperature, 0 to 1. */
export function responseOf(channel: Channel, logTemperature: number): number {
  let sum = 0;
  for (const [centre, width, weight] of channel.response)
    sum += weight * Math.exp(-0.5 * ((logTemperature - centre) / width) ** 2);
  return sum;
}

/** View coordinates of the line's points and their heights: x, y, z in solar radii, height in Mm. */
const SEEN = new Float64Array(4 * MAX_POINTS);

function project(axes: ViewAxes, line: FieldLine): void {
  const [up, west, north] = axes;
  for (let index = 0; index < line.count; index++) {
    const u = line.points[3 * index]! / SOLAR_RADIUS_MM;
    const v = line.points[3 * index + 1]! / SOLAR_RADIUS_MM;
    const height = line.points[3 * index + 2]!;
    const scale = (1 + height / SOLAR_RADIUS_MM) / Math.sqrt(1 + u * u + v * v);
    for (let axis = 0; axis < 3; axis++)
      SEEN[4 * index + axis] = scale * (up[axis]! + u * west[axis]! + v * north[axis]!);
    SEEN[4 * index + 3] = height;
  }
}

/** The Gaussians of one line, drawn together. */
const SPOTS = createSpots(16_384);

function drawLine(
  canvas: Canvas,
  view: View,
  axes: ViewAxes,
  line: FieldLine,
  millionKelvin: number,
  widthMm: number,
  peak: number,
): void {
  const { geometry, radiusPixels } = view;
  const sigma = (widthMm * radiusPixels) / SOLAR_RADIUS_MM;
  // Gaussians 1.8 sigma apart add up to a line that is even within 1 %.
  const spacing = 1.8 * Math.max(sigma, MIN_SIGMA);
  const fade = SCALE_HEIGHT_MM * millionKelvin * (line.closed ? 1 : 0.5);
  // As toPixel does, without a call per place.
  const a2 = view.a * radiusPixels * radiusPixels;
  const b2 = view.b * radiusPixels * radiusPixels;
  const { values } = SPOTS;
  project(axes, line);
  for (let index = 0; index < line.count - 1; index++) {
    const a = 4 * index;
    const dx = SEEN[a + 4]! - SEEN[a]!;
    const dy = SEEN[a + 5]! - SEEN[a + 1]!;
    const dz = SEEN[a + 6]! - SEEN[a + 2]!;
    const stepPixels = Math.sqrt(dx * dx + dy * dy + dz * dz) * radiusPixels;
    const pieces = Math.min(MAX_PIECES, Math.max(1, Math.ceil(stepPixels / spacing)));
    for (let piece = 0; piece < pieces; piece++) {
      const t = (piece + 0.5) / pieces;
      const share = Math.exp(-(SEEN[a + 3]! + (SEEN[a + 7]! - SEEN[a + 3]!) * t) / fade);
      if (share < 0.02) continue;
      const x = SEEN[a]! + dx * t;
      const y = SEEN[a + 1]! + dy * t;
      if (SEEN[a + 2]! + dz * t < 0 && x * x + y * y < HIDDEN_BELOW) continue;
      const n = 3 * SPOTS.count++;
      values[n] = geometry.centreX + a2 * x + b2 * y;
      values[n + 1] = geometry.centreY + a2 * y - b2 * x;
      // Peaks of overlapping spots add up to `peak` on a line seen from the side, to more where it runs toward us.
      values[n + 2] = (peak * share * stepPixels) / (pieces * sigma * 2.5066);
    }
  }
  addSpots(canvas, sigma, SPOTS);
}
