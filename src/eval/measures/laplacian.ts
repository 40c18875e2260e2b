/**
 * The Laplacian pyramid of Burt & Adelson (1983) as the PG-GAN metric uses it: 5-tap binomial filter, mirrored border
 * that does not repeat the edge (d c b | a b c d), every second pixel kept; up by zero insertion and four times the
 * filter. Level k holds what level k+1 cannot show; the last level holds the rest. Sizes must be even at every step.
 */

/** Planes of one resolution: `data[(plane * size + y) * size + x]`. */
export interface Planes {
  readonly size: number;
  readonly count: number;
  readonly data: Float32Array;
}

const TAPS = [1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16];

/** `levels` band-pass planes, finest first. The input is not changed. */
export function laplacianPyramid(planes: Planes, levels: number): Planes[] {
  const pyramid: Planes[] = [];
  let current: Planes = { ...planes, data: planes.data.slice() };
  for (let level = 1; level < levels; level++) {
    const smaller = pyramidDown(current);
    const blurred = pyramidUp(smaller);
    for (let i = 0; i < current.data.length; i++) current.data[i] -= blurred.data[i];
    pyramid.push(current);
    current = smaller;
  }
  pyramid.push(current);
  return pyramid;
}

export function pyramidDown(planes: Planes): Planes {
  const { size, count } = planes;
  const half = size / 2;
  const result = new Float32Array(count * half * half);
  const rows = new Float64Array(size * half);
  const at = mirrorTable(size);
  for (let plane = 0; plane < count; plane++) {
    const offset = plane * size * size;
    for (let y = 0; y < size; y++) {
      const row = offset + y * size;
      for (let x = 0; x < half; x++) {
        let sum = 0;
        for (let tap = 0; tap < 5; tap++) sum += TAPS[tap] * planes.data[row + at[2 * x + tap]];
        rows[y * half + x] = sum;
      }
    }
    for (let y = 0; y < half; y++) {
      for (let x = 0; x < half; x++) {
        let sum = 0;
        for (let tap = 0; tap < 5; tap++) sum += TAPS[tap] * rows[at[2 * y + tap] * half + x];
        result[(plane * half + y) * half + x] = sum;
      }
    }
  }
  return { size: half, count, data: result };
}

/** Twice the size. Only every second input of the zero-inserted signal is non-zero, so 3 or 2 taps matter. */
export function pyramidUp(planes: Planes): Planes {
  const { size, count } = planes;
  const full = size * 2;
  const result = new Float32Array(count * full * full);
  const rows = new Float64Array(size * full);
  const at = mirrorTable(full);
  for (let plane = 0; plane < count; plane++) {
    const offset = plane * size * size;
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < full; x++) {
        let sum = 0;
        for (let tap = 0; tap < 5; tap++) {
          const source = at[x + tap];
          if ((source & 1) === 0) sum += 2 * TAPS[tap] * planes.data[offset + y * size + (source >> 1)];
        }
        rows[y * full + x] = sum;
      }
    }
    for (let y = 0; y < full; y++) {
      for (let x = 0; x < full; x++) {
        let sum = 0;
        for (let tap = 0; tap < 5; tap++) {
          const source = at[y + tap];
          if ((source & 1) === 0) sum += 2 * TAPS[tap] * rows[(source >> 1) * full + x];
        }
        result[(plane * full + y) * full + x] = sum;
      }
    }
  }
  return { size: full, count, data: result };
}

/** `table[i + 2 + offset]` is the mirrored index of `i + offset`, offset -2..2. */
function mirrorTable(size: number): Int32Array {
  const table = new Int32Array(size + 4);
  for (let i = 0; i < size + 4; i++) {
    let source = i - 2;
    // Twice, because a size of 2 reflects at both ends.
    for (let turn = 0; turn < 2; turn++) {
      if (source < 0) source = -source;
      if (source >= size) source = 2 * (size - 1) - source;
    }
    table[i] = source;
  }
  return table;
}
