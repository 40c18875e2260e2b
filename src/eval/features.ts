/**
 * Inception features of sets of pictures, and the statistics of the reals' features: each set once, and kept on the disk
 * where the set says what it is.
 */
import { join } from 'node:path';
import { type Effects, throwIfStopped } from '../core/effects.ts';
import { sha256OfBytes } from '../core/files.ts';
import { forEachBatch, type ImageSet, pixelsOf, toBytes } from './image-set.ts';
import { INPUT_SIZE } from './inception/architecture.ts';
import type { FeatureExtractor } from './inception/extractor.ts';
import { prepareInput, type VariantName } from './inception/variants.ts';
import { readKept, writeKept } from './kept-file.ts';
import { readStatistics, writeStatistics } from './kept-statistics.ts';
import type { MatrixProduct } from './measures/matrix.ts';
import { type FeatureStatistics, statisticsOf } from './measures/statistics.ts';

export interface FeatureBook {
  /** Part of every number: `stylegan resizer, pt_inception-2015-12-05-6726825d.pth`. */
  readonly variant: string;
  readonly dimension: number;
  /** [set.count, dimension]; computed at most once a set. */
  of(set: ImageSet): Promise<Float32Array>;
  /** Mean and covariance of a set that comes again, as reals do; kept beside the features. */
  statistics(set: ImageSet): Promise<FeatureStatistics>;
  /** Weights of the classifier behind the features, [classes, dimension]. */
  readonly classifier: Float32Array;
  /** For matrices of the features' size. */
  readonly product: MatrixProduct;
}

export interface FeatureBookOptions {
  extractor: FeatureExtractor;
  classifier: Float32Array;
  product: MatrixProduct;
  variant: VariantName;
  /** Where features are kept; undefined keeps none. */
  cache: string | undefined;
  effects: Effects;
}

/** Small, because one picture of the network's size is 1 MB and its maps are much more. */
const NETWORK_BATCH = 8;

/** Part of the name of every kept file: raised when the same pictures would get other features, or another file. */
const LAYOUT = 3;
/** Likewise for the statistics. */
const STATISTICS_LAYOUT = 1;

export function createFeatureBook({
  extractor,
  classifier,
  product,
  variant,
  cache,
  effects,
}: FeatureBookOptions): FeatureBook {
  const held = new Map<ImageSet, Promise<Float32Array>>();
  // 32 MB each, so only for as long as the set itself is in use.
  const heldStatistics = new WeakMap<ImageSet, Promise<FeatureStatistics>>();

  async function compute(set: ImageSet): Promise<Float32Array> {
    const path = cachePath(set, 'f32');
    const kept = path && (await readKept(path));
    if (kept && kept.length === 4 * set.count * extractor.dimension) return new Float32Array(kept.buffer);
    const features = new Float32Array(set.count * extractor.dimension);
    const progress = effects.progress(`eval: features of ${set.label}`, set.count, 'pictures');
    await forEachBatch(
      set,
      async (batch, first) => {
        throwIfStopped(effects.signal);
        const inputs = prepareBatch(set, batch, variant);
        features.set(await extractor.features(inputs), first * extractor.dimension);
        progress.advance(batch.length / pixelsOf(set));
      },
      NETWORK_BATCH,
    );
    progress.done();
    if (path) await writeKept(path, new Uint8Array(features.buffer));
    return features;
  }

  async function computeStatistics(set: ImageSet): Promise<FeatureStatistics> {
    const { dimension } = extractor;
    const path = cachePath(set, `statistics-${STATISTICS_LAYOUT}.f64`);
    const kept = path && (await readStatistics(path, { count: set.count, dimension }));
    if (kept) return kept;
    const statistics = await statisticsOf(await featuresOf(set), dimension, product);
    if (path) await writeStatistics(path, statistics);
    return statistics;
  }

  /** The identity of a set of chosen pictures holds their choice. */
  function cachePath(set: ImageSet, extension: string): string | undefined {
    if (!cache || set.identity === undefined) return undefined;
    const { identity, count, width, height, channels } = set;
    const key = [LAYOUT, identity, count, width, height, channels, extractor.hash, variant].join('|');
    return join(cache, `${sha256OfBytes(key).slice(0, 32)}.${extension}`);
  }

  const featuresOf = (set: ImageSet) => onceFor(held, set, compute);

  return {
    variant: `${variant} resizer, ${extractor.name}`,
    dimension: extractor.dimension,
    classifier,
    product,
    of: featuresOf,
    statistics: (set) => onceFor(heldStatistics, set, computeStatistics),
  };
}

function onceFor<Result>(
  held: Pick<WeakMap<ImageSet, Promise<Result>>, 'get' | 'set'>,
  set: ImageSet,
  compute: (set: ImageSet) => Promise<Result>,
): Promise<Result> {
  const known = held.get(set) ?? compute(set);
  held.set(set, known);
  return known;
}

function prepareBatch(set: ImageSet, batch: Float32Array, variant: VariantName): Float32Array {
  const { width, height, channels } = set;
  const size = pixelsOf(set);
  const count = batch.length / size;
  const bytes = toBytes(batch);
  const length = 3 * INPUT_SIZE * INPUT_SIZE;
  const inputs = new Float32Array(count * length);
  for (let i = 0; i < count; i++) {
    const planes = { channels, width, height, data: bytes.subarray(i * size, (i + 1) * size) };
    prepareInput(planes, variant, inputs.subarray(i * length, (i + 1) * length));
  }
  return inputs;
}
