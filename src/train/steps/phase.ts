/** A phase: one kind of optimiser step, as a program with a list of what must be fed to it. */
import type { Program, Shape } from '../graph/index.ts';

/**
 * Where an input of a phase comes from. state: the training state, by the same name. real: images of the data.
 * normal, uniform: random numbers. changes: how each image is augmented. mixing: per image and layer, 1 where the second latent's style is taken.
 * scalar: computed by the schedule.
 */
export type FeedKind = 'state' | 'real' | 'normal' | 'uniform' | 'changes' | 'mixing' | 'scalar';

export interface Feed {
  name: string;
  kind: FeedKind;
  shape: Shape;
}

export type Player = 'generator' | 'discriminator';

export interface Phase {
  name: string;
  player: Player;
  /** It runs at steps that are multiples of this. */
  interval: number;
  /** Factor on the learning rate and exponent of the betas (`lazyShare`). */
  lazy: number;
  program: Program;
  feeds: readonly Feed[];
}

/** Outputs with this prefix are numbers for the statistics; all others replace the state of their name. */
export const STATISTIC_PREFIX = 'statistic:';
