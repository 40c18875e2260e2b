/** Counted on the frame as it was read: what averages and resampling would hide. */
import type { Image, LoadedImage } from '../../numeric/index.ts';
import { measureFieldNoise, measureStripes } from './rows.ts';

export interface RawMeasurements {
  /** Share of pixels without a value: of the frame, or of its disk where nothing is expected beyond the limb. */
  missingShare: number;
  /** Share of pixels at the camera's ceiling. */
  saturatedShare: number;
  /**
   * Share of pixels beyond the corona that stand alone above all but one of their neighbours: particle hits. There the
   * Sun has no points of light of its own. null for tiny frames.
   */
  spikeShare: number | null;
  /** Share of pixels of the disk in rows of equal values: blocks that were filled in. */
  constantShare: number;
  /** By how much rows or columns of the disk stand out, in shares of its level; null for small frames. */
  stripes: number | null;
  /** Share of the disk where neighbouring pixels of a field differ as only noise does; null for pictures. */
  noiseShare: number | null;
}

export interface DiskPlace {
  centreX: number;
  centreY: number;
  radiusPixels: number;
}

/** 14 bits with the pedestal taken off; level 1.5 clips at 16383.5. */
const CEILING_DN = 16383;
/** Above the second-brightest neighbour by this factor and so many DN: beyond what the PSF does to a point of light. */
const SPIKE_FACTOR = 1.5;
const SPIKE_DN = 15;
/** Beyond it frames of ten channels had at most 4e-5 spikes, storms 1e-2. */
const CORONA_RADII = 1.15;
/** Below that a bright point of the Sun is one pixel itself. */
const SMALLEST_WIDTH_FOR_SPIKES = 96;
/** Rows looked at, at most: the rest of a large frame tells the same. */
const LARGEST_ROWS = 256;
/** Runs of equal values shorter than that come about by chance in faint channels. */
const SHORTEST_RUN = 16;

/** Of a frame as it was loaded, before anything was filled. */
export function measureRaw(
  { image, missing, saturated }: LoadedImage,
  disk: DiskPlace | undefined,
  blankBeyondLimb: boolean,
): RawMeasurements {
  const stride = Math.max(1, Math.floor(image.height / LARGEST_ROWS));
  const chords = chordsOf(image, disk, stride);
  return {
    missingShare: blankBeyondLimb ? missingInside(image, chords) : missing / image.data.length,
    saturatedShare: saturated / image.data.length,
    spikeShare: image.width < SMALLEST_WIDTH_FOR_SPIKES ? null : spikeShare(image, disk, stride),
    constantShare: constantShare(image, chords),
    stripes: measureStripes(image, disk),
    noiseShare: blankBeyondLimb ? measureFieldNoise(image, disk) : null,
  };
}

interface Chord {
  row: number;
  from: number;
  to: number;
}

/** The part of every `stride`-th row that lies on the disk, a little inside the limb. */
function chordsOf({ width, height }: Image, disk: DiskPlace | undefined, stride: number): Chord[] {
  const chords: Chord[] = [];
  for (let row = 0; row < height; row += stride) {
    if (!disk) {
      chords.push({ row, from: 0, to: width });
      continue;
    }
    const radius = 0.98 * disk.radiusPixels;
    const half = Math.sqrt(Math.max(0, radius ** 2 - (row - disk.centreY) ** 2));
    const from = Math.max(0, Math.ceil(disk.centreX - half));
    const to = Math.min(width, Math.floor(disk.centreX + half) + 1);
    if (half > 0 && to > from) chords.push({ row, from, to });
  }
  return chords;
}

function missingInside({ width, data }: Image, chords: readonly Chord[]): number {
  let missing = 0;
  let total = 0;
  for (const { row, from, to } of chords) {
    for (let i = row * width + from; i < row * width + to; i++) if (Number.isNaN(data[i]!)) missing++;
    total += to - from;
  }
  return total > 0 ? missing / total : 0;
}

function spikeShare(image: Image, disk: DiskPlace | undefined, stride: number): number | null {
  let spikes = 0;
  let total = 0;
  for (let y = 1; y < image.height - 1; y += stride) {
    for (const [from, to] of beyondCorona(image, disk, y)) {
      spikes += countSpikes(image, y * image.width + from, y * image.width + to);
      total += Math.max(0, to - from);
    }
  }
  return total > 0 ? spikes / total : null;
}

/** The parts of a row beyond the bright corona, without the outermost pixels. */
function beyondCorona({ width }: Image, disk: DiskPlace | undefined, y: number): [number, number][] {
  if (!disk) return [[1, width - 1]];
  const radius = CORONA_RADII * disk.radiusPixels;
  const half = Math.sqrt(Math.max(0, radius ** 2 - (y - disk.centreY) ** 2));
  if (half === 0) return [[1, width - 1]];
  const left = Math.min(width - 1, Math.max(1, Math.floor(disk.centreX - half)));
  const right = Math.max(1, Math.min(width - 1, Math.ceil(disk.centreX + half)));
  return [
    [1, left],
    [right, width - 1],
  ];
}

function countSpikes({ width, data }: Image, from: number, to: number): number {
  let spikes = 0;
  for (let i = from; i < to; i++) {
    const limit = (data[i]! - SPIKE_DN) / SPIKE_FACTOR;
    // Nearly every pixel is dismissed here: most are no brighter than the neighbours in their row.
    if (!(limit > data[i - 1]! || limit > data[i + 1]!)) continue;
    if (limit > 0 && isAlone(data, i, width, limit)) spikes++;
  }
  return spikes;
}

/** At most one of the eight neighbours reaches the limit. */
function isAlone(data: Float32Array, i: number, width: number, limit: number): boolean {
  let bright = 0;
  for (const j of [
    i - 1,
    i + 1,
    i - width,
    i + width,
    i - width - 1,
    i - width + 1,
    i + width - 1,
    i + width + 1,
  ]) {
    if (data[j]! >= limit && ++bright > 1) return false;
  }
  return true;
}

function constantShare({ width, data }: Image, chords: readonly Chord[]): number {
  let constant = 0;
  let total = 0;
  for (const { row, from, to } of chords) {
    total += to - from;
    const end = row * width + to;
    for (let start = row * width + from; start < end; ) {
      let next = start + 1;
      while (next < end && data[next] === data[start]) next++;
      // Saturated flares are flat as well, and no fault.
      if (next - start >= SHORTEST_RUN && data[start]! < CEILING_DN) constant += next - start;
      start = next;
    }
  }
  return total > 0 ? constant / total : 0;
}
