/**
 * Memorisation: is a generated picture a copy of a training frame, or of a mirror image of it (training may mirror frames)?
 * The distance of each to its nearest training frame is compared with the same distance of test frames, which the
 * generator cannot have seen: in pixels at 32 x 32 (shifted copies of fine detail are no excuse there), and in Inception
 * features where they are at hand. Medians tell a generator that copies always; the low quantile and the share of the
 * suspiciously near, with its chance, tell one that copies now and then. Frames are taken as independent.
 */
import { throwIfStopped } from '../../core/effects.ts';
import { createImage } from '../../numeric/image.ts';
import { boxReduceTo } from '../../numeric/resample.ts';
import { median, quantile } from '../../numeric/stats.ts';
import { encodeGallery } from '../gallery.ts';
import { forEachBatch, type ImageSet, pixelsOf } from '../image-set.ts';
import { chanceOfSoManyBelow } from '../measures/exceedance.ts';
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
/** Where few of the pictures are copies, they are among these nearest. */
const LOW_SHARE = 0.1;
/** A warning needs both: a share well above the usual one, and that this is no chance. */
const NOTABLE_SHARE = 2 * NEAR_SHARE;
const NOTABLE_CHANCE = 1e-3;

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
  mirrors: readonly Mirror[];
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
      // Each costs a pass of the network over all pictures; copies of the others are found in pixels.
      mirrors: ['mirrored east-west'],
      describe: (set) => features.of(set),
    });

  const scores: Score[] = [];
  const warnings: string[] = [];
  const curves: Curve[] = [];
  let nearestPixels: NearestFrame | undefined;
  for (const space of spaces) {
    throwIfStopped(input.effects.signal);
    input.progress(space.label);
    const known = await space.describe(training);
    const own = await nearestFrames(fake, known, space, project);
    const unseen = await nearestFrames(real, known, space, project);
    nearestPixels ??= own;
    const near = nearness(own, unseen);
    scores.push(...scoresOf(space, own, unseen, near));
    curves.push(distanceCurve(space, own, unseen));
    if (near.share > NOTABLE_SHARE && near.chance < NOTABLE_CHANCE) {
      warnings.push(
        `${Math.round(100 * near.share)} % of the generated pictures are nearer to a training frame (${space.label}) than 95 % of the test frames are, which chance would do with p = ${near.chance.toExponential(0)}: the generator may repeat its training frames`,
      );
    }
  }
  if (real.count < 1 / NEAR_SHARE)
    warnings.push(`memorisation against ${real.count} test frames: too few to say what is suspiciously near`);
  return {
    variant: `nearest of ${training.count} training frames and their mirror images along both axes${features ? ' (in features: east-west)' : ''}, transform space at ${Math.min(PIXEL_SIZE, real.width)} pixels${features ? `; ${features.variant}` : ''}`,
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
    mirrors: ['mirrored east-west', 'mirrored north-south', 'turned by 180 degrees'],
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

interface NearestFrame extends Nearest {
  /** How the frame is mirrored where that is nearer than the frame itself. */
  readonly mirrors: readonly (Mirror | undefined)[];
}

/** Mirroring a picture instead of all the frames gives the same distance in pixels, and nearly the same in features. */
async function nearestFrames(
  set: ImageSet,
  known: Float32Array,
  { describe, dimension, mirrors }: Space,
  project: Project,
): Promise<NearestFrame> {
  const nearestOf = async (pictures: ImageSet) =>
    nearestRows(await describe(pictures), known, dimension, project);
  let nearest: NearestFrame = { ...(await nearestOf(set)), mirrors: Array(set.count).fill(undefined) };
  for (const mirror of mirrors) nearest = nearer(nearest, await nearestOf(mirroredSet(set, mirror)), mirror);
  return nearest;
}

function nearer(before: NearestFrame, mirrored: Nearest, mirror: Mirror): NearestFrame {
  const isNearer = Array.from(before.distance, (distance, i) => mirrored.distance[i] < distance);
  return {
    index: before.index.map((row, i) => (isNearer[i] ? mirrored.index[i] : row)),
    distance: before.distance.map((distance, i) => Math.min(distance, mirrored.distance[i])),
    mirrors: before.mirrors.map((own, i) => (isNearer[i] ? mirror : own)),
  };
}

/** What is turned round of every plane: the order of its rows and of their pixels, or of the pixels of each row. */
const TURNS = {
  'mirrored east-west': { plane: false, row: true },
  'mirrored north-south': { plane: true, row: true },
  'turned by 180 degrees': { plane: true, row: false },
} as const;

type Mirror = keyof typeof TURNS;

function mirroredSet(set: ImageSet, mirror: Mirror): ImageSet {
  const turns = TURNS[mirror];
  const reverse = (pictures: Float32Array, length: number) => {
    for (let begin = 0; begin < pictures.length; begin += length)
      pictures.subarray(begin, begin + length).reverse();
  };
  return {
    ...set,
    label: `${set.label}, ${mirror}`,
    identity: set.identity && `${set.identity}/${mirror}`,
    async read(indices) {
      const pictures = await set.read(indices);
      if (turns.plane) reverse(pictures, set.width * set.height);
      if (turns.row) reverse(pictures, set.width);
      return pictures;
    },
  };
}

interface Nearness {
  /** Of the generated pictures, nearer than nearly all test frames. */
  readonly share: number;
  /** That so many would be, if they were drawn as the test frames are. */
  readonly chance: number;
}

function nearness(own: Nearest, unseen: Nearest): Nearness {
  const limit = quantile(unseen.distance, NEAR_SHARE);
  const below = ({ distance }: Nearest) => distance.filter((value) => value < limit).length;
  const [count, known] = [own.distance.length, unseen.distance.length];
  return {
    share: below(own) / count,
    chance: chanceOfSoManyBelow(below(own), count, below(unseen), known),
  };
}

function scoresOf({ key, label }: Space, own: Nearest, unseen: Nearest, near: Nearness): Score[] {
  const lowOf = ({ distance }: Nearest) => quantile(distance, LOW_SHARE);
  const common = { sense: 'match', floors: [] } as const;
  return [
    {
      ...common,
      key: `memorisation.${key}.near`,
      label: `share suspiciously near to training, ${label}`,
      value: near.share,
      unit: '',
      reference: NEAR_SHARE,
      note: 'nearer than 95 % of the test frames are',
    },
    {
      key: `memorisation.${key}.p`,
      label: `chance of so many so near, ${label}`,
      value: near.chance,
      unit: 'p',
      sense: 'higher',
      note: 'if they were drawn like the test frames: near 0, training frames are repeated',
      floors: [],
    },
    {
      ...common,
      key: `memorisation.${key}.ratio`,
      label: `distance to training over that of test frames, ${label}`,
      value: median(own.distance) / median(unseen.distance),
      unit: 'medians',
      reference: 1,
      note: 'well below 1: copies; well above 1: not like the data',
    },
    {
      ...common,
      key: `memorisation.${key}.low`,
      label: `the same of the nearest tenth, ${label}`,
      value: lowOf(own) / lowOf(unseen),
      unit: '10 % quantiles',
      reference: 1,
      note: 'well below 1: some are copies',
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
  nearest: NearestFrame,
): Promise<MetricOutcome['gallery']> {
  const order = Array.from(nearest.distance.keys()).sort((a, b) => nearest.distance[a] - nearest.distance[b]);
  const chosen = order.slice(0, SHOWN);
  const shape = { width: fake.width, height: fake.height };
  const first = async (set: ImageSet, index: number) =>
    (await set.read([index])).subarray(0, pixelsOf(set) / set.channels);
  const rows = await Promise.all(
    chosen.map(async (index) => {
      const mirror = nearest.mirrors[index];
      const frame = await first(mirror ? mirroredSet(training, mirror) : training, nearest.index[index]);
      return {
        caption: `difference ${nearest.distance[index].toPrecision(3)}`,
        pictures: [
          { label: 'generated', values: await first(fake, index) },
          { label: `nearest training frame${mirror ? `, ${mirror}` : ''}`, values: frame },
        ],
      };
    }),
  );
  return encodeGallery('Nearest training frames of the generated pictures', shape, rows);
}
