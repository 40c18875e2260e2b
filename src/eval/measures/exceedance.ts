/** How unusual it is that so many new values lie below a limit that was set by known ones. */

/**
 * The chance that of `count` new values at least `below` lie under a limit with `knownBelow` of `known` values under it,
 * when all come from one distribution, whichever: a binomial whose share is itself only known from `known` values
 * (beta-binomial). The limit lies between two known values; the upper one is taken, so the chance is rather too large.
 */
export function chanceOfSoManyBelow(below: number, count: number, knownBelow: number, known: number): number {
  const [alpha, beta] = [knownBelow + 1, known - knownBelow];
  // In logarithms: the chance of none at all is often below the smallest number.
  let logarithm = 0;
  for (let j = 0; j < count; j++) logarithm += Math.log((beta + j) / (alpha + beta + j));
  let sum = 0;
  for (let i = 0; i <= count; i++) {
    if (i >= below) sum += Math.exp(logarithm);
    logarithm += Math.log(((count - i) / (i + 1)) * ((alpha + i) / (beta + count - i - 1)));
  }
  return Math.min(1, sum);
}
