/** Drawing small Gaussians into an image: what loops, bright points and flares are made of. */

/** A Gaussian narrower than this (sigma, pixels) is a point: its flux is shared among four pixels. */
export const MIN_SIGMA = 0.6;
/** Gaussians are cut off at this many sigma. */
const REACH = 2.5;

/** Adds a round Gaussian of peak `peak` and width `sigma` pixels at 0-based (px, py). */
export function addSpot(
  image: Float32Array,
  width: number,
  height: number,
  px: number,
  py: number,
  sigma: number,
  peak: number,
): void {
  if (sigma < MIN_SIGMA) {
    addPoint(image, width, height, px, py, peak * 2 * Math.PI * sigma * sigma);
    return;
  }
  const radius = Math.ceil(REACH * sigma);
  const x0 = Math.max(0, Math.round(px) - radius);
  const x1 = Math.min(width - 1, Math.round(px) + radius);
  const y0 = Math.max(0, Math.round(py) - radius);
  const y1 = Math.min(height - 1, Math.round(py) + radius);
  if (x0 > x1 || y0 > y1) return;
  // exp(k (d + 1)^2) = exp(k d^2) exp(k (2 d + 1)), and that factor grows by exp(2 k): a recurrence along rows and
  // columns needs two multiplications a pixel instead of an exponential.
  const k = -0.5 / (sigma * sigma);
  const growth = Math.exp(2 * k);
  const dx = x0 - px;
  const dy = y0 - py;
  const firstRatio = Math.exp(k * (2 * dx + 1));
  let rowValue = peak * Math.exp(k * (dx * dx + dy * dy));
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

/** Adds an elongated Gaussian as a chain of round ones; (dx, dy) is its projected half-length in pixels. */
export function addStreak(
  image: Float32Array,
  width: number,
  height: number,
  px: number,
  py: number,
  dx: number,
  dy: number,
  sigma: number,
  peak: number,
): void {
  const length = Math.hypot(dx, dy);
  const count = Math.max(1, Math.min(24, Math.ceil(length / Math.max(sigma, MIN_SIGMA))));
  for (let i = 0; i < count; i++) {
    const t = count === 1 ? 0 : (2 * i) / (count - 1) - 1;
    const share = Math.exp(-1.2 * t * t) / Math.sqrt(count);
    addSpot(image, width, height, px + t * dx, py + t * dy, sigma, peak * share);
  }
}

/** Bilinear: shares one value among the four pixels around a point. */
export function addPoint(
  image: Float32Array,
  width: number,
  height: number,
  x: number,
  y: number,
  value: number,
): void {
  const i = Math.floor(x);
  const j = Math.floor(y);
  if (i < 0 || j < 0 || i >= width - 1 || j >= height - 1) return;
  const fx = x - i;
  const fy = y - j;
  const at = j * width + i;
  image[at]! += value * (1 - fx) * (1 - fy);
  image[at + 1]! += value * fx * (1 - fy);
  image[at + width]! += value * (1 - fx) * fy;
  image[at + width + 1]! += value * fx * fy;
}
