/**
 * Options of `train`. Everything that decides what is learnt and how is a recipe: defaults, under a preset (a YAML file
 * in `config/`), under the options of the call.
 */
import { z } from 'zod';
import { AUGMENT_NAMES, type AugmentName } from './augment/index.ts';
import { MIRROR_NAMES } from './data/mirror.ts';
import { ENGINE_NAMES, type EngineName } from './engines/index.ts';
import { LABEL_KINDS } from './labels.ts';
import { LOSS_NAMES, type LossName } from './losses.ts';

const positiveInteger = z.coerce.number().int().positive();
const positive = z.coerce.number().positive();
const nonNegative = z.coerce.number().min(0);
const share = nonNegative.max(1);
const sideOfPictures = positiveInteger.refine(
  (side) => side >= 8 && side <= 4096 && Number.isInteger(Math.log2(side)),
  { message: 'must be a power of two from 8 to 4096' },
);

export const recipeOptions = z.strictObject({
  architecture: z.enum(['stylegan2', 'pggan']).describe('network architecture'),
  resolution: sideOfPictures.describe('pixels a side: a level of the dataset'),
  batch: positiveInteger.describe('images a step'),
  atOnce: z
    .array(positiveInteger)
    .describe(
      'images computed at once; a larger batch is computed in parts whose gradients are averaged (growing networks: at 4, 8, ... pixels, the last for all further); none: the whole batch',
    ),
  label: z
    .enum(LABEL_KINDS)
    .describe(
      'what the network is told of every image: year or month of its time, or its tercile of activity',
    ),
  mirror: z
    .enum(MIRROR_NAMES)
    .describe(
      "mirror images that are learnt beside the data: twice or four times the images; east-west turns the tilt of Joy's law round, and magnetograms lose the polarities of Hale's with either",
    ),
  kimg: positive.describe('length of the training in thousands of real images'),
  tickKimg: positive.describe('thousands of images between two lines of statistics and sample pictures'),
  latentSize: positiveInteger.describe('length of the latent vector z'),
  styleSize: positiveInteger.describe('length of the style vector w'),
  mappingLayers: positiveInteger.describe('layers of the mapping network'),
  channelBase: positiveInteger.describe('feature channels times side, up to channelMax'),
  channelMax: positiveInteger.describe('most feature channels of a layer'),
  loss: z.enum(LOSS_NAMES as [LossName, ...LossName[]]).describe('adversarial loss'),
  generatorRate: positive.describe("learning rate of the generator's Adam"),
  discriminatorRate: positive.describe("learning rate of the discriminator's Adam"),
  beta1: share.lt(1).describe('memory of the mean gradient in Adam'),
  beta2: share.lt(1).describe('memory of the mean squared gradient in Adam'),
  r1Gamma: nonNegative.describe('weight of the gradient penalty at reals (R1); 0 is off'),
  r2Gamma: nonNegative.describe('weight of the gradient penalty at fakes (R2); 0 is off'),
  unitPenalty: nonNegative.describe('weight of the WGAN-GP gradient penalty; 0 is off'),
  penaltyInterval: positiveInteger.describe('steps between gradient penalties'),
  pathWeight: nonNegative.describe('weight of path length regularisation; 0 is off'),
  pathInterval: positiveInteger.describe('steps between path length regularisations'),
  styleMixing: share.describe('probability that an image mixes the styles of two latents'),
  augment: z
    .array(z.enum(AUGMENT_NAMES as [AugmentName, ...AugmentName[]]))
    .describe(
      "augmentations of what the discriminator sees; bgc stands for ADA's whole set; none: an empty list",
    ),
  adaptive: z.boolean().describe('apply each augmentation with a probability that follows overfitting (ADA)'),
  adaptiveTarget: share.describe('wanted mean sign of the scores of reals, for adaptive augmentation'),
  adaptiveKimg: positive.describe('thousands of images in which adaptive augmentation can go from 0 to 1'),
  averageHalfLife: positive.describe("half-life of the generator's averaged weights in thousands of images"),
  averageRampup: nonNegative.describe(
    'shortens that half-life at the start to this share of the images seen; 0 is off',
  ),
  fadeKimg: nonNegative.describe('growing networks: thousands of images in which new layers are faded in'),
  holdKimg: positive.describe('growing networks: thousands of images that follow before the next layers'),
  growBatches: z
    .array(positiveInteger)
    .describe(
      'growing networks: images a step at 4, 8, 16, ... pixels; the last holds for all further sides',
    ),
  annealKimg: nonNegative.describe(
    'thousands of images over which rates, penalties and beta2 change; 0 is off',
  ),
  annealRate: positive.describe('learning rates at the end of that, as a share of the first'),
  annealGamma: positive.describe('penalty weights at the end of that, as a share of the first'),
  annealBeta2: share.lt(1).describe('beta2 at the beginning of that'),
});

