/** How networks are trained, as values: what the step programs are made from. */
import type { AugmentName } from '../augment/index.ts';
import type { LossName } from '../losses.ts';

export interface Recipe {
  /** Real images that a program takes. */
  batch: number;
  /** A step takes so many times as many, one part after the other; their gradients are averaged. Default 1. */
  parts?: number;
  loss: LossName;
  /** Kinds of augmentation whose parts the programs hold. */
  augment: readonly AugmentName[];
  /** Weight of the squared gradient at reals (R1) and at fakes (R2), each halved in the loss; 0 is off. */
  r1Gamma: number;
  r2Gamma: number;
  /** Weight of the penalty on gradients of other than unit length between reals and fakes (WGAN-GP); 0 is off. */
  unitPenalty: number;
  /** Steps between penalties; 1 makes them part of every step, more gives them steps of their own (lazily, times the interval). */
  penaltyInterval: number;
  /** Weight of path length regularisation; 0 is off. */
  pathWeight: number;
  pathInterval: number;
  /** Share of each new length in the running mean. */
  pathDecay: number;
  /** Probability that an image's layers take the styles of two latents. */
  styleMixing: number;
  /** Memory of the mean gradient in Adam, before lazy penalties shorten it. */
  beta1: number;
}
