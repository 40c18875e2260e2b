/**
 * Smooth random fields on the sphere. One periodic volume of band-limited noise is made once; every field is a cut through
 * it, turned and shifted by a seed and scaled to the wanted feature size. A cut through a volume has no pole and no seam,
 * which noise on a longitude-latitude map would have.
 */
import { createRandom } from '../../numeric/random.ts';
import type { Places } from './rows.ts';

const SIZE = 64;
const MASK = SIZE - 1;
/** Voxels from one feature to the next: enough that linear interpolation leaves no facets. */
const VOXELS_PER_FEATURE = 4;

let shared: Float32Array | undefined;

/** Zero mean, unit variance, periodic in all three directions. */
function volume(): Float32Array {
  if (shared) return shared;
  const random = createRandom('texture volume');
  let field: Float32Array = Float32Array.from({ length: SIZE ** 3 }, () => random.normal());
  for (let pass = 0; pass < 2; pass++) {
    for (const stride of [1, SIZE, SIZE * SIZE]) field = smooth(field, stride);
  }
  const variance = field.reduce((sum, value) => sum + value * value, 0) / field.length;
  const scale = 1 / Math.sqrt(variance);
  for (let i = 0; i < field.length; i++) field[i]! *= scale;
  shared = field;
  return field;
}

/** Periodic binomial smoothing (1 4 6 4 1) along one axis. */
function smooth(field: Float32Array, stride: number): Float32Array {
  const result = new Float32Array(field.length);
  for (let index = 0; index < field.length; index++) {
    const position = Math.floor(index / stride) & MASK;
    const base = index - position * stride;
    const left =
      field[base + ((position - 1) & MASK) * stride]! + field[base + ((position + 1) & MASK) * stride]!;
    const far =
      field[base + ((position - 2) & MASK) * stride]! + field[base + ((position + 2) & MASK) * stride]!;
    result[index] = (far + 4 * left + 6 * field[index]!) / 16;
  }
  return result;
}

/** Noise in three-dimensional space, zero mean, unit variance. */
export interface Field {
  /** Adds `weight` times the noise at every place to `out`. */
  addTo(places: Places, weight: number, out: Float64Array): void;
}

/**
 * A field whose features are about `featureSize` apart, in the units of the arguments (solar radii for points of the unit
 * sphere). `key` chooses its orientation and origin.
 */
export function createField(key: string, featureSize: number): Field {
  const data = volume();
  const random = createRandom(`field/${key}`);
  const m = new Float64Array(12);
  m.set(randomRotation(random.normal(), random.normal(), random.normal(), random.normal()));
  const scale = VOXELS_PER_FEATURE / featureSize;
  for (let i = 0; i < 9; i++) m[i]! *= scale;
  // A large positive origin keeps coordinates positive, so that truncation is floor.
  const positive = Math.ceil(scale / SIZE) * SIZE * 4;
  for (let i = 9; i < 12; i++) m[i] = positive + random.uniform() * SIZE;
  return { addTo: (places, weight, out) => sampleRow(data, m, places, weight, out) };
}

/** Trilinear interpolation in the periodic volume, over a row of places. */
function sampleRow(
  data: Float32Array,
  m: Float64Array,
  places: Places,
  weight: number,
  out: Float64Array,
): void {
  const { x, y, z, count } = places;
  const [m0, m1, m2, m3, m4, m5] = [m[0]!, m[1]!, m[2]!, m[3]!, m[4]!, m[5]!];
  const [m6, m7, m8, m9, m10, m11] = [m[6]!, m[7]!, m[8]!, m[9]!, m[10]!, m[11]!];
  for (let n = 0; n < count; n++) {
    const px = x[n]!;
    const py = y[n]!;
    const pz = z[n]!;
    const u = m0 * px + m1 * py + m2 * pz + m9;
    const v = m3 * px + m4 * py + m5 * pz + m10;
    const w = m6 * px + m7 * py + m8 * pz + m11;
    const i = u | 0;
    const j = v | 0;
    const k = w | 0;
    const fu = u - i;
    const fv = v - j;
    const fw = w - k;
    const i0 = i & MASK;
    const i1 = (i + 1) & MASK;
    const j0 = (j & MASK) << 6;
    const j1 = ((j + 1) & MASK) << 6;
    const k0 = (k & MASK) << 12;
    const k1 = ((k + 1) & MASK) << 12;
    const a = data[i0 | j0 | k0]!;
    const b = data[i0 | j1 | k0]!;
    const c = data[i0 | j0 | k1]!;
    const d = data[i0 | j1 | k1]!;
    const a1 = a + (data[i1 | j0 | k0]! - a) * fu;
    const b1 = b + (data[i1 | j1 | k0]! - b) * fu;
    const c1 = c + (data[i1 | j0 | k1]! - c) * fu;
    const d1 = d + (data[i1 | j1 | k1]! - d) * fu;
    const low = a1 + (b1 - a1) * fv;
    out[n]! += weight * (low + (c1 + (d1 - c1) * fv - low) * fw);
  }
}

/** Rotation matrix of the quaternion (w, x, y, z) of four normals: uniform over all rotations. */
function randomRotation(w: number, x: number, y: number, z: number): Float64Array {
  const n = 1 / Math.hypot(w, x, y, z);
  const [a, b, c, d] = [w * n, x * n, y * n, z * n];
  return Float64Array.of(
    1 - 2 * (c * c + d * d),
    2 * (b * c - a * d),
    2 * (b * d + a * c),
    2 * (b * c + a * d),
    1 - 2 * (b * b + d * d),
    2 * (c * d - a * b),
    2 * (b * d - a * c),
    2 * (c * d + a * b),
    1 - 2 * (b * b + c * c),
  );
}
