/** Shadows: the Earth or the Moon before the Sun leaves parts of the disk black, which no coronal hole is. */
import { type Image, quantile, quantileOfSorted, sortedFinite } from '../../numeric/index.ts';

/** Pixels a side of a block at 256 pixels: 150". */
const BLOCKS_PER_SIDE = 16;
/**
 * Of the bright quarter of the blocks. On real frames of five channels the darkest block (of a coronal hole) has 0.14 of
 * the median; behind the Moon scattered light leaves less than 0.02.
 */
const DARK_FACTOR = 0.05;

/** Share of the disk's blocks whose median is nearly black beside the bright quarter of them. */
export function measureBlocks(image: Image, radius: number): number {
  const size = Math.max(2, Math.floor(image.width / BLOCKS_PER_SIDE));
  const middle = (image.width - 1) / 2;
  const medians: number[] = [];
  for (let top = 0; top + size <= image.height; top += size) {
    for (let left = 0; left + size <= image.width; left += size) {
      const farX = Math.max(Math.abs(left - middle), Math.abs(left + size - 1 - middle));
      const farY = Math.max(Math.abs(top - middle), Math.abs(top + size - 1 - middle));
      if (Math.hypot(farX, farY) <= 0.97 * radius)
        medians.push(quantile(blockOf(image, left, top, size), 0.5));
    }
  }
  const sorted = sortedFinite(medians);
  const limit = DARK_FACTOR * quantileOfSorted(sorted, 0.75);
  return sorted.length > 0 ? sorted.filter((value) => value < limit).length / sorted.length : 0;
}

function blockOf({ width, data }: Image, left: number, top: number, size: number): Float32Array {
  const block = new Float32Array(size * size);
  for (let y = 0; y < size; y++) {
    block.set(data.subarray((top + y) * width + left, (top + y) * width + left + size), y * size);
  }
  return block;
}
