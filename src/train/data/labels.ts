/**
 * Labels out of a dataset itself: the time of every frame is in it, and its activity can be read off its pixels. So
 * datasets made by `curate` and by `import` are labelled alike.
 */
import { SunganError } from '../../core/errors.ts';
import { type Dataset, isDated } from '../../curate/index.ts';
import type { ImageLabels, LabelKind } from '../labels.ts';

/** Classes of the frames `indices` (the training split). Throws `usage` where they do not tell theirs. */
export async function labelFrames(
  dataset: Dataset,
  indices: readonly number[],
  kind: Exclude<LabelKind, 'none'>,
): Promise<ImageLabels> {
  if (kind === 'activity') return byActivity(dataset, indices);
  const undated = indices.filter((index) => !isDated(dataset.frames[index]!)).length;
  if (undated > 0) {
    throw new SunganError('usage', `${undated} of ${indices.length} training frames tell no time`, {
      where: `--label ${kind}`,
      remedy: 'take --label activity, or import pictures whose names tell their time',
    });
  }
  const [begin, end] = kind === 'year' ? [0, 4] : [5, 7];
  const keys = indices.map((index) => dataset.frames[index]!.time.slice(begin, end));
  const names = [...new Set(keys)].sort();
  const of = Uint16Array.from(keys, (key) => names.indexOf(key));
  return withCounts(of, { kind, names, source: `${kind} of the time of observation` });
}

/** Frames read at once. */
const PORTION = 4096;

/** Terciles of the mean linear value of a frame's first channel, taken at the smallest level. */
async function byActivity(dataset: Dataset, indices: readonly number[]): Promise<ImageLabels> {
  const side = dataset.levels.at(-1)!;
  const stride = dataset.channels.length * side * side;
  const means = new Float64Array(indices.length);
  for (let begin = 0; begin < indices.length; begin += PORTION) {
    const values = await dataset.readFloat(side, indices.slice(begin, begin + PORTION));
    for (let frame = 0; frame * stride < values.length; frame++) {
      const linear = dataset.transform.inverse(values.slice(frame * stride, frame * stride + side * side));
      means[begin + frame] = linear.reduce((sum, value) => sum + value, 0) / linear.length;
    }
  }
  return terciles(means, dataset.channels[0]!);
}

/** Exported for its test. */
export function terciles(means: Float64Array, channel: string): ImageLabels {
  const sorted = means.toSorted();
  const [low, high] = [1, 2].map((third) => sorted[Math.floor((third * sorted.length) / 3)]!);
  const of = Uint16Array.from(means, (mean) => Number(mean >= low!) + Number(mean >= high!));
  const source = `terciles of the mean value of channel ${channel}: below ${low!.toPrecision(4)}, up to ${high!.toPrecision(4)}, above`;
  return withCounts(of, { kind: 'activity', names: ['low', 'middle', 'high'], source });
}

function withCounts(of: Uint16Array, facts: Omit<ImageLabels, 'of' | 'counts'>): ImageLabels {
  const counts = facts.names.map((_, label) => of.reduce((sum, own) => sum + Number(own === label), 0));
  return { ...facts, counts, of };
}
