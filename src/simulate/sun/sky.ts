/** Brightness beyond the limb: the coronal shell seen from the side, with rays and plumes that turn with the Sun. */
import type { PixelRow, RowShader } from './base.ts';
import type { Channel } from './channels.ts';
import { generationsAt } from './generations.ts';
import { createPlaces, type Places } from './rows.ts';
import type { SunState } from './state.ts';
import type { Corona } from './surface.ts';
import { createField } from './texture.ts';
import type { View } from './view.ts';

/** Rays are renewed within a rotation. */
const RAY_DAYS = 27;

export function createSkyShader(
  state: SunState,
  view: View,
  channel: Channel,
  { path, grid }: Corona,
): RowShader {
  const { width } = view.geometry;
  if (channel.coronaDn === 0) return () => {};
  const rays = generationsAt(state.time, RAY_DAYS).map(({ index, weight }) => ({
    weight,
    broad: createField(`${state.seed}/rays/${index}/broad`, 0.25),
    wide: createField(`${state.seed}/rays/${index}`, 0.075),
    narrow: createField(`${state.seed}/rays/${index}/narrow`, 0.03),
  }));
  const places = createPlaces(width);
  const slow = new Float64Array(width);
  const quick = new Float64Array(width);
  return (pixels, image) => {
    if (pixels.count === 0) return;
    placeRays(view, pixels, places);
    slow.fill(0, 0, pixels.count);
    quick.fill(0, 0, pixels.count);
    for (const { weight, broad, wide, narrow } of rays) {
      broad.addTo(places, 0.16 * weight, slow);
      wide.addTo(places, 0.1 * weight, quick);
      narrow.addTo(places, 0.05 * weight, quick);
    }
    for (let n = 0; n < pixels.count; n++) {
      const rho = pixels.rho[n]!;
      const turn = Math.atan2(pixels.y[n]!, pixels.x[n]!) / (2 * Math.PI);
      // Close to the limb many structures overlap; rays stand out with height.
      const growth = Math.min(1, 0.35 + 4 * (rho - 1));
      const contrast = Math.exp(slow[n]! + growth * quick[n]!);
      const mean = grid.at(turn < 0 ? turn + 1 : turn, rho);
      image[pixels.index[n]!] = channel.coronaDn * path.at(rho) * mean * contrast;
    }
  };
}

/** Radial structures depend on the direction only, bent slightly with height. */
function placeRays(view: View, pixels: PixelRow, places: Places): void {
  places.count = pixels.count;
  for (let n = 0; n < pixels.count; n++) {
    const rho = pixels.rho[n]!;
    const scale = (1 + 0.25 * (rho - 1)) / rho;
    const x = pixels.x[n]! * scale;
    const y = pixels.y[n]! * scale;
    const towards = -y * view.sinB0;
    places.x[n] = towards * view.cosL0 - x * view.sinL0;
    places.y[n] = towards * view.sinL0 + x * view.cosL0;
    places.z[n] = y * view.cosB0;
  }
}
