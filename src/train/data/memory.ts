/** Images that are held in memory: small sets, tests. */
import type { TrainingImages } from './images.ts';

export type HeldImages = Omit<TrainingImages, 'read' | 'count' | 'close'> & {
  /** All images one after the other, 0..1. */
  values: Float32Array;
};

export function imagesInMemory({ values, ...facts }: HeldImages): TrainingImages {
  const size = facts.channels * facts.resolution ** 2;
  return {
    ...facts,
    count: values.length / size,
    async read(positions, side = facts.resolution) {
      const result = new Float32Array(positions.length * size);
      for (const [i, position] of positions.entries()) {
        result.set(values.subarray(position * size, (position + 1) * size), i * size);
      }
      return reduce(result, facts.resolution, side);
    },
    async close() {},
  };
}

/** Means of 2x2 pixels until `side` is reached. */
function reduce(planes: Float32Array, from: number, side: number): Float32Array {
  let result = planes;
  for (let width = from; width > side; width /= 2) {
    const half = new Float32Array(result.length / 4);
    for (let i = 0; i < half.length; i++) {
      const corner = Math.floor(i / (width / 2)) * 2 * width + (i % (width / 2)) * 2;
      const pair = result[corner]! + result[corner + 1]!;
      half[i] = (pair + result[corner + width]! + result[corner + width + 1]!) / 4;
    }
    result = half;
  }
  return result;
}
