/** MS-SSIM as a measure of diversity: the mean over random pairs of one set, beside the same of the reals. */
import { throwIfStopped } from '../../core/effects.ts';
import { createRandom, type Random } from '../../numeric/random.ts';
import { type ImageSet, pixelsOf, toBytes } from '../image-set.ts';
import { intervalAround, LEVEL, resample } from '../measures/bootstrap.ts';
import {
  msSsimOfScales,
  type PictureScales,
  pictureScales,
  SMALLEST_PICTURE,
  scalesLength,
} from '../measures/ms-ssim.ts';
import { floorsOf, type Metric, type MetricInput, type MetricOutcome } from '../metric.ts';

const FEW_PAIRS = 1000;
const REPLICAS = 500;
/** Pairs read at once. */
const PAIR_BATCH = 32;
/** Of the scales of pictures that are kept for later pairs. */
const KEPT_BYTES = 512 * 2 ** 20;

export const diversity: Metric = {
  title: 'MS-SSIM between random pairs',
  summary: 'diversity: similarity of pairs of generated pictures, to be compared with the reals own (PG-GAN)',
  unfit({ width, height, count }) {
    if (width !== height) return `needs square pictures, these are ${width}x${height}`;
    if (count < 2) return 'needs two pictures or more';
    return width < SMALLEST_PICTURE
      ? `needs ${SMALLEST_PICTURE} pixels or more, these have ${width}`
      : undefined;
  },
  compute: computeDiversity,
};

async function computeDiversity(input: MetricInput): Promise<MetricOutcome> {
  const { real, fake, pairs, seed, settings } = input;
  // The floors' sets may overlap with each other and with `real`; each is measured alone, so that does not matter.
  const measured = [fake, real, ...pairs.flatMap(({ a, b }) => [a, b])];
  const values = new Map<ImageSet, PairMean>();
  for (const set of measured) {
    throwIfStopped(input.effects.signal);
    if (!values.has(set)) values.set(set, await pairMean(set, settings.ssimPairs, seed));
    input.progress(set.label);
  }
  const own = values.get(fake)!;
  const reference = values.get(real)!;
  const floors = floorsOf(
    pairs.map((pair) => ({ ...pair, label: `${pair.label}, difference` })),
    pairs.map(({ a, b }) => Math.abs(values.get(a)!.mean - values.get(b)!.mean)),
  );
  return {
    variant: `PG-GAN, five scales, 8-bit, ${own.pairs} pairs`,
    scores: [
      {
        key: 'ms-ssim',
        label: 'MS-SSIM of pairs',
        value: own.mean,
        unit: '',
        sense: 'match',
        reference: reference.mean,
        interval: {
          ...pairInterval(own, fake.count, seed),
          level: LEVEL,
          method: `bootstrap of pictures, ${REPLICAS} replicas`,
        },
        floors,
      },
    ],
    warnings: own.pairs < FEW_PAIRS ? [`MS-SSIM from ${own.pairs} pairs only; PG-GAN uses 10,000`] : [],
  };
}

interface PairMean {
  mean: number;
  pairs: number;
  /** Every pair with its similarity. */
  members: readonly (readonly [number, number])[];
  values: Float64Array;
}

/** A pair counts as often as both its pictures were drawn together. */
function pairInterval(
  { mean, members, values }: PairMean,
  count: number,
  seed: number,
): { low: number; high: number } {
  const random = createRandom(`ms-ssim-interval/${seed}`);
  const replicas = Array.from({ length: REPLICAS }, () => {
    const drawn = new Int32Array(count);
    for (const index of resample(count, random)) drawn[index]++;
    let [sum, weights] = [0, 0];
    members.forEach(([i, j], pair) => {
      const weight = drawn[i] * drawn[j];
      sum += weight * values[pair];
      weights += weight;
    });
    return weights > 0 ? sum / weights : mean;
  });
  return intervalAround(mean, replicas);
}

/** Mean MS-SSIM over at most `wanted` different unordered pairs. */
export async function pairMean(set: ImageSet, wanted: number, seed: number): Promise<PairMean> {
  const pairs = drawPairs(set.count, wanted, createRandom(`ms-ssim/${seed}`));
  const values = new Float64Array(pairs.length);
  const scalesOf = scalesReader(set);
  // In the order of their first picture, whose scales are then at hand.
  const order = Array.from(pairs.keys()).sort((p, q) => pairs[p][0] - pairs[q][0]);
  for (let first = 0; first < order.length; first += PAIR_BATCH) {
    const batch = order.slice(first, first + PAIR_BATCH);
    const scales = await scalesOf(batch.flatMap((pair) => pairs[pair]));
    for (const pair of batch) {
      const [i, j] = pairs[pair];
      values[pair] = msSsimOfScales(scales.get(i)!, scales.get(j)!);
    }
  }
  const mean = values.reduce((sum, value) => sum + value, 0) / pairs.length;
  return { mean, pairs: pairs.length, members: pairs, values };
}

/** Scales of pictures by their number; as many as fit are kept for the pairs to come. */
function scalesReader(set: ImageSet): (wanted: readonly number[]) => Promise<Map<number, PictureScales>> {
  const { width: size, channels } = set;
  const most = Math.max(2 * PAIR_BATCH, Math.floor(KEPT_BYTES / (8 * scalesLength(size, channels))));
  const kept = new Map<number, PictureScales>();
  return async (wanted) => {
    const missing = [...new Set(wanted)].filter((index) => !kept.has(index));
    if (kept.size + missing.length > most) {
      const needed = new Set(wanted);
      for (const index of kept.keys()) if (!needed.has(index)) kept.delete(index);
    }
    const data = toBytes(await set.read(missing));
    const length = pixelsOf(set);
    missing.forEach((index, k) => {
      kept.set(index, pictureScales({ size, channels, data: data.subarray(k * length, (k + 1) * length) }));
    });
    return kept;
  };
}

/** All pairs when there are no more than `wanted`, else `wanted` different ones. */
export function drawPairs(count: number, wanted: number, random: Random): [number, number][] {
  const all = (count * (count - 1)) / 2;
  if (all <= 2 * wanted) {
    const pairs: [number, number][] = [];
    for (let i = 0; i < count; i++) for (let j = i + 1; j < count; j++) pairs.push([i, j]);
    return random.shuffle(pairs).slice(0, wanted);
  }
  const chosen = new Map<number, [number, number]>();
  while (chosen.size < wanted) {
    const [i, j] = [random.int(count), random.int(count)];
    if (i !== j) chosen.set(Math.min(i, j) * count + Math.max(i, j), [i, j]);
  }
  return [...chosen.values()];
}
