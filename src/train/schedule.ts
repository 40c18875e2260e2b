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
