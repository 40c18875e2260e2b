/** Adam (Kingma & Ba 2015) as nodes of the step's graph, over the flat vector of all weights. */
import type { Graph, Node } from './graph/index.ts';

export interface AdamOptions {
  beta1: number;
  beta2: number;
}

/** In the effective weights; StyleGAN's 1e-8, far below any gradient that matters. */
const EPSILON = 1e-8;

export interface AdamInputs {
  weights: Node;
  gradient: Node;
  /** Mean of the gradient; absent when beta1 is 0, where it is the gradient itself. */
  first: Node | undefined;
  /** Mean of the squared gradient. */
  second: Node;
  /** Relative learning rate of each weight. */
  rates: Node;
  beta1: number;
  /** Scalars: beta2, learning rate / (1 - beta1^t), and 1 / (1 - beta2^t). */
  beta2: Node;
  stepSize: Node;
  secondScale: Node;
}

export interface AdamResult {
  weights: Node;
  first: Node | undefined;
  second: Node;
}

export function adamStep(graph: Graph, inputs: AdamInputs): AdamResult {
  const { weights, gradient, beta1, beta2 } = inputs;
  const first =
    inputs.first && graph.add(graph.multiply(inputs.first, beta1), graph.multiply(gradient, 1 - beta1));
  const fresh = graph.multiply(graph.square(gradient), graph.subtract(1, beta2));
  const second = graph.add(graph.multiply(inputs.second, beta2), fresh);
  const root = graph.add(graph.squareRoot(graph.multiply(second, inputs.secondScale)), EPSILON);
  const direction = graph.divide(first ?? gradient, root);
  const step = graph.multiply(graph.multiply(direction, inputs.rates), inputs.stepSize);
  return { weights: graph.subtract(weights, step), first, second };
}

/** The scalars of step `t`, counted from 1. */
export function adamScalars({ beta1, beta2 }: AdamOptions, learningRate: number, t: number) {
  return { beta2, stepSize: learningRate / (1 - beta1 ** t), secondScale: 1 / (1 - beta2 ** t) };
}

/**
 * StyleGAN2's correction for penalties that are applied every `interval` steps in steps of their own: the optimiser
 * then sees (interval + 1) / interval as many steps, so its rate and memory shrink in that proportion, for the penalties
 * and for the steps between them.
 */
export function lazyShare(interval: number): number {
  return interval > 1 ? interval / (interval + 1) : 1;
}
