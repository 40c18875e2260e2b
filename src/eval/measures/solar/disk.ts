/** The solar disk on a square picture: centred at (size - 1) / 2, as curation registers it. */
import { median } from '../../../numeric/stats.ts';

export interface Disk {
  readonly size: number;
  /** Limb radius in pixels. */
  readonly radius: number;
  /** Distance from the centre over the radius, per pixel. */
  readonly distance: Float32Array;
  /** Pixels nearer than 0.95 radii: inside the bright ring of the limb. */
  readonly inner: Int32Array;
}

/** Beyond this the limb's brightening and the steep fore-shortening begin. */
const INNER = 0.95;

export function createDisk(size: number, radius: number): Disk {
  const centre = (size - 1) / 2;
  const distance = new Float32Array(size * size);
  const inner: number[] = [];
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const r = Math.hypot(x - centre, y - centre) / radius;
      distance[y * size + x] = r;
      if (r < INNER) inner.push(y * size + x);
    }
  }
  return { size, radius, distance, inner: Int32Array.from(inner) };
}

/**
 * Mean intensity in rings of one pixel around the centre, `profile[k]` for distances k - 1/2 .. k + 1/2, up to the edge
 * of the picture.
 */
export function radialProfile(picture: Float32Array, size: number): Float64Array {
  const centre = (size - 1) / 2;
  const rings = Math.floor(size / 2);
  const sums = new Float64Array(rings);
  const counts = new Float64Array(rings);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const ring = Math.round(Math.hypot(x - centre, y - centre));
      if (ring >= rings) continue;
      sums[ring] += picture[y * size + x];
      counts[ring]++;
    }
  }
  const profile = sums.map((sum, ring) => sum / Math.max(1, counts[ring]));
  // Pictures of even size have no pixel at the centre.
  if (counts[0] === 0) profile[0] = profile[1];
  return profile;
}

/** The same with the median of each ring, which a bright region on it does not move. */
export function medianProfile(picture: Float32Array, size: number): Float64Array {
  const centre = (size - 1) / 2;
  const rings = Array.from({ length: Math.floor(size / 2) }, (): number[] => []);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++)
      rings[Math.round(Math.hypot(x - centre, y - centre))]?.push(picture[y * size + x]);
  }
  return Float64Array.from(rings, (ring, k) => median(ring.length > 0 ? ring : rings[k + 1]));
}

/**
 * Limb radius in pixels: where the (median) radial profile falls most steeply, outside half of the picture's half width, refined
 * by a parabola (above the limb it falls like an exponential, whose steepest place is its foot). Undefined where the
 * profile does not fall.
 */
export function limbRadius(profile: Float64Array): number | undefined {
  // The fall from ring k to k + 1 belongs to k + 1/2.
  const fall = (k: number) => profile[k] - profile[k + 1];
  const [from, to] = [Math.max(1, Math.floor(profile.length / 2)), profile.length - 2];
  let steepest = from;
  for (let k = from; k <= to; k++) if (fall(k) > fall(steepest)) steepest = k;
  const middle = fall(steepest);
  if (!(middle > 0)) return undefined;
  if (steepest === from || steepest === to) return steepest + 0.5;
  const [before, after] = [fall(steepest - 1), fall(steepest + 1)];
  return steepest + 0.5 + (after - before) / (2 * (2 * middle - before - after));
}

/**
 * Scale height of the corona above the limb in solar radii: minus one over the slope of the logarithm of the profile,
 * fitted between 1.05 and 1.2 radii (as far as the picture reaches). Undefined where it does not fall there.
 */
export function scaleHeight(profile: Float64Array, radius: number): number | undefined {
  const [from, to] = [Math.ceil(1.05 * radius), Math.min(profile.length - 1, Math.floor(1.2 * radius))];
  const points: [number, number][] = [];
  for (let k = from; k <= to; k++) if (profile[k] > 0) points.push([k / radius, Math.log(profile[k])]);
  if (points.length < 2) return undefined;
  const mean = (index: 0 | 1) => points.reduce((sum, point) => sum + point[index], 0) / points.length;
  const [mx, my] = [mean(0), mean(1)];
  const covariance = points.reduce((sum, [x, y]) => sum + (x - mx) * (y - my), 0);
  const variance = points.reduce((sum, [x]) => sum + (x - mx) ** 2, 0);
  const slope = covariance / variance;
  return slope < 0 ? -1 / slope : undefined;
}
