/** Discrete Fourier transform of power-of-two lengths: iterative radix 2 (Cooley & Tukey 1965), in float64. */
import { SunganError } from '../core/errors.ts';

/** In place, forward (kernel exp(-2 pi i k n / N)), not normalised. */
export function fft(real: Float64Array, imaginary: Float64Array): void {
  const n = real.length;
  if (n < 1 || (n & (n - 1)) !== 0)
    throw new SunganError('data', `fft of ${n} values: the length must be a power of two`);
  if (imaginary.length !== n)
    throw new SunganError('data', `fft of ${n} real and ${imaginary.length} imaginary parts`);
  reorder(real, imaginary);
  for (let size = 2; size <= n; size *= 2) {
    const half = size / 2;
    for (let k = 0; k < half; k++) {
      const angle = (-2 * Math.PI * k) / size;
      const wr = Math.cos(angle);
      const wi = Math.sin(angle);
      for (let i = k; i < n; i += size) {
        const j = i + half;
        const r = real[j]! * wr - imaginary[j]! * wi;
        const m = real[j]! * wi + imaginary[j]! * wr;
        real[j] = real[i]! - r;
        imaginary[j] = imaginary[i]! - m;
        real[i]! += r;
        imaginary[i]! += m;
      }
    }
  }
}

function reorder(real: Float64Array, imaginary: Float64Array): void {
  const n = real.length;
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i >= j) continue;
    [real[i], real[j]] = [real[j]!, real[i]!];
    [imaginary[i], imaginary[j]] = [imaginary[j]!, imaginary[i]!];
  }
}

/** |F|^2 of a square picture of power-of-two side, row-major, zero frequency at [0, 0], not normalised. */
export function powerSpectrum2d(data: ArrayLike<number>, size: number): Float64Array {
  if (data.length !== size * size)
    throw new SunganError('data', `power of ${data.length} pixels: a side of ${size} has ${size * size}`);
  const real = Float64Array.from(data);
  const imaginary = new Float64Array(size * size);
  for (let y = 0; y < size; y++) {
    fft(real.subarray(y * size, (y + 1) * size), imaginary.subarray(y * size, (y + 1) * size));
  }
  const columnReal = new Float64Array(size);
  const columnImaginary = new Float64Array(size);
  const power = new Float64Array(size * size);
  for (let x = 0; x < size; x++) {
    for (let y = 0; y < size; y++) {
      columnReal[y] = real[y * size + x]!;
      columnImaginary[y] = imaginary[y * size + x]!;
    }
    fft(columnReal, columnImaginary);
    for (let y = 0; y < size; y++) power[y * size + x] = columnReal[y]! ** 2 + columnImaginary[y]! ** 2;
  }
  return power;
}

/** Mean power in rings of whole wave numbers 0 .. size / 2 (cycles per picture). */
export function radialPower(power: Float64Array, size: number): Float64Array {
  const sums = new Float64Array(size / 2 + 1);
  const counts = new Float64Array(size / 2 + 1);
  for (let y = 0; y < size; y++) {
    const fy = Math.min(y, size - y);
    for (let x = 0; x < size; x++) {
      const ring = Math.round(Math.hypot(fy, Math.min(x, size - x)));
      if (ring >= sums.length) continue;
      sums[ring]! += power[y * size + x]!;
      counts[ring]! += 1;
    }
  }
  return sums.map((sum, ring) => sum / Math.max(1, counts[ring]!));
}
