/** How networks are trained, as values: what the step programs are made from. */
import type { AugmentOptions } from '../augment.ts';
import type { LossName } from '../losses.ts';
import type { AdamOptions } from '../optimiser.ts';

export interface Recipe {
  /** Real images a step. */
  batch: number;
  loss: LossName;
  augment: AugmentOptions;
  /** Weight of the squared gradient at reals (R1) and at fakes (R2), each halved in the loss; 0 is off. */
  r1Gamma: number;
  r2Gamma: number;
  /** Steps between penalties; 1 makes them part of every step, more gives them steps of their own (lazily, times the interval). */
  penaltyInterval: number;
  /** Weight of path length regularisation; 0 is off. */
  pathWeight: number;
  pathInterval: number;
  /** Share of each new length in the running mean. */
  pathDecay: number;
  /** Probability that an image's layers take the styles of two latents. */
  styleMixing: number;
  generatorAdam: AdamOptions;
  discriminatorAdam: AdamOptions;
  generatorRate: number;
  discriminatorRate: number;
}
