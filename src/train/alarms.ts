/** What goes wrong in adversarial training, seen from numbers. Pure. */
import { SunganError } from '../core/errors.ts';

/** A loss or score that is no number any more: nothing learnt after it is worth keeping. */
export function assertFinite(
  statistics: Readonly<Record<string, number>>,
  images: number,
  lastGood: string | undefined,
): void {
  const broken = Object.entries(statistics).find(([, value]) => !Number.isFinite(value));
  if (!broken) return;
  throw new SunganError('data', `training broke down: ${broken[0]} is ${broken[1]} after ${images} images`, {
    where: lastGood ?? 'before the first checkpoint',
    remedy:
      'the last good checkpoint is kept; begin again with half the learning rates (--generator-rate, --discriminator-rate) or a larger --r1-gamma',
  });
}

/** Mean over pixels of the standard deviation across images: how much a set varies. */
export function diversity(images: Float32Array, imageLength: number): number {
  const count = images.length / imageLength;
  let total = 0;
  for (let pixel = 0; pixel < imageLength; pixel++) {
    let sum = 0;
    let squares = 0;
    for (let image = 0; image < count; image++) {
      const value = images[image * imageLength + pixel]!;
      sum += value;
      squares += value * value;
    }
    total += Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2));
  }
  return total / imageLength;
}

/** Below this share of the reals' diversity, the generator makes one picture only. */
export const COLLAPSE_SHARE = 0.1;

export const COLLAPSE_ADVICE =
  'samples hardly differ (collapse): try --augment translation,cutout, a lower --discriminator-rate, a larger --r1-gamma';
