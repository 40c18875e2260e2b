/**
 * What the telescope does to the picture: a narrow core, faint scattered light, the diffraction cross of the filter
 * meshes around flares (AIA: two crossed patterns near +-40 and +-50 degrees), and the round field stop.
 */
import { addPoints } from './canvas.ts';
import type { FlareSpot } from './features.ts';
import type { Geometry } from './view.ts';

/** Width of the point-spread function's core, arcsec (sigma; Grigis et al. 2012 find about 1.2 arcsec FWHM). */
const CORE_SIGMA_ARCSEC = 0.52;
/** The filter wheel's edge in real frames, arcsec from the middle of the detector. */
const FIELD_STOP_ARCSEC = 1390;
const FIELD_EDGE_ARCSEC = 14;
const CROSS_ANGLES = [40, 50, 130, 140];
/** Distance between diffraction orders (arcsec) at 171 angstrom; it grows with wavelength. */
const ORDER_ARCSEC_171 = 17;
const CROSS_SHARE = 2.2e-3;
/** Length of an arm, and the peak brightness from which the cross stands out. */
const CROSS_ARCSEC = 420;
const CROSS_FROM_DN = 1500;

export function applyPointSpread(image: Float32Array, geometry: Geometry): void {
  const sigma = CORE_SIGMA_ARCSEC / geometry.arcsecPerPixel;
  if (sigma < 0.35) return;
  blur(image, geometry.width, geometry.height, sigma);
}

/** Separable Gaussian blur in place, edges repeated. */
export function blur(image: Float32Array, width: number, height: number, sigma: number): void {
  const radius = Math.max(1, Math.ceil(3 * sigma));
  const kernel = Float64Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-0.5 * ((i - radius) / sigma) ** 2),
  );
  const total = kernel.reduce((sum, value) => sum + value, 0);
  for (let i = 0; i < kernel.length; i++) kernel[i]! /= total;
  const row = new Float32Array(width);
  for (let y = 0; y < height; y++) {
    row.set(image.subarray(y * width, (y + 1) * width));
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let k = -radius; k <= radius; k++)
        sum += kernel[k + radius]! * row[Math.min(width - 1, Math.max(0, x + k))]!;
      image[y * width + x] = sum;
    }
  }
  blurColumns(image, width, height, kernel, radius);
}

/** Columns are blurred row by row through a ring of past rows, so that memory is read in order. */
function blurColumns(
  image: Float32Array,
  width: number,
  height: number,
  kernel: Float64Array,
  radius: number,
): void {
  const source = image.slice();
  for (let y = 0; y < height; y++) {
    const target = image.subarray(y * width, (y + 1) * width);
    target.fill(0);
    for (let k = -radius; k <= radius; k++) {
      const weight = kernel[k + radius]!;
      const from = Math.min(height - 1, Math.max(0, y + k)) * width;
      for (let x = 0; x < width; x++) target[x]! += weight * source[from + x]!;
    }
  }
}

/** Orders of the mesh pattern fall off as 1/n^2 along four arms through every bright flare. */
export function addDiffraction(
  image: Float32Array,
  geometry: Geometry,
  wavelength: number,
  flares: readonly FlareSpot[],
): void {
  if (wavelength > 400) return;
  const canvas = { image, width: geometry.width, height: geometry.height };
  const spacing = (ORDER_ARCSEC_171 * wavelength) / 171 / geometry.arcsecPerPixel;
  const reach = CROSS_ARCSEC / geometry.arcsecPerPixel;
  const point = new Float64Array(3);
  for (const flare of flares) {
    if (flare.peakDn < CROSS_FROM_DN) continue;
    for (const degrees of CROSS_ANGLES) {
      const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
      for (let r = -reach; r <= reach; r += 0.5) {
        const order = Math.abs(r) / spacing;
        if (order < 0.4) continue;
        const comb = 0.55 + 0.45 * Math.cos(2 * Math.PI * order);
        point[0] = flare.x + r * cos;
        point[1] = flare.y + r * sin;
        point[2] = (CROSS_SHARE * flare.totalDn * comb) / (order * order * spacing + spacing);
        addPoints(canvas, point, 1);
      }
    }
  }
}

/** Darkens what lies outside the round field; the field belongs to the detector, wherever the Sun is. */
export function applyFieldStop(image: Float32Array, geometry: Geometry): void {
  const { width, height, arcsecPerPixel } = geometry;
  const edge = FIELD_STOP_ARCSEC / arcsecPerPixel;
  const soft = FIELD_EDGE_ARCSEC / arcsecPerPixel;
  const [middleX, middleY] = [(width - 1) / 2, (height - 1) / 2];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const square = (x - middleX) ** 2 + (y - middleY) ** 2;
      if (square < (edge - soft) ** 2) continue;
      const r = Math.sqrt(square);
      const t = Math.min(1, Math.max(0, (edge + soft - r) / (2 * soft)));
      image[y * width + x]! *= t * t * (3 - 2 * t);
    }
  }
}
