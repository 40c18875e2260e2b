/** What the tests of the simulator share: frames read back, samples of pictures, a Sun to try things on. */
import { firstImage, readFits, readImageFloat32 } from '../../src/fits/index.ts';
import { FAULTS } from '../../src/simulate/faults/index.ts';
import type { Wavelength } from '../../src/simulate/index.ts';
import { type FaultName, type FrameId, makeFrame, type Product } from '../../src/simulate/index.ts';

export const SEED = 7;
export const STEP_MS = 6 * 3_600_000;

export function idOf(
  slot: string,
  wavelength: Wavelength | 0 = 193,
  product: Product = 'aia-synoptic',
): FrameId {
  return { product, slot: new Date(slot), wavelength };
}

export interface ReadFrame {
  header: Record<string, string | number | boolean | null>;
  keywords: string[];
  data: Float32Array;
  size: number;
  bytes: Uint8Array;
}

export function frame(id: FrameId, size = 96, fault?: FaultName, noticed = true): ReadFrame {
  const planned = fault && { fault: FAULTS[fault], noticed };
  return readFrame(makeFrame({ id, seed: SEED, size, fault: planned, stepMs: STEP_MS }));
}

export function readFrame(bytes: Uint8Array): ReadFrame {
  const hdu = firstImage(readFits(bytes));
  const image = readImageFloat32(hdu);
  return {
    header: hdu.header.toRecord(),
    keywords: hdu.header.cards.map(({ keyword }) => keyword),
    data: image.data,
    size: image.width,
    bytes,
  };
}

/** Median of pixels whose distance from the centre, in solar radii, lies in [from, to). */
export function ringMedian(
  data: Float32Array,
  size: number,
  radius: number,
  from: number,
  to: number,
): number {
  const centre = (size - 1) / 2;
  const values: number[] = [];
  for (let i = 0; i < data.length; i++) {
    const r = Math.hypot((i % size) - centre, Math.floor(i / size) - centre) / radius;
    if (r >= from && r < to && !Number.isNaN(data[i]!)) values.push(data[i]!);
  }
  values.sort((a, b) => a - b);
  return values[Math.floor(values.length / 2)]!;
}

export function mean(values: Iterable<number>): number {
  let sum = 0;
  let count = 0;
  for (const value of values) {
    sum += value;
    count++;
  }
  return sum / count;
}
