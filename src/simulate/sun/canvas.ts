/** Drawing small Gaussians into an image: what loops, bright points and flares are made of. */

/** A Gaussian narrower than this (sigma, pixels) is a point: its flux is shared among four pixels. */
const MIN_SIGMA = 0.6;
const REACH = 2.8;

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
  const s = sigma;
  const radius = Math.ceil(REACH * s);
  const x0 = Math.max(0, Math.round(px) - radius);
  const x1 = Math.min(width - 1, Math.round(px) + radius);
  const y0 = Math.max(0, Math.round(py) - radius);
  const y1 = Math.min(height - 1, Math.round(py) + radius);
  if (x0 > x1 || y0 > y1) return;
  const k = -0.5 / (s * s);
  for (let y = y0; y <= y1; y++) {
    const rowPeak = peak * Math.exp(k * (y - py) * (y - py));
    // exp(k (d + 1)^2) by recurrence: two multiplications a pixel instead of an exponential.
    const d = x0 - px;
    let value = rowPeak * Math.exp(k * d * d);
    let ratio = Math.exp(k * (2 * d + 1));
    const step = Math.exp(2 * k);
    const row = y * width;
    for (let x = x0; x <= x1; x++) {
      image[row + x]! += value;
      value *= ratio;
      ratio *= step;
    }
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
