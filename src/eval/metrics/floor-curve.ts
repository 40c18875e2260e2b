/**
 * How the floor falls with the number of pictures: SWD between random sets of reals, and between generated and real,
 * at several counts. Where the two lines run together, more pictures cannot tell them apart; where the lower one has
 * levelled off and the other not, the generator is what is left.
 */
import { throwIfStopped } from '../../core/effects.ts';
import { createRandom } from '../../numeric/random.ts';
import { sample } from '../image-set.ts';
import type { Metric, MetricInput, MetricOutcome } from '../metric.ts';
import { createSlicedEngine } from '../sliced/index.ts';
import { swd, swdOfSets } from './swd.ts';

const SMALLEST = 8;

export const floorCurve: Metric = {
  title: 'Floors by number of pictures',
  summary: 'SWD of reals against reals, and of generated against reals, at several numbers of pictures',
  unfit: (set, linear, training) => swd.unfit(set, linear, training),
  async compute(input) {
    const engine = await createSlicedEngine();
    try {
      return await measureSizes(input, async (a, b, seed) => {
        const levels = await swdOfSets(a, b, seed, engine);
        return levels.reduce((sum, value) => sum + value, 0) / levels.length;
      });
    } finally {
      await engine.close();
    }
  },
};

type Distance = (a: MetricInput['real'], b: MetricInput['real'], seed: number) => Promise<number>;

async function measureSizes(input: MetricInput, distance: Distance): Promise<MetricOutcome> {
  const pair = input.pairs.find(({ pair: name }) => name === 'halves') ?? input.pairs[0];
  const random = createRandom(`floor-curve/${input.seed}`);
  const reals: number[] = [];
  const generated: number[] = [];
  const counts = sizesUpTo(input.real.count);
  for (const count of counts) {
    throwIfStopped(input.effects.signal);
    input.progress(`${count} pictures`);
    const part = (set: MetricInput['real'], name: string) =>
      sample(set, count, random.fork(`${name}/${count}`));
    generated.push(await distance(part(input.real, 'real'), part(input.fake, 'fake'), input.seed));
    reals.push(
      pair && count <= pair.a.count
        ? await distance(part(pair.a, 'a'), part(pair.b, 'b'), input.seed)
        : Number.NaN,
    );
  }
  const line = (name: string, values: readonly number[]) => {
    const there = counts.map((x, i) => ({ x, y: values[i] })).filter(({ y }) => Number.isFinite(y));
    return { name, x: there.map(({ x }) => x), y: there.map(({ y }) => y) };
  };
  return {
    variant: `SWD, mean of levels, ${counts.join(', ')} pictures a side`,
    scores: [],
    warnings: [],
    curves: [
      {
        key: 'floors.swd',
        title: 'SWD by the number of pictures',
        xLabel: 'pictures a side',
        yLabel: 'SWD x 10⁻³',
        xLog: true,
        yLog: true,
        series: [line('reals against reals', reals), line('generated against reals', generated)],
      },
    ],
  };
}

/** count, count / 2, ... not below 8; ascending. */
export function sizesUpTo(count: number): number[] {
  const sizes: number[] = [];
  for (let size = count; size >= Math.min(SMALLEST, count); size = Math.floor(size / 2)) {
    sizes.unshift(size);
    if (size <= 1) break;
  }
  return sizes;
}
