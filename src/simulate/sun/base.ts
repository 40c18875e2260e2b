/** The smooth part of a picture, row by row: the surface with its coronal shell, and what lies beyond the limb. */
import type { Channel } from './channels.ts';
import { coronaFactor, limbGrid, OPAQUE_RADIUS, pathTable } from './corona.ts';
import { buildMaps } from './maps.ts';
import { createSkyShader } from './sky.ts';
import type { SunState } from './state.ts';
import { createSurfaceShader } from './surface.ts';
import type { View } from './view.ts';

/** Rows between two chances to let other work run. */
const BAND_ROWS = 32;
/** Far beyond this nothing but stray light remains. */
const FAR = 2.2;

/** Pixels of one row that are shaded alike: where they lie in the image and on the sky (view frame, solar radii). */
export interface PixelRow {
  index: Int32Array;
  x: Float64Array;
  y: Float64Array;
  rho: Float64Array;
  count: number;
}

export type RowShader = (pixels: PixelRow, image: Float32Array) => void;

/** Fills `image` (DN at nominal exposure, undegraded); yields after each band of rows. */
export function* renderBase(
  state: SunState,
  view: View,
  channel: Channel,
  image: Float32Array,
): Generator<void> {
  const { width, height } = view.geometry;
  const maps = buildMaps(state);
  const factor = coronaFactor(channel);
  const corona = { path: pathTable(channel), grid: limbGrid(view, maps, channel, factor), factor };
  const shadeSurface = createSurfaceShader(state, view, channel, maps, corona);
  const shadeSky = createSkyShader(state, view, channel, corona);
  const surface = createPixelRow(width);
  const sky = createPixelRow(width);
  yield;
  for (let row = 0; row < height; row++) {
    sortPixels(view, row, surface, sky);
    shadeSurface(surface, image);
    shadeSky(sky, image);
    if (row % BAND_ROWS === BAND_ROWS - 1) yield;
  }
}

function createPixelRow(capacity: number): PixelRow {
  const numbers = () => new Float64Array(capacity);
  return { index: new Int32Array(capacity), x: numbers(), y: numbers(), rho: numbers(), count: 0 };
}

/** Parts the pixels of a row into those on the disk and those near it; the far sky stays 0. */
function sortPixels(view: View, row: number, surface: PixelRow, sky: PixelRow): void {
  const { width, centreX, centreY } = view.geometry;
  const dj = row - centreY;
  surface.count = 0;
  sky.count = 0;
  for (let column = 0; column < width; column++) {
    const di = column - centreX;
    const x = view.a * di - view.b * dj;
    const y = view.b * di + view.a * dj;
    const rho = Math.sqrt(x * x + y * y);
    if (rho > FAR) continue;
    const part = rho < OPAQUE_RADIUS ? surface : sky;
    const n = part.count++;
    part.index[n] = row * width + column;
    part.x[n] = x;
    part.y[n] = y;
    part.rho[n] = rho;
  }
}
