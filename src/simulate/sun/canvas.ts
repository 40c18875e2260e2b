/** Drawing small Gaussians into an image: what loops, bright points and flares are made of. */

/** A Gaussian narrower than this (sigma, pixels) is a point: its flux is shared among four pixels. */
export const MIN_SIGMA = 0.6;
/** Gaussians are cut off at this many sigma. */
const REACH = 2.5;

export interface Canvas {
  image: Float32Array;
  width: number;
  height: number;
}

/** Places and peaks of Gaussians of one width: 0-based x, y in pixels, then the peak, for each of `count`. */
export interface Spots {
  values: Float64Array;
  count: number;
}

export function createSpots(capacity: number): Spots {
  return { values: new Float64Array(3 * capacity), count: 0 };
}

/** Adds a list of round Gaussians of width `sigma` pixels and empties the list. */
export function addSpots(canvas: Canvas, sigma: number, spots: Spots): void {
  const { values, count } = spots;
  spots.count = 0;
  if (sigma < MIN_SIGMA) {
    const flux = 2 * Math.PI * sigma * sigma;
    for (let n = 0; n < 3 * count; n += 3) values[n + 2]! *= flux;
    addPoints(canvas, values, count);
    return;
  }
  const { image, width, height } = canvas;
  const radius = Math.ceil(REACH * sigma);
  // exp(k (d + 1)^2) = exp(k d^2) exp(k (2 d + 1)), and that factor grows by exp(2 k): a recurrence along rows and
  // columns needs two multiplications a pixel instead of an exponential.
  const k = -0.5 / (sigma * sigma);
  const growth = Math.exp(2 * k);
  for (let n = 0; n < 3 * count; n += 3) {
    const px = values[n]!;
    const py = values[n + 1]!;
    const x0 = Math.max(0, Math.round(px) - radius);
    const x1 = Math.min(width - 1, Math.round(px) + radius);
    const y0 = Math.max(0, Math.round(py) - radius);
    const y1 = Math.min(height - 1, Math.round(py) + radius);
    const dx = x0 - px;
    const dy = y0 - py;
    const firstRatio = Math.exp(k * (2 * dx + 1));
    let rowValue = values[n + 2]! * Math.exp(k * (dx * dx + dy * dy));
    let rowRatio = Math.exp(k * (2 * dy + 1));
    for (let y = y0; y <= y1; y++) {
      let value = rowValue;
      let ratio = firstRatio;
      const end = y * width + x1;
      for (let at = y * width + x0; at <= end; at++) {
        image[at]! += value;
        value *= ratio;
        ratio *= growth;
      }
      rowValue *= rowRatio;
      rowRatio *= growth;
    }
  }
}

const ONE = createSpots(1);

/** Adds one round Gaussian. */
export function addSpot(canvas: Canvas, px: number, py: number, sigma: number, peak: number): void {
  ONE.values[0] = px;
  ONE.values[1] = py;
  ONE.values[2] = peak;
  ONE.count = 1;
  addSpots(canvas, sigma, ONE);
}

/** An elongated Gaussian: its half-length on the canvas in pixels, width and peak. */
export interface Streak {
  dx: number;
  dy: number;
  sigma: number;
  peak: number;
}

/** Adds an elongated Gaussian as a chain of round ones. */
export function addStreak(canvas: Canvas, px: number, py: number, { dx, dy, sigma, peak }: Streak): void {
  const length = Math.hypot(dx, dy);
  const count = Math.max(1, Math.min(24, Math.ceil(length / Math.max(sigma, MIN_SIGMA))));
  for (let i = 0; i < count; i++) {
    const t = count === 1 ? 0 : (2 * i) / (count - 1) - 1;
    const share = Math.exp(-1.2 * t * t) / Math.sqrt(count);
    addSpot(canvas, px + t * dx, py + t * dy, sigma, peak * share);
  }
}

/** Bilinear: shares each value (x, y, value) among the four pixels around its place. */
export function addPoints({ image, width, height }: Canvas, values: Float64Array, count: number): void {
  for (let n = 0; n < 3 * count; n += 3) {
    const x = values[n]!;
    const y = values[n + 1]!;
    const value = values[n + 2]!;
    const i = Math.floor(x);
    const j = Math.floor(y);
    if (i < 0 || j < 0 || i >= width - 1 || j >= height - 1) continue;
    const fx = x - i;
    const fy = y - j;
    const at = j * width + i;
    image[at]! += value * (1 - fx) * (1 - fy);
    image[at + 1]! += value * fx * (1 - fy);
    image[at + width]! += value * (1 - fx) * fy;
    image[at + width + 1]! += value * fx * fy;
  }
}
