/** Sunspots as the channels of the photosphere and the magnetogram see them. */
import { createRandom } from '../../numeric/random.ts';
import type { Channel } from './channels.ts';
import { SOLAR_RADIUS_MM } from './ephemeris.ts';
import { chargesOf, fromLocal, localFrame } from './field-lines.ts';
import type { ActiveRegion } from './regions.ts';
import type { SunState } from './state.ts';
import { toPixel, toView, type Vector, type View } from './view.ts';

export interface Spot {
  /** Carrington unit vector. */
  position: Vector;
  radiusMm: number;
  sign: 1 | -1;
}

/** Spots of a region now: one a pole, shrinking as the region ages; small regions have pores only. */
export function spotsOf(region: ActiveRegion): Spot[] {
  const emerged = Math.min(1, (region.flux - 0.08) / 0.04);
  const young = (1 - 1.35 * region.dispersal) * emerged;
  if (emerged <= 0 || young <= 0) return [];
  const random = createRandom(`${region.key}/spots`);
  const frame = localFrame(region.latitude, region.longitude);
  return chargesOf(region).flatMap((charge) => {
    const leading = Math.sign(charge.value) === region.leadingSign;
    const radiusMm =
      (leading ? 20 : 11) * Math.sqrt(region.flux) * (0.5 + 0.7 * random.uniform()) * Math.sqrt(young);
    if (radiusMm < 1.5) return [];
    return [
      {
        position: fromLocal(frame, charge.x, charge.y, 0),
        radiusMm,
        sign: Math.sign(charge.value) as 1 | -1,
      },
    ];
  });
}

/** Darkens umbra and penumbra of every visible spot. */
export function drawSpots(image: Float32Array, view: View, channel: Channel, state: SunState): void {
  for (const region of state.regions) {
    for (const spot of spotsOf(region)) darken(image, view, channel, spot);
  }
}

/** Calls `visit(pixel, distance / radius)` for pixels within `reach` radii of the spot, on the sphere. */
export function aroundSpot(
  view: View,
  spot: Spot,
  reach: number,
  visit: (index: number, distance: number) => void,
): void {
  const p = toView(view, spot.position);
  if (p[2] < 0.06) return;
  const { width, height } = view.geometry;
  const [px, py] = toPixel(view, p[0], p[1]);
  const radius = (spot.radiusMm / SOLAR_RADIUS_MM) * view.radiusPixels;
  const box = Math.ceil(reach * radius) + 1;
  for (let y = Math.max(0, Math.floor(py - box)); y <= Math.min(height - 1, Math.ceil(py + box)); y++) {
    for (let x = Math.max(0, Math.floor(px - box)); x <= Math.min(width - 1, Math.ceil(px + box)); x++) {
      const di = x - view.geometry.centreX;
      const dj = y - view.geometry.centreY;
      const vx = view.a * di - view.b * dj;
      const vy = view.b * di + view.a * dj;
      const rest = 1 - vx * vx - vy * vy;
      if (rest <= 0) continue;
      const chord = Math.hypot(vx - p[0], vy - p[1], Math.sqrt(rest) - p[2]);
      const distance = (chord * SOLAR_RADIUS_MM) / spot.radiusMm;
      if (distance < reach) visit(y * width + x, distance);
    }
  }
}

function darken(image: Float32Array, view: View, channel: Channel, spot: Spot): void {
  const penumbra = 1 - 0.35 * (1 - channel.umbra);
  aroundSpot(view, spot, 1.15, (index, distance) => {
    const inner = smoothStep((0.5 - distance) / 0.14 + 0.5);
    const outer = smoothStep((1 - distance) / 0.16 + 0.5);
    image[index]! *= 1 - (1 - penumbra) * outer - (penumbra - channel.umbra) * inner;
  });
}

function smoothStep(t: number): number {
  const u = Math.min(1, Math.max(0, t));
  return u * u * (3 - 2 * u);
}
