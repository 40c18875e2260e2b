/** The floors of a comparison: pairs of sets of reals that stand for reals and generated pictures. */
import { createRandom } from '../numeric/random.ts';
import { hold, type ImageSet, rangeOf, sample, subset } from './image-set.ts';
import type { RealPair } from './metric.ts';

/** Pictures of each side. */
export interface Counts {
  readonly real: number;
  readonly fake: number;
}

/** A floor of one picture a side says nothing. */
const SMALLEST_HALF = 2;

export interface FloorSource {
  readonly real: ImageSet;
  readonly otherReals?: ImageSet | undefined;
  readonly seed: number;
}

/**
 * The other reals against the very set that the fakes are judged by (`judgedBy`), and random halves of all reals. Each
 * part has as many pictures as what it stands for, where there are enough: these distances fall with the counts.
 */
export async function realPairs(
  { real: all, otherReals, seed }: FloorSource,
  judgedBy: ImageSet,
  counts: Counts,
): Promise<RealPair[]> {
  const random = createRandom(`floors/${seed}`);
  const pairs: RealPair[] = [];
  if (otherReals && otherReals.count >= SMALLEST_HALF) {
    const size = Math.min(counts.fake, otherReals.count);
    const others = await hold(sample(otherReals, size, random.fork('other')));
    const isFewest = size < Math.min(counts.real, counts.fake);
    const own = isFewest ? sample(judgedBy, size, random.fork('test')) : judgedBy;
    // With unequal counts `a` stands for the reals and `b` for the generated.
    const [a, b] = counts.real === counts.fake ? [others, own] : [own, others];
    pairs.push({
      pair: 'train-test',
      label: `${otherReals.label}, against the reals judged by`,
      a,
      b,
      isSmaller: size < counts.fake,
    });
  }
  const pool = otherReals ? concatenate(all, otherReals) : all;
  const half = Math.floor(pool.count / 2);
  const [reals, fakes] = [Math.min(counts.real, half), Math.min(counts.fake, half)];
  if (Math.min(reals, fakes) >= SMALLEST_HALF) {
    const order = random.fork('halves').shuffle(rangeOf(pool.count));
    pairs.push({
      pair: 'halves',
      label: 'random halves of the reals',
      a: await hold(subset(pool, order.slice(0, reals), 'reals, one half')),
      b: await hold(subset(pool, order.slice(reals, reals + fakes), 'reals, other half')),
      isSmaller: reals < counts.real || fakes < counts.fake,
    });
  }
  return pairs;
}

function concatenate(a: ImageSet, b: ImageSet): ImageSet {
  return {
    ...a,
    identity: a.identity && b.identity && `${a.identity}+${b.identity}`,
    count: a.count + b.count,
    async read(indices) {
      const parts = [a, b].map((set, part) => {
        const own = indices.flatMap((index, at) =>
          Number(index >= a.count) === part ? [{ index: index - part * a.count, at }] : [],
        );
        return { set, own };
      });
      const size = a.channels * a.width * a.height;
      const result = new Float32Array(indices.length * size);
      for (const { set, own } of parts) {
        if (own.length === 0) continue;
        const data = await set.read(own.map(({ index }) => index));
        own.forEach(({ at }, i) => {
          result.set(data.subarray(i * size, (i + 1) * size), at * size);
        });
      }
      return result;
    },
  };
}
