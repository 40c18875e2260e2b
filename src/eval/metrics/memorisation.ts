/**
 * Memorisation: is a generated picture a copy of a training frame? The distance of each to its nearest training frame
 * is compared with the same distance of test frames, which the generator cannot have seen: in pixels at 32 x 32 (shifted
 * copies of fine detail are no excuse there), and in Inception features where they are at hand.
 */
import { throwIfStopped } from '../../core/effects.ts';
import { createImage } from '../../numeric/image.ts';
import { boxReduceTo } from '../../numeric/resample.ts';
import { median, quantile } from '../../numeric/stats.ts';
import { encodeGallery } from '../gallery.ts';
import { forEachBatch, type ImageSet, pixelsOf } from '../image-set.ts';
import { type Nearest, nearestRows } from '../measures/nearest.ts';
import type { Project } from '../measures/swd.ts';
import type { Metric, MetricInput, MetricOutcome } from '../metric.ts';
import type { Curve, Score } from '../scores.ts';
import { createProjector } from '../sliced/index.ts';

const PIXEL_SIZE = 32;
/** Pairs that are shown. */
const SHOWN = 6;
/** Test frames nearer than this share of them to training: what counts as suspiciously near. */
const NEAR_SHARE = 0.05;

export const memorisation: Metric = {
  title: 'Memorisation',
  summary: 'distance of generated pictures to their nearest training frame, against that of test frames',
  unfit(set, _linear, training) {
    if (!training)
      return 'needs the training frames, and beside them frames that the generator has not seen: a data set with a training split, judged by its test or validation split';
    return set.width & (set.width - 1) || set.width !== set.height
      ? 'needs square pictures of a power of two'
      : undefined;
  },
  async compute(input) {
    const projector = await createProjector();
    try {
      return await compareDistances(input, projector.project);
    } finally {
      await projector.close();
    }
  },
};

interface Space {
  key: string;
  label: string;
  dimension: number;
  describe(set: ImageSet): Promise<Float32Array>;
}

async function compareDistances(input: MetricInput, project: Project): Promise<MetricOutcome> {
  const { real, fake, features } = input;
  const training = input.training!;
  const spaces: Space[] = [pixelSpace(real)];
  if (features)
    spaces.push({
      key: 'feature',
      label: 'in features',
      dimension: features.dimension,
      describe: (set) => features.of(set),
    });

  const scores: Score[] = [];
  const warnings: string[] = [];
  const curves: Curve[] = [];
  let nearestPixels: Nearest | undefined;
  for (const space of spaces) {
    throwIfStopped(input.effects.signal);
    input.progress(space.label);
    const known = await space.describe(training);
    const own = await nearestRows(await space.describe(fake), known, space.dimension, project);
    const unseen = await nearestRows(await space.describe(real), known, space.dimension, project);
    nearestPixels ??= own;
    scores.push(...scoresOf(space, own, unseen));
    curves.push(distanceCurve(space, own, unseen));
    const share = nearShare(own, unseen);
    if (share > 4 * NEAR_SHARE) {
      warnings.push(
        `${Math.round(100 * share)} % of the generated pictures are nearer to a training frame (${space.label}) than 95 % of the test frames are: the generator may repeat its training frames`,
      );
    }
  }
  if (real.count < 1 / NEAR_SHARE)
    warnings.push(`memorisation against ${real.count} test frames: too few to say what is suspiciously near`);
  return {
    variant: `nearest of ${training.count} training frames, transform space at ${Math.min(PIXEL_SIZE, real.width)} pixels${features ? `; ${features.variant}` : ''}`,
    scores,
    warnings,
    curves,
    gallery: await nearestPairs(fake, training, nearestPixels!),
  };
}

function pixelSpace(set: ImageSet): Space {
  const size = Math.min(PIXEL_SIZE, set.width);
  const dimension = set.channels * size * size;
  return {
    key: 'pixel',
    label: 'in pixels',
    dimension,
    async describe(pictures) {
      const result = new Float32Array(pictures.count * dimension);
      const area = pictures.width ** 2;
      await forEachBatch(pictures, (batch, first) => {
        for (let plane = 0; plane * area < batch.length; plane++) {
          const image = createImage(
            pictures.width,
            pictures.width,
            batch.subarray(plane * area, (plane + 1) * area),
          );
          result.set(boxReduceTo(image, size).data, first * dimension + plane * size * size);
        }
      });
      return result;
    },
  };
}

function nearShare(own: Nearest, unseen: Nearest): number {
  const limit = quantile(unseen.distance, NEAR_SHARE);
  return own.distance.filter((distance) => distance < limit).length / own.distance.length;
}

function scoresOf({ key, label }: Space, own: Nearest, unseen: Nearest): Score[] {
  return [
    {
      key: `memorisation.${key}.near`,
      label: `share suspiciously near to training, ${label}`,
      value: nearShare(own, unseen),
      unit: '',
      sense: 'match',
      reference: NEAR_SHARE,
      note: 'nearer than 95 % of the test frames are',
      floors: [],
    },
    {
      key: `memorisation.${key}.ratio`,
      label: `distance to training over that of test frames, ${label}`,
      value: median(own.distance) / median(unseen.distance),
      unit: 'medians',
      sense: 'match',
      reference: 1,
      note: 'well below 1: copies; well above 1: not like the data',
      floors: [],
    },
  ];
}

function distanceCurve({ key, label }: Space, own: Nearest, unseen: Nearest): Curve {
  const series = [
    { name: 'test frames', distances: unseen.distance },
    { name: 'generated', distances: own.distance },
  ].map(({ name, distances }) => {
    const sorted = Array.from(distances).sort((a, b) => a - b);
    const steps = Math.min(sorted.length, 100);
    const at = (i: number) => (steps === 1 ? 0 : i / (steps - 1));
    return {
      name,
      x: Array.from({ length: steps }, (_, i) => quantile(sorted, at(i))),
      y: Array.from({ length: steps }, (_, i) => at(i)),
    };
  });
  return {
    key: `memorisation.${key}`,
    title: `Distance to the nearest training frame, ${label}`,
    xLabel: 'root mean squared difference',
    yLabel: 'share of pictures below',
    xLog: false,
    yLog: false,
    series,
  };
}

/** The pairs that are nearest of all: who sees a copy here has found memorisation. */
async function nearestPairs(
  fake: ImageSet,
  training: ImageSet,
  nearest: Nearest,
): Promise<MetricOutcome['gallery']> {
  const order = Array.from(nearest.distance.keys()).sort((a, b) => nearest.distance[a] - nearest.distance[b]);
  const chosen = order.slice(0, SHOWN);
  const shape = { width: fake.width, height: fake.height };
  const first = async (set: ImageSet, index: number) =>
    (await set.read([index])).subarray(0, pixelsOf(set) / set.channels);
  const rows = await Promise.all(
    chosen.map(async (index) => ({
      caption: `difference ${nearest.distance[index].toPrecision(3)}`,
      pictures: [
        { label: 'generated', values: await first(fake, index) },
        { label: 'nearest training frame', values: await first(training, nearest.index[index]) },
      ],
    })),
  );
  return encodeGallery('Nearest training frames of the generated pictures', shape, rows);
}
