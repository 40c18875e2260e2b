/**
 * Floats that were stored as scaled integers, with or without subtractive dither (FITS 4.0 section 10.2, appendix I for
 * the random sequence).
 */
import type { Dither } from './table.ts';

/** Stands for an exact zero under SUBTRACTIVE_DITHER_2. */
const ZERO_CODE = -2147483646;
const SEQUENCE_LENGTH = 10000;

export interface Quantisation {
  scale: number;
  zero: number;
  /** Integer that means NaN. */
  blank: number | undefined;
  dither: Dither;
  /** ZDITHER0, 1 to 10000. */
  ditherSeed: number;
  /** Number of the tile, from 0: each tile has its own place in the random sequence. */
  tile: number;
}

/** Turns integers into floats; the array that is given sets the precision. */
export function dequantise(
  values: Int32Array | Int16Array | Uint8Array,
  out: Float32Array | Float64Array,
  { scale, zero, blank, dither, ditherSeed, tile }: Quantisation,
): void {
  if (dither === 'NO_DITHER') {
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      out[i] = value === blank ? Number.NaN : value * scale + zero;
    }
    return;
  }
  const sequence = ditherSequence();
  const zeroCode = dither === 'SUBTRACTIVE_DITHER_2' ? ZERO_CODE : undefined;
  let seed = (tile + ditherSeed - 1) % SEQUENCE_LENGTH;
  let next = Math.trunc(sequence[seed]! * 500);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value === blank) out[i] = Number.NaN;
    else if (value === zeroCode) out[i] = 0;
    else out[i] = (value - sequence[next]! + 0.5) * scale + zero;
    if (++next === SEQUENCE_LENGTH) {
      seed = (seed + 1) % SEQUENCE_LENGTH;
      next = Math.trunc(sequence[seed]! * 500);
    }
  }
}

let cached: Float32Array | undefined;

/** The standard's sequence: Park & Miller's generator, a = 16807, m = 2^31 - 1, from seed 1. */
function ditherSequence(): Float32Array {
  if (cached !== undefined) return cached;
  cached = new Float32Array(SEQUENCE_LENGTH);
  let seed = 1;
  for (let i = 0; i < SEQUENCE_LENGTH; i++) {
    seed = (seed * 16807) % 2147483647;
    cached[i] = seed / 2147483647;
  }
  return cached;
}
