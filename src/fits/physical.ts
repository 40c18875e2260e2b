/** Stored value -> physical value: BZERO + BSCALE * value, NaN where the stored value is BLANK (FITS 4.0 section 4.4.2.5). */
import type { RawPixels } from './pixels.ts';

export interface PhysicalScale {
  bscale: number;
  bzero: number;
  /** Compared with the stored value, before scaling. */
  blank?: number | undefined;
  /** The same for 64-bit integers, exactly. */
  wideBlank?: bigint | undefined;
  /** Scale in float32, step by step, as astropy does for 8- and 16-bit integers. */
  isSingle?: boolean;
}

/** Scales all of `stored` to `out` from `start` on. One loop a type: the compiler keeps them fast. */
export function scalePixels(
  stored: RawPixels,
  out: Float32Array | Float64Array,
  start: number,
  scale: PhysicalScale,
): void {
  const { bscale, bzero, blank } = scale;
  const isPlain = bscale === 1 && bzero === 0;
  if (stored instanceof BigInt64Array) {
    scaleWide(stored, out, start, scale);
  } else if (scale.isSingle && !isPlain) {
    scaleSingle(stored, out, start, scale);
  } else if (isPlain && (blank === undefined || !stored.includes(blank))) {
    out.set(stored, start);
  } else if (stored instanceof Int16Array) {
    scaleInt16(stored, out, start, scale);
  } else if (stored instanceof Int32Array) {
    scaleInt32(stored, out, start, scale);
  } else {
    for (let i = 0; i < stored.length; i++) {
      const value = stored[i]!;
      out[start + i] = value === blank ? Number.NaN : value * bscale + bzero;
    }
  }
}

function scaleInt16(
  stored: Int16Array,
  out: Float32Array | Float64Array,
  start: number,
  scale: PhysicalScale,
): void {
  const { bscale, bzero } = scale;
  const blank = scale.blank ?? Number.NaN;
  for (let i = 0; i < stored.length; i++) {
    const value = stored[i]!;
    out[start + i] = value === blank ? Number.NaN : value * bscale + bzero;
  }
}

function scaleInt32(
  stored: Int32Array,
  out: Float32Array | Float64Array,
  start: number,
  scale: PhysicalScale,
): void {
  const { bscale, bzero } = scale;
  const blank = scale.blank ?? Number.NaN;
  for (let i = 0; i < stored.length; i++) {
    const value = stored[i]!;
    out[start + i] = value === blank ? Number.NaN : value * bscale + bzero;
  }
}

/** 64-bit integers: BLANK is compared exactly, and the unsigned convention (BZERO 2^63) is applied before rounding. */
function scaleWide(
  stored: BigInt64Array,
  out: Float32Array | Float64Array,
  start: number,
  scale: PhysicalScale,
): void {
  const { bscale, bzero, wideBlank } = scale;
  const isUnsigned = bscale === 1 && bzero === 2 ** 63;
  for (let i = 0; i < stored.length; i++) {
    const value = stored[i]!;
    if (value === wideBlank) out[start + i] = Number.NaN;
    else out[start + i] = isUnsigned ? Number(value + (1n << 63n)) : Number(value) * bscale + bzero;
  }
}

function scaleSingle(
  stored: Exclude<RawPixels, BigInt64Array>,
  out: Float32Array | Float64Array,
  start: number,
  { bscale, bzero, blank }: PhysicalScale,
): void {
  const factor = Math.fround(bscale);
  const offset = Math.fround(bzero);
  for (let i = 0; i < stored.length; i++) {
    const value = stored[i]!;
    out[start + i] = value === blank ? Number.NaN : Math.fround(Math.fround(value * factor) + offset);
  }
}
