/** Stripes and noise: how pixels differ from the next ones, as the frame was read. */
import { type Image, median } from '../../numeric/index.ts';

/** Where the Sun lies, pixels. */
interface Disk {
  centreX: number;
  centreY: number;
  radiusPixels: number;
}

/** Rows and columns are compared in the middle of the disk, where its brightness does not run away with the radius. */
const HALF_WIDTH = 0.6;
/** Rows and columns, and pixels of each, that are looked at. */
const MOST_LINES = 128;
const MOST_PIXELS = 512;

/** In a smaller box the Sun itself changes from row to row. */
const SMALLEST_BOX = 64;

/**
 * Rms of what rows, or columns if those do more, stand out by from the mean of their two neighbours, over the mean of the
 * same pixels. null for small frames.
 */
export function measureStripes(image: Image, disk: Disk | undefined): number | null {
  const box = boxOf(image, disk);
  if (Math.min(box.right - box.left, box.top - box.bottom) < SMALLEST_BOX) return null;
  const { width } = image;
  const rows = stripesAcross(image.data, [box.bottom, box.top, width], [box.left, box.right, 1]);
  const columns = stripesAcross(image.data, [box.left, box.right, 1], [box.bottom, box.top, width]);
  return Math.max(rows, columns);
}

function boxOf({ width, height }: Image, disk: Disk | undefined) {
  const { centreX, centreY, radiusPixels } = disk ?? {
    centreX: (width - 1) / 2,
    centreY: (height - 1) / 2,
    radiusPixels: 0.39 * width,
  };
  const half = HALF_WIDTH * radiusPixels;
  return {
    left: Math.max(0, Math.ceil(centreX - half)),
    right: Math.min(width, Math.floor(centreX + half)),
    bottom: Math.max(0, Math.ceil(centreY - half)),
    top: Math.min(height, Math.floor(centreY + half)),
  };
}

/** First and last index and the distance of neighbours in memory. */
type Axis = readonly [from: number, to: number, pitch: number];

/** Brighter than so many times the mean counts as that: a flare is no stripe. */
const BRIGHTEST = 2;

/** Means, not medians: faint frames are whole numbers of few DN, whose medians jump. */
function stripesAcross(data: Float32Array, across: Axis, along: Axis): number {
  const every = Math.max(1, Math.floor((across[1] - across[0] - 2) / MOST_LINES));
  const stride = Math.max(1, Math.floor((along[1] - along[0]) / MOST_PIXELS));
  const lines = Math.floor((across[1] - across[0] - 3) / every) + 1;
  const level = meanOf(data, across, along, every, stride);
  const limit = BRIGHTEST * level;
  const excess = new Float64Array(lines);
  let count = 0;
  // Along outside: neighbouring columns lie in the same lines of the cache.
  for (let place = along[0]; place < along[1]; place += stride) {
    count++;
    for (let k = 0; k < lines; k++) {
      const at = (across[0] + 1 + k * every) * across[2] + place * along[2];
      const above = clipped(data[at]!, limit);
      const beside = clipped(data[at - across[2]]!, limit) + clipped(data[at + across[2]]!, limit);
      const step = above - beside / 2;
      if (!Number.isNaN(step)) excess[k]! += step;
    }
  }
  let power = 0;
  for (const sum of excess) power += (sum / count) ** 2;
  // A dark frame has no level to compare with: one DN.
  return lines > 0 ? Math.sqrt(power / lines) / Math.max(1, level) : 0;
}

const clipped = (value: number, limit: number) => Math.max(-limit, Math.min(limit, value));

function meanOf(data: Float32Array, across: Axis, along: Axis, every: number, stride: number): number {
  let sum = 0;
  let count = 0;
  for (let place = along[0]; place < along[1]; place += stride) {
    for (let line = across[0]; line < across[1]; line += every) {
      const value = data[line * across[2] + place * along[2]]!;
      if (Number.isNaN(value)) continue;
      sum += value;
      count++;
    }
  }
  return count > 0 ? Math.abs(sum / count) : 0;
}

/** Blocks a side of the disk. */
const BLOCKS = 16;
const PIXELS_PER_BLOCK = 12;
/** Gauss between neighbouring pixels; noise of 720 s makes 9, of 45 s 14. */
const NOISY_GAUSS = 150;

/** Share of the disk's blocks in which half of the neighbouring pixels differ by more than any field does. */
export function measureFieldNoise(image: Image, disk: Disk | undefined): number | null {
  if (!disk) return null;
  const side = (2 * disk.radiusPixels) / BLOCKS;
  let noisy = 0;
  let blocks = 0;
  for (let row = 0; row < BLOCKS; row++) {
    for (let column = 0; column < BLOCKS; column++) {
      const left = disk.centreX - disk.radiusPixels + column * side;
      const bottom = disk.centreY - disk.radiusPixels + row * side;
      const steps = stepsInBlock(image, left, bottom, side);
      if (steps.length < PIXELS_PER_BLOCK) continue;
      blocks++;
      if (median(steps) > NOISY_GAUSS) noisy++;
    }
  }
  return blocks === 0 ? null : noisy / blocks;
}

/** Absolute differences from the pixel to the right, at places spread over the block. */
function stepsInBlock({ width, height, data }: Image, left: number, bottom: number, side: number): number[] {
  const steps: number[] = [];
  for (let j = 0; j < PIXELS_PER_BLOCK; j++) {
    const y = Math.round(bottom + ((j + 0.5) * side) / PIXELS_PER_BLOCK);
    for (let i = 0; i < PIXELS_PER_BLOCK; i++) {
      const x = Math.round(left + ((i + 0.5) * side) / PIXELS_PER_BLOCK);
      if (x < 0 || y < 0 || x + 1 >= width || y >= height) continue;
      const step = Math.abs(data[y * width + x + 1]! - data[y * width + x]!);
      if (!Number.isNaN(step)) steps.push(step);
    }
  }
  return steps;
}
