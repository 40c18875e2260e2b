/** A phase: one kind of optimiser step, as a program with a list of what must be fed to it. */
import type { Program, Shape } from '../graph/index.ts';

/**
 * Where an input of a phase comes from. state: the training state, by the same name. real, realLabels: images of the
 * data and what they are labelled, one-hot. labels: labels of images drawn from the data. normal, uniform: random
 * numbers. changes: how each image is augmented. mixing: per image and layer, 1 where the second latent's style is taken.
 * scalar: computed by the schedule. sum: what the parts of a batch before this one gave.
 */
export type FeedKind =
  | 'state'
  | 'real'
  | 'realLabels'
  | 'labels'
  | 'normal'
  | 'uniform'
  | 'changes'
  | 'mixing'
  | 'scalar'
  | 'sum';

/** Kinds with one row an image. */
const BY_IMAGE: ReadonlySet<FeedKind> = new Set([
  'real',
  'realLabels',
  'labels',
  'normal',
  'uniform',
  'changes',
  'mixing',
]);

export interface Feed {
  name: string;
  kind: FeedKind;
  shape: Shape;
}

/** The shape of a feed for all `parts` of a batch together. */
export function wholeShape({ kind, shape }: Feed, parts: number): Shape {
  return BY_IMAGE.has(kind) ? [shape[0]! * parts, ...shape.slice(1)] : shape;
}

export function isByImage({ kind }: Feed): boolean {
  return BY_IMAGE.has(kind);
}

export type Player = 'generator' | 'discriminator';

export interface Phase {
  name: string;
  player: Player;
  /** It runs at steps that are multiples of this. */
  interval: number;
  /** Factor on the learning rate and exponent of the betas (`lazyShareOf`). */
  lazy: number;
  /** Of a whole batch, or of one of `parts` parts, which adds its share to the sums it is given. */
  program: Program;
  feeds: readonly Feed[];
  parts: number;
  /** With several parts: the optimiser's step, once for all of them. */
  apply: { program: Program; feeds: readonly Feed[] } | undefined;
}

/** Inputs and outputs with this prefix are sums over the parts of a batch. */
export const SUM_PREFIX = 'sum:';
/** The sum of gradients. */
export const GRADIENT = 'gradient';

/** Outputs with this prefix are numbers for the statistics; all others replace the state of their name. */
export const STATISTIC_PREFIX = 'statistic:';
