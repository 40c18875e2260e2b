/** One resample through an affine map by cubic convolution (Keys 1981, a = -1/2: exact for quadratics). */
import { createImage, type Image } from './image.ts';

/** (x, y) of the result -> (xx x + xy y + x0, yx x + yy y + y0) of the source, zero-based pixel centres. */
export interface Affine {
  xx: number;
  xy: number;
  x0: number;
  yx: number;
  yy: number;
  y0: number;
}

/** Samples beyond the outermost pixel centres become `outside`; the kernel repeats edge pixels. */
export function warpCubic(source: Image, map: Affine, width: number, height: number, outside: number): Image {
  const result = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const sx = map.xx * x + map.xy * y + map.x0;
      const sy = map.yx * x + map.yy * y + map.y0;
      const inside = sx >= 0 && sy >= 0 && sx <= source.width - 1 && sy <= source.height - 1;
      result[y * width + x] = inside ? sampleCubic(source, sx, sy) : outside;
    }
  }
  return createImage(width, height, result);
}

export function sampleCubic({ width, height, data }: Image, x: number, y: number): number {
  const x0 = Math.floor(x);
  const y0 = Math.floor(y);
  const fx = x - x0;
  const fy = y - y0;
  let sum = 0;
  for (let j = -1; j <= 2; j++) {
    const row = Math.min(height - 1, Math.max(0, y0 + j)) * width;
    let line = 0;
    for (let i = -1; i <= 2; i++) {
      line += keys(fx - i) * data[row + Math.min(width - 1, Math.max(0, x0 + i))]!;
    }
    sum += keys(fy - j) * line;
  }
  return sum;
}

/** Bilinear; outside the outermost pixel centres the edge is repeated. */
export function sampleLinear({ width, height, data }: Image, x: number, y: number): number {
  const cx = Math.min(width - 1, Math.max(0, x));
  const cy = Math.min(height - 1, Math.max(0, y));
  // The last pixel's place counts as the end of the interval before it; a side of one pixel has no interval.
  const x0 = Math.max(0, Math.min(width - 2, Math.floor(cx)));
  const y0 = Math.max(0, Math.min(height - 2, Math.floor(cy)));
  const right = width > 1 ? 1 : 0;
  const above = height > 1 ? width : 0;
  const fx = cx - x0;
  const fy = cy - y0;
  const i = y0 * width + x0;
  const lower = data[i]! + fx * (data[i + right]! - data[i]!);
  const upper = data[i + above]! + fx * (data[i + above + right]! - data[i + above]!);
  return lower + fy * (upper - lower);
}

function keys(distance: number): number {
  const t = Math.abs(distance);
  if (t <= 1) return (1.5 * t - 2.5) * t * t + 1;
  return t < 2 ? ((-0.5 * t + 2.5) * t - 4) * t + 2 : 0;
}
