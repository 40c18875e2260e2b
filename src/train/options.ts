/** Options of `train`. What is left out comes from the preset; a preset is a YAML file of recipe keys in `config/`. */
import { z } from 'zod';
import { ENGINE_NAMES, type EngineName } from './engines/index.ts';
import { LOSS_NAMES, type LossName } from './losses.ts';

export const AUGMENTATIONS = ['translation', 'cutout', 'brightness', 'contrast'] as const;

const positiveInteger = z.coerce.number().int().positive();
const nonNegative = z.coerce.number().min(0);
const sideOfPictures = positiveInteger.refine(
  (side) => side >= 8 && side <= 4096 && Number.isInteger(Math.log2(side)),
  {
    message: 'must be a power of two from 8 to 4096',
  },
);

/** Everything that decides what is learnt and how. All keys have a value once a preset is laid below the options. */
export const recipeOptions = z.strictObject({
  architecture: z.enum(['stylegan2']).describe('network architecture'),
  resolution: sideOfPictures.describe('pixels a side: a level of the dataset'),
  batch: positiveInteger.describe('images a step'),
  kimg: z.coerce.number().positive().describe('length of the training in thousands of real images'),
  tickKimg: z.coerce
    .number()
    .positive()
    .describe('thousands of images between two lines of statistics and sample pictures'),
  latentSize: positiveInteger.describe('length of the latent vector z'),
  styleSize: positiveInteger.describe('length of the style vector w'),
  mappingLayers: positiveInteger.describe('layers of the mapping network'),
  channelBase: positiveInteger.describe('feature channels times side, up to channelMax'),
  channelMax: positiveInteger.describe('most feature channels of a layer'),
  loss: z.enum(LOSS_NAMES as [LossName, ...LossName[]]).describe('adversarial loss'),
  generatorRate: z.coerce.number().positive().describe("learning rate of the generator's Adam"),
  discriminatorRate: z.coerce.number().positive().describe("learning rate of the discriminator's Adam"),
  beta1: nonNegative.lt(1).describe('memory of the mean gradient in Adam'),
  beta2: nonNegative.lt(1).describe('memory of the mean squared gradient in Adam'),
  r1Gamma: nonNegative.describe('weight of the gradient penalty at reals (R1); 0 is off'),
  r2Gamma: nonNegative.describe('weight of the gradient penalty at fakes (R2); 0 is off'),
  penaltyInterval: positiveInteger.describe('steps between gradient penalties'),
  pathWeight: nonNegative.describe('weight of path length regularisation; 0 is off'),
  pathInterval: positiveInteger.describe('steps between path length regularisations'),
  styleMixing: nonNegative.max(1).describe('probability that an image mixes the styles of two latents'),
  augment: z.array(z.enum(AUGMENTATIONS)).describe('differentiable augmentations; none: an empty list'),
  averageHalfLife: z.coerce
    .number()
    .positive()
    .describe("half-life of the generator's averaged weights in thousands of images"),
  averageRampup: nonNegative.describe(
    'shortens that half-life at the start to this share of the images seen; 0 is off',
  ),
});

export type RecipeOptions = z.output<typeof recipeOptions>;

export const trainOptions = z.strictObject({
  data: z
    .string()
    .default('')
    .describe('dataset: a name in the workspace or a folder; a resumed run remembers its own'),
  preset: z
    .string()
    .default('demo')
    .describe('recipe to start from: a name in config/ or the path of a YAML file'),
  ...recipeOptions.partial().shape,
  hours: z.coerce
    .number()
    .positive()
    .optional()
    .describe('stop after so many hours of this call, with a checkpoint'),
  seed: z.coerce
    .number()
    .int()
    .min(0)
    .default(1)
    .describe('seed of weights, order, latents, noise and augmentation'),
  snapshotTicks: positiveInteger.default(4).describe('ticks between two checkpoints'),
  keep: z.coerce.number().int().min(0).default(5).describe('newest checkpoints that are kept; 0 keeps all'),
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
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]*$/, 'use small letters, digits, dots and dashes')
    .optional()
    .describe('name of the run [the preset]'),
  resume: z.string().optional().describe("go on with a run: its folder, its number, or 'latest'"),
  newData: z.boolean().default(false).describe('go on although the dataset has changed since the run began'),
});

export type TrainOptions = z.output<typeof trainOptions>;
