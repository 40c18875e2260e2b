/**
 * The order in which images are seen: a new seeded permutation every epoch, computed from the position alone, so that a
 * resumed run needs no more than its step number.
 */
import { createRandom } from '../../numeric/random.ts';

export interface DataOrder {
  /** Image numbers of the batch that starts after `seen` images. */
  batch(seen: number, size: number): number[];
}

export function createDataOrder(seed: number, count: number): DataOrder {
  let known = { epoch: -1, permutation: new Uint32Array(0) };
  const permutationOf = (epoch: number) => {
    if (known.epoch !== epoch) {
      const permutation = Uint32Array.from({ length: count }, (_, i) => i);
      known = { epoch, permutation: createRandom(`${seed} order ${epoch}`).shuffle(permutation) };
    }
    return known.permutation;
  };
  return {
    batch: (seen, size) =>
      Array.from(
        { length: size },
        (_, i) => permutationOf(Math.floor((seen + i) / count))[(seen + i) % count]!,
      ),
  };
}
