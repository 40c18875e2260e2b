/** Batches ahead of the training: the next one is being read while a step computes. */
import type { TrainingImages } from './images.ts';
import type { DataOrder } from './order.ts';

export interface BatchQueue {
  /** The batch after `seen` images, and the beginning of the one after it. */
  take(seen: number, size: { batch: number; side: number }): Promise<Float32Array>;
}

export function createBatchQueue(images: TrainingImages, order: DataOrder): BatchQueue {
  let ahead: { key: string; pixels: Promise<Float32Array> } | undefined;
  const begin = (seen: number, batch: number, side: number) => {
    const pixels = images.read(order.batch(seen, batch), side);
    // An error is reported by the step that wants the batch, if one ever does.
    pixels.catch(() => {});
    return { key: `${seen}/${batch}/${side}`, pixels };
  };
  return {
    async take(seen, { batch, side }) {
      const ready = ahead?.key === `${seen}/${batch}/${side}` ? ahead : begin(seen, batch, side);
      ahead = begin(seen + batch, batch, side);
      return ready.pixels;
    },
  };
}
