/** The strength of adaptive augmentation (ADA section 3): raised while the discriminator overfits, lowered else. Pure. */

export interface AdaptiveOptions {
  /** Wanted mean sign of the scores of real images. */
  target: number;
  /** Steps between two adjustments. */
  interval: number;
  /** Thousands of images in which the strength can go from 0 to 1. */
  kimg: number;
}

/** What a run remembers. */
export interface AdaptiveState {
  /** Probability of each kind, 0..1. */
  strength: number;
  /** Signs summed since the last adjustment, and their number. */
  signs: number;
  count: number;
}

export const INITIAL_STRENGTH: AdaptiveState = { strength: 0, signs: 0, count: 0 };

/** The state after one more step with mean sign `sign` of `batch` real images. */
export function adjustStrength(
  { strength, signs, count }: AdaptiveState,
  sign: number,
  batch: number,
  { target, interval, kimg }: AdaptiveOptions,
): AdaptiveState {
  if (count + 1 < interval) return { strength, signs: signs + sign, count: count + 1 };
  const direction = Math.sign((signs + sign) / (count + 1) - target);
  const moved = strength + (direction * batch * interval) / (kimg * 1000);
  return { strength: Math.min(1, Math.max(0, moved)), signs: 0, count: 0 };
}
