/**
 * Seeded random numbers: xoshiro128** (Blackman & Vigna 2018) seeded through splitmix32, and the stateless hash
 * `hash32` for noise that must not depend on the order of evaluation. The state is four words, so that a checkpoint
 * can keep it.
 */
export interface Random {
  /** Uniform in [0, 1), 32 random bits. */
  uniform(): number;
  /** Standard normal (Box-Muller, both values used). */
  normal(): number;
  /** Uniform integer in [0, n). */
  int(n: number): number;
  /** Poisson with mean `mean`: by inversion below 30, else the rounded normal approximation. */
  poisson(mean: number): number;
  /** Shuffles in place (Fisher-Yates) and returns the array. */
  shuffle<T extends unknown[] | Uint32Array | Int32Array>(items: T): T;
  /** An independent generator for a part of the work; the same label gives the same stream and does not advance this one. */
  fork(label: string | number): Random;
  /** The whole state, JSON-safe. */
  state(): RandomState;
}

export interface RandomState {
  words: [number, number, number, number];
  spareNormal: number | null;
}

export function createRandom(seed: number | string): Random {
  let word = typeof seed === 'number' ? hash32(seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0) : fnv1a(seed);
  const next = () => {
    word = (word + 0x9e3779b9) >>> 0;
    return mix32(word);
  };
  return restoreRandom({ words: [next(), next(), next(), next()], spareNormal: null });
}

export function restoreRandom(state: RandomState): Random {
  let [a, b, c, d] = state.words;
  let spare = state.spareNormal;

  const next = () => {
    const product = Math.imul(b, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return result;
  };

  const random: Random = {
    uniform: () => next() / 4294967296,
    normal() {
      if (spare !== null) {
        const value = spare;
        spare = null;
        return value;
      }
      const radius = Math.sqrt(-2 * Math.log((next() + 1) / 4294967297));
      const angle = (2 * Math.PI * next()) / 4294967296;
      spare = radius * Math.sin(angle);
      return radius * Math.cos(angle);
    },
    int: (n) => Math.floor((next() / 4294967296) * n),
    poisson(mean) {
      if (!(mean > 0)) return 0;
      if (mean > 30) return Math.max(0, Math.round(mean + Math.sqrt(mean) * random.normal()));
      const limit = Math.exp(-mean);
      let product = random.uniform();
      let count = 0;
      while (product > limit) {
        product *= random.uniform();
        count++;
      }
      return count;
    },
    shuffle(items) {
      for (let i = items.length - 1; i > 0; i--) {
        const j = random.int(i + 1);
        const held = items[i]!;
        items[i] = items[j]!;
        items[j] = held;
      }
      return items;
    },
    fork: (label) => createRandom(`${a >>> 0}.${b >>> 0}.${c >>> 0}.${d >>> 0}/${label}`),
    state: () => ({ words: [a >>> 0, b >>> 0, c >>> 0, d >>> 0], spareNormal: spare }),
  };
  return random;
}

/** murmur3's finaliser: a bijection of 32-bit words. */
export function mix32(value: number): number {
  let h = value >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** A random word that depends on `seed` and `index` only. */
export function hash32(seed: number, index: number): number {
  return mix32((seed + Math.imul(index, 0x9e3779b9)) >>> 0);
}

/** 32-bit FNV-1a of the text's UTF-16 units; equal to the byte hash for ASCII. */
export function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
