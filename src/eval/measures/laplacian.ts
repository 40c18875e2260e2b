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

/** The binomial filter 1 4 6 4 1. */
const [OUTER, INNER, MIDDLE] = [1 / 16, 4 / 16, 6 / 16];

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
  const { size, count, data } = planes;
  const half = size / 2;
  const result = new Float32Array(count * half * half);
  const rows = new Float64Array(size * half);
  const at = mirrorTable(size);
  for (let plane = 0; plane < count; plane++) {
    for (let y = 0; y < size; y++) {
      const row = (plane * size + y) * size;
      for (let x = 0; x < half; x++) {
        const isInside = x > 0 && x + 1 < half;
        const i = 2 * x;
        const outer = isInside
          ? data[row + i - 2] + data[row + i + 2]
          : data[row + at[i]] + data[row + at[i + 4]];
        const inner = isInside
          ? data[row + i - 1] + data[row + i + 1]
          : data[row + at[i + 1]] + data[row + at[i + 3]];
        rows[y * half + x] = OUTER * outer + INNER * inner + MIDDLE * data[row + i];
      }
    }
    for (let y = 0; y < half; y++) {
      const [p, q, r, s, t] = [0, 1, 2, 3, 4].map((tap) => at[2 * y + tap] * half);
      const to = (plane * half + y) * half;
      for (let x = 0; x < half; x++) {
        result[to + x] =
          OUTER * (rows[p + x] + rows[t + x]) + INNER * (rows[q + x] + rows[s + x]) + MIDDLE * rows[r + x];
      }
    }
  }
  return { size: half, count, data: result };
}

/**
 * Twice the size. Of the zero-inserted signal only every second value is not zero: even places see three of them, odd
 * ones two. Mirrored in that signal, the neighbour before the first is the second, that after the last the last itself.
 */
export function pyramidUp(planes: Planes): Planes {
  const { size, count, data } = planes;
  const full = size * 2;
  const result = new Float32Array(count * full * full);
  const rows = new Float64Array(size * full);
  const [outer, middle, inner] = [2 * OUTER, 2 * MIDDLE, 2 * INNER];
  const before = (i: number) => (i > 0 ? i - 1 : Math.min(1, size - 1));
  const after = (i: number) => Math.min(i + 1, size - 1);
  for (let plane = 0; plane < count; plane++) {
    for (let y = 0; y < size; y++) {
      const row = (plane * size + y) * size;
      const to = y * full;
      for (let x = 0; x < size; x++) {
        const [own, next] = [data[row + x], data[row + after(x)]];
        rows[to + 2 * x] = outer * (data[row + before(x)] + next) + middle * own;
        rows[to + 2 * x + 1] = inner * (own + next);
      }
    }
    for (let y = 0; y < size; y++) {
      const [last, own, next] = [before(y) * full, y * full, after(y) * full];
      const even = (plane * full + 2 * y) * full;
      const odd = even + full;
      for (let x = 0; x < full; x++) {
        result[even + x] = outer * (rows[last + x] + rows[next + x]) + middle * rows[own + x];
        result[odd + x] = inner * (rows[own + x] + rows[next + x]);
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