export type RecipeOptions = z.output<typeof recipeOptions>;

/** StyleGAN2 with the published settings for one card (stylegan2-ada-pytorch, `auto`), at 256 pixels. */
export const RECIPE_DEFAULTS: Readonly<RecipeOptions> = {
  architecture: 'stylegan2',
  resolution: 256,
  batch: 16,
  atOnce: [],
  label: 'none',
  mirror: 'none',
  kimg: 5000,
  tickKimg: 4,
  latentSize: 512,
  styleSize: 512,
  mappingLayers: 2,
  channelBase: 16384,
  channelMax: 512,
  loss: 'logistic',
  generatorRate: 0.0025,
  discriminatorRate: 0.0025,
  beta1: 0,
  beta2: 0.99,
  r1Gamma: 0.8,
  r2Gamma: 0,
  unitPenalty: 0,
  penaltyInterval: 16,
  pathWeight: 2,
  pathInterval: 4,
  styleMixing: 0.9,
  augment: [],
  adaptive: false,
  adaptiveTarget: 0.6,
  adaptiveKimg: 500,
  averageHalfLife: 5,
  averageRampup: 0.05,
  fadeKimg: 600,
  holdKimg: 600,
  growBatches: [128, 128, 128, 64, 32, 16, 8, 4],
  annealKimg: 0,
  annealRate: 1,
  annealGamma: 1,
  annealBeta2: 0.99,
};

export const trainOptions = z.strictObject({
  data: z
    .string()
    .optional()
    .describe('dataset: a name in the workspace or a folder; a resumed run remembers its own'),
  preset: z
    .string()
    .default('demo')
    .describe('recipe to start from: a name in config/ or the path of a YAML file'),
  ...recipeOptions.partial().shape,
  hours: positive.optional().describe('stop after so many hours of this call, with a checkpoint'),
  seed: z.coerce
    .number()
    .int()
    .min(0)
    .default(1)
    .describe('seed of weights, order, latents, noise and augmentation'),
  snapshotTicks: positiveInteger
    .optional()
    .describe('ticks between two checkpoints [4; of a resumed run, as before]'),
  keep: z.coerce
    .number()
    .int()
    .min(0)
    .optional()
    .describe('newest checkpoints that are kept; 0 keeps all [5; of a resumed run, as before]'),
  samples: positiveInteger.default(32).describe('images in a sample picture'),
  engine: z
    .enum(['auto', ...ENGINE_NAMES] as ['auto', ...EngineName[]])
    .default('auto')
    .describe('what computes'),
  threads: z.coerce
    .number()
    .int()
    .min(0)
    .default(0)
    .describe('threads of the engine; 0: as many as processors, at most 16'),
  spin: z
    .boolean()
    .default(false)
    .describe('waiting threads do not sleep: faster on a machine of its own, much slower on a shared one'),
  memory: nonNegative
    .default(0)
    .describe('gigabytes a step may take; a larger batch is computed in parts; 0: what the machine has'),
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]*$/, 'use small letters, digits, dots and dashes')
    .optional()
    .describe('name of the run [the preset]'),
  resume: z
    .string()
    .optional()
    .describe("go on with a run: its folder, its number, 'latest', or one of its checkpoint files"),
  from: z
    .string()
    .optional()
    .describe('begin a new run with the weights of another: its folder, its number, or a checkpoint file'),
  newData: z.boolean().default(false).describe('go on although the dataset has changed since the run began'),
  onCollapse: z
    .enum(['stop', 'warn'])
    .optional()
    .describe(
      'when samples hardly differ any more: keep the last good checkpoint and stop, or only say so [stop; of a resumed run, as before]',
    ),
});

export type TrainOptions = z.output<typeof trainOptions>;

/** What a run does besides learning; it is begun with these, and a call may change them. */
export interface RunSettings {
  snapshotTicks: number;
  keep: number;
  onCollapse: 'stop' | 'warn';
}

export const SETTING_DEFAULTS: Readonly<RunSettings> = { snapshotTicks: 4, keep: 5, onCollapse: 'stop' };
