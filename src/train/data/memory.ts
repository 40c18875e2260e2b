/** Images that are held in memory: small sets, tests. */
import type { TrainingImages } from './images.ts';

export type HeldImages = Omit<TrainingImages, 'read' | 'count'> & {
  /** All images one after the other, 0..1. */
  values: Float32Array;
};

export function imagesInMemory({ values, ...facts }: HeldImages): TrainingImages {
  const size = facts.channels * facts.resolution ** 2;
  return {
    ...facts,
    count: values.length / size,
    async read(positions) {
      const result = new Float32Array(positions.length * size);
      for (const [i, position] of positions.entries()) {
        result.set(values.subarray(position * size, (position + 1) * size), i * size);
      }
      return result;
    },
  };
}
