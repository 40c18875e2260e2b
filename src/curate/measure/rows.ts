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
 * Rms of the medians by which rows, or columns if those do more, stand out from the mean of their two neighbours, over the
 * median of the same pixels. null for small frames.
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

function stripesAcross(data: Float32Array, across: Axis, along: Axis): number {
  const every = Math.max(1, Math.floor((across[1] - across[0] - 2) / MOST_LINES));
  const stride = Math.max(1, Math.floor((along[1] - along[0]) / MOST_PIXELS));
  let power = 0;
  let lines = 0;
  const levels: number[] = [];
  for (let line = across[0] + 1; line + 1 < across[1]; line += every) {
    const excess: number[] = [];
    const values: number[] = [];
    for (let place = along[0]; place < along[1]; place += stride) {
      const at = line * across[2] + place * along[2];
      const value = data[at]!;
      const above = value - (data[at - across[2]]! + data[at + across[2]]!) / 2;
      if (Number.isNaN(above)) continue;
      excess.push(above);
      values.push(value);
    }
    if (excess.length < 16) continue;
    power += median(excess) ** 2;
    levels.push(median(values));
    lines++;
  }
  // A dark frame has no level to compare with: one DN.
  return lines === 0 ? 0 : Math.sqrt(power / lines) / Math.max(1, median(levels));
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
