/** Pictures and features made by formula, so that golden values can be checked without storing their inputs. */
import { mix32 } from '../../src/numeric/random.ts';

/** H(seed, i) of the golden values' README. */
export function formulaWord(seed: number, index: number): number {
  return mix32((seed + Math.imul(index, 0x9e3779b9)) >>> 0);
}

export const formulaUniform = (seed: number, index: number): number =>
  formulaWord(seed, index) / 2 ** 32 - 0.5;

export const formulaNormal = (seed: number, index: number): number =>
  formulaUniform(seed, 4 * index) +
  formulaUniform(seed, 4 * index + 1) +
  formulaUniform(seed, 4 * index + 2) +
  formulaUniform(seed, 4 * index + 3);

export type ImageKind = 'noise' | 'gradient' | 'checker' | 'disc' | 'blocks' | 'flat' | 'stripes' | 'spots';

/** Bytes [y][x][c], three channels. */
export function formulaImage(kind: ImageKind, width: number, height: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(width * height * 3);
  const value = kind === 'spots' ? spots(width, height, seed) : formulaOf(kind, width, height, seed);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++) bytes[(y * width + x) * 3 + c] = value(y, x, c);
    }
  }
  return bytes;
}

type PixelFormula = (y: number, x: number, c: number) => number;

function formulaOf(kind: Exclude<ImageKind, 'spots'>, w: number, h: number, seed: number): PixelFormula {
  const formulas: Record<typeof kind, PixelFormula> = {
    noise: (y, x, c) => formulaWord(seed, (y * w + x) * 3 + c) & 255,
    gradient: (y, x, c) =>
      Math.floor([(255 * x) / (w - 1), (255 * y) / (h - 1), (255 * (x + y)) / (w + h - 2)][c]),
    checker: (y, x) => 30 + 200 * (((x >> 3) + (y >> 3)) & 1),
    disc(y, x) {
      const m = Math.min(w, h);
      const d2 = (2 * x - w + 1) ** 2 + (2 * y - h + 1) ** 2;
      const r2 = Math.floor((16 * m * m) / 25);
      const n = formulaWord(seed, y * w + x);
      return d2 <= r2 ? 200 - Math.floor((120 * d2) / r2) + (n & 15) : n & 7;
    },
    blocks: blockFormula(seed, 0, [127, 63, 31, 15]),
    flat: (y, x) => 128 + (formulaWord(seed, y * w + x) & 1),
    stripes: (y, x, c) => 255 * [x & 1, y & 1, (x ^ y) & 1][c],
  };
  return formulas[kind];
}

/** Sum of four block noises of 32, 8, 2 and 1 pixels around 128. */
export function blockFormula(seed: number, n: number, masks: readonly number[]): PixelFormula {
  const sizes = [32, 8, 2, 1];
  return (y, x, c) => {
    let v = 128;
    for (let k = 0; k < 4; k++) {
      const plane = ((n * 8 + k) * 3 + c) * 4096 + Math.floor(y / sizes[k]);
      const index = (Math.imul(plane, 4096) + Math.floor(x / sizes[k])) >>> 0;
      v += (formulaWord(seed, index) & masks[k]) - (masks[k] >> 1);
    }
    return Math.min(255, Math.max(0, v));
  };
}

function spots(width: number, height: number, seed: number): PixelFormula {
  const plane = new Uint8Array(width * height);
  for (let s = 0; s < 20; s++) {
    const a = [0, 1, 2, 3, 4].map((j) => formulaWord(seed, 5 * s + j));
    const [x0, y0, w, h, v] = [
      a[0] % width,
      a[1] % height,
      3 + (a[2] % 16),
      3 + (a[3] % 16),
      64 + (a[4] % 192),
    ];
    for (let y = y0; y < Math.min(height, y0 + h); y++) {
      for (let x = x0; x < Math.min(width, x0 + w); x++)
        plane[y * width + x] = Math.max(plane[y * width + x], v);
    }
  }
  return (y, x) => plane[y * width + x];
}

export interface FeatureFormula {
  N: number;
  d: number;
  K: number;
  seed_z: number;
  seed_w: number;
  seed_v: number;
  eps: number;
  seed_m: number;
  shift: number;
}

/** float32 [N][d]. */
export function formulaFeatures(f: FeatureFormula): Float32Array {
  const weights = new Float64Array(f.d * f.K);
  for (let i = 0; i < weights.length; i++)
    weights[i] = formulaUniform(f.seed_w, i) + f.eps * formulaUniform(f.seed_v, i);
  const result = new Float32Array(f.N * f.d);
  const z = new Float64Array(f.K);
  for (let n = 0; n < f.N; n++) {
    for (let k = 0; k < f.K; k++) z[k] = formulaNormal(f.seed_z, n * f.K + k);
    for (let j = 0; j < f.d; j++) {
      let sum = f.shift * formulaUniform(f.seed_m, j);
      for (let k = 0; k < f.K; k++) sum += weights[j * f.K + k] * z[k];
      result[n * f.d + j] = sum;
    }
  }
  return result;
}

/** [y][x][c] bytes to [c][y][x] floats. */
export function toPlanes(bytes: Uint8Array, width: number, height: number, channels = 3): Float32Array {
  const planes = new Float32Array(bytes.length);
  for (let c = 0; c < channels; c++) {
    for (let i = 0; i < width * height; i++) planes[c * width * height + i] = bytes[i * channels + c];
  }
  return planes;
}
