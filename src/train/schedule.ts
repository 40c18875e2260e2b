/** Numbers that change with the images seen. Pure. */

/**
 * Decay of the running average of the generator's weights for one step of `batch` images: half-life in images, shorter
 * at the beginning (`rampup` times the images seen), so that the first average is not the noise of the start.
 */
export function averageDecay(
  batch: number,
  halfLifeImages: number,
  rampup: number,
  seenImages: number,
): number {
  const halfLife = rampup > 0 ? Math.min(halfLifeImages, seenImages * rampup) : halfLifeImages;
  return 0.5 ** (batch / Math.max(halfLife, 1e-8));
}

export interface AnnealOptions {
  annealKimg: number;
  annealRate: number;
  annealGamma: number;
  annealBeta2: number;
  beta2: number;
}

/** Share of the first learning rates and penalty weights, and beta2, after `seenImages`: half a cosine, as in R3GAN. */
export function anneal(
  options: AnnealOptions,
  seenImages: number,
): { rate: number; gamma: number; beta2: number } {
  if (options.annealKimg === 0) return { rate: 1, gamma: 1, beta2: options.beta2 };
  const progress = Math.min(1, seenImages / (options.annealKimg * 1000));
  const left = 0.5 * (1 + Math.cos(Math.PI * progress));
  const between = (start: number, end: number) => end + (start - end) * left;
  return {
    rate: between(1, options.annealRate),
    gamma: between(1, options.annealGamma),
    beta2: between(options.annealBeta2, options.beta2),
  };
}
