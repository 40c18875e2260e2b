/** Compact brightenings drawn over the smooth picture: bright points and flares. */
import { addSpot, addStreak, type Canvas } from './canvas.ts';
import type { Channel } from './channels.ts';
import { SOLAR_RADIUS_MM } from './ephemeris.ts';
import { fromLocal, localFrame } from './field-lines.ts';
import type { SunState } from './state.ts';
import { toPixel, toView, type Vector, type View } from './view.ts';

/** Cosine from the line of sight beyond which a bright point is not seen. */
const LIMB_MU = 0.05;

export function drawBrightPoints(canvas: Canvas, view: View, channel: Channel, state: SunState): void {
  if (channel.points <= 0) return;
  const pixelsPerMm = view.radiusPixels / SOLAR_RADIUS_MM;
  const quiet = channel.surfaceDn + channel.coronaDn;
  for (const point of state.points) {
    const p = toView(view, point.position);
    if (p[2] < LIMB_MU) continue;
    const ring = Math.hypot(point.position[0], point.position[1]) || 1e-9;
    const west: Vector = [-point.position[1] / ring, point.position[0] / ring, 0];
    const q = toView(view, west);
    const [px, py] = toPixel(view, p[0], p[1]);
    const reach = point.lengthMm * pixelsPerMm;
    // Direction on the sky of a loop that lies on the surface: foreshortened with its place.
    const dx = (q[0] * Math.cos(point.direction) - q[1] * Math.sin(point.direction) * p[2]) * reach;
    const dy = (q[1] * Math.cos(point.direction) + q[0] * Math.sin(point.direction) * p[2]) * reach;
    // Points come into sight and leave it at the limb by degrees.
    const peak = quiet * channel.points * point.brightness * Math.min(1, (p[2] - LIMB_MU) / 0.1);
    addStreak(canvas, px, py, { dx, dy, sigma: point.widthMm * pixelsPerMm, peak });
  }
}

export interface FlareSpot {
  x: number;
  y: number;
  /** Total of its core in DN, for the diffraction pattern. */
  totalDn: number;
  peakDn: number;
}

/** Of an arcade's middle. */
const FLARE_HEIGHT_MM = 4;

/** Turning behind the limb, a flare goes down by degrees: all of it is in sight at the limb, nothing when its top has set. */
function shareInSight(p: Vector): number {
  if (p[2] >= 0) return 1;
  return Math.max(0, (Math.hypot(p[0], p[1]) - 1) / (FLARE_HEIGHT_MM / SOLAR_RADIUS_MM));
}

/** Draws the flares; returns where the bright ones are, so that the optics can add their diffraction cross. */
export function drawFlares(canvas: Canvas, view: View, channel: Channel, state: SunState): FlareSpot[] {
  const pixelsPerMm = view.radiusPixels / SOLAR_RADIUS_MM;
  const spots: FlareSpot[] = [];
  for (const flare of state.flares) {
    const frame = localFrame(flare.region.latitude, flare.region.longitude);
    const p = toView(view, fromLocal(frame, flare.east, flare.north, FLARE_HEIGHT_MM));
    const peakDn = channel.flare * flare.brightness ** 0.55 * shareInSight(p);
    if (peakDn < 1) continue;
    // Two ribbons and the arcade between them, side by side across the polarity line.
    const sigma = flare.sizeMm * 0.22 * pixelsPerMm;
    const tilt = flare.region.tilt + Math.PI / 2;
    for (let piece = -3; piece <= 3; piece++) {
      const along = (flare.sizeMm * piece) / 4;
      for (const side of [-1, 0, 1]) {
        const across = (side * flare.sizeMm) / 4;
        const west = flare.east + along * Math.cos(tilt) - across * Math.sin(tilt);
        const north = flare.north + along * Math.sin(tilt) + across * Math.cos(tilt);
        const q = toView(view, fromLocal(frame, west, north, side === 0 ? 6 : 1));
        const [px, py] = toPixel(view, q[0], q[1]);
        addSpot(canvas, px, py, sigma, 0.4 * peakDn * (1 - 0.1 * Math.abs(piece)));
      }
    }
    const [x, y] = toPixel(view, p[0], p[1]);
    spots.push({ x, y, peakDn, totalDn: 40 * peakDn * sigma * sigma });
  }
  return spots;
}
