/**
 * Active regions and coronal holes by thresholds on the median of the inner disk, on a picture in DN smoothed by 3x3:
 * an active region is brighter than 2.5 medians, a coronal hole darker than 0.35 medians (the threshold of Heinemann et
 * al. 2019, Solar Physics 294, 144, for AIA 193). Touching pixels (8 neighbours) are one region; regions under 0.05 %
 * of the disk are left out. This is coarser than a catalogue of regions, and the same for both sides, which is
 * what a comparison needs.
 */
import { median } from '../../../numeric/stats.ts';
import type { Disk } from './disk.ts';

export const BRIGHT_MEDIANS = 2.5;
export const DARK_MEDIANS = 0.35;
const SMALLEST_SHARE = 0.0005;

export interface RegionSummary {
  /** Share of the disk's area. */
  readonly area: number;
  readonly count: number;
  /** Mean absolute heliographic latitude of their pixels in degrees (B0 = 0); undefined without regions. */
  readonly latitude: number | undefined;
}

export interface Regions {
  readonly active: RegionSummary;
  readonly holes: RegionSummary;
}

export function findRegions(picture: Float32Array, disk: Disk): Regions {
  const smooth = smooth3(picture, disk.size);
  const level = median(Array.from(disk.inner, (pixel) => smooth[pixel]));
  return {
    active: summarise((value) => value > BRIGHT_MEDIANS * level, smooth, disk),
    holes: summarise((value) => value < DARK_MEDIANS * level, smooth, disk),
  };
}

function summarise(belongs: (value: number) => boolean, picture: Float32Array, disk: Disk): RegionSummary {
  const { size, radius, inner } = disk;
  const wanted = new Uint8Array(size * size);
  for (const pixel of inner) if (belongs(picture[pixel])) wanted[pixel] = 1;
  const smallest = SMALLEST_SHARE * inner.length;
  const centre = (size - 1) / 2;
  let [area, count, latitudes] = [0, 0, 0];
  for (const pixel of inner) {
    if (wanted[pixel] === 0) continue;
    const region = takeRegion(wanted, pixel, size);
    if (region.length < smallest) continue;
    count++;
    area += region.length;
    for (const member of region) {
      const y = Math.floor(member / size) - centre;
      latitudes += Math.abs(Math.asin(Math.max(-1, Math.min(1, y / radius))));
    }
  }
  return {
    area: area / Math.max(1, inner.length),
    count,
    latitude: area > 0 ? (latitudes / area) * (180 / Math.PI) : undefined,
  };
}

/** The connected pixels of `start`, taken out of `wanted`. */
function takeRegion(wanted: Uint8Array, start: number, size: number): number[] {
  const region = [start];
  wanted[start] = 0;
  for (let next = 0; next < region.length; next++) {
    const [x, y] = [region[next] % size, Math.floor(region[next] / size)];
    for (let ny = Math.max(0, y - 1); ny <= Math.min(size - 1, y + 1); ny++) {
      for (let nx = Math.max(0, x - 1); nx <= Math.min(size - 1, x + 1); nx++) {
        const neighbour = ny * size + nx;
        if (wanted[neighbour] === 0) continue;
        wanted[neighbour] = 0;
        region.push(neighbour);
      }
    }
  }
  return region;
}

/** 3x3 mean; at the border over the pixels that are there. */
function smooth3(picture: Float32Array, size: number): Float32Array {
  const result = new Float32Array(size * size);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      let [sum, count] = [0, 0];
      for (let ny = Math.max(0, y - 1); ny <= Math.min(size - 1, y + 1); ny++) {
        for (let nx = Math.max(0, x - 1); nx <= Math.min(size - 1, x + 1); nx++) {
          sum += picture[ny * size + nx];
          count++;
        }
      }
      result[y * size + x] = sum / count;
    }
  }
  return result;
}
