/**
 * What rotation demands: a region that is east today is west some days later, so that no statistic may tell the two
 * sides apart. Solar east is on the left with north up.
 */
import type { Disk } from './disk.ts';

export interface Symmetry {
  /** Correlation of ln(1 + DN) on the inner disk with its mirror image east-west, north-south. */
  readonly eastWest: number;
  readonly northSouth: number;
  /** East minus west of the mean of ln(1 + DN), and of the mean contrast of 4x4 patches of it. */
  readonly brightnessBias: number;
  readonly contrastBias: number;
}

const PATCH = 4;

export function symmetryOf(picture: Float32Array, disk: Disk): Symmetry {
  const { size, inner } = disk;
  const logarithm = picture.map((value) => Math.log1p(Math.max(0, value)));
  const mirrorX = (pixel: number) => pixel - (pixel % size) + (size - 1 - (pixel % size));
  const mirrorY = (pixel: number) => (size - 1 - Math.floor(pixel / size)) * size + (pixel % size);
  const [east, west] = [0, 1].map((side) => {
    let [sum, count] = [0, 0];
    for (const pixel of inner) {
      if (Number(2 * (pixel % size) >= size) !== side) continue;
      sum += logarithm[pixel];
      count++;
    }
    return sum / Math.max(1, count);
  });
  const contrast = patchContrast(logarithm, disk);
  return {
    eastWest: correlation(logarithm, inner, mirrorX),
    northSouth: correlation(logarithm, inner, mirrorY),
    brightnessBias: east - west,
    contrastBias: contrast.east - contrast.west,
  };
}

function correlation(values: Float32Array, pixels: Int32Array, partner: (pixel: number) => number): number {
  let sum = 0;
  for (const pixel of pixels) sum += values[pixel];
  // The disk is symmetric, so that both sides have the same mean and variance.
  const mean = sum / pixels.length;
  let [product, square] = [0, 0];
  for (const pixel of pixels) {
    product += (values[pixel] - mean) * (values[partner(pixel)] - mean);
    square += (values[pixel] - mean) ** 2;
  }
  return square > 0 ? product / square : 0;
}

/** Mean standard deviation of 4x4 patches that lie inside the disk, in each half. */
function patchContrast(values: Float32Array, { size, distance }: Disk): { east: number; west: number } {
  const sums = [0, 0];
  const counts = [0, 0];
  // Patches are laid from the middle outwards, so that the two halves mirror each other.
  const half = size >> 1;
  for (let y = half % PATCH; y + PATCH <= size; y += PATCH) {
    for (let x = half % PATCH; x + PATCH <= size; x += PATCH) {
      const corners = [
        y * size + x,
        y * size + x + PATCH - 1,
        (y + PATCH - 1) * size + x,
        (y + PATCH - 1) * size + x + PATCH - 1,
      ];
      if (corners.some((corner) => distance[corner] >= 0.95)) continue;
      const side = x >= half ? 1 : 0;
      sums[side] += deviation(values, size, x, y);
      counts[side]++;
    }
  }
  return { east: sums[0] / Math.max(1, counts[0]), west: sums[1] / Math.max(1, counts[1]) };
}

function deviation(values: Float32Array, size: number, x0: number, y0: number): number {
  let [sum, squares] = [0, 0];
  for (let y = y0; y < y0 + PATCH; y++) {
    for (let x = x0; x < x0 + PATCH; x++) {
      sum += values[y * size + x];
      squares += values[y * size + x] ** 2;
    }
  }
  const mean = sum / PATCH ** 2;
  return Math.sqrt(Math.max(0, squares / PATCH ** 2 - mean * mean));
}
