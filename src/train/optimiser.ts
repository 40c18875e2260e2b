/** Adam (Kingma & Ba 2015) as nodes of the step's graph, over the flat vector of all weights. */
import type { Graph, Node } from './graph/index.ts';

export interface AdamOptions {
  beta1: number;
  beta2: number;
  epsilon: number;
}

export interface AdamInputs {
  weights: Node;
  gradient: Node;
  /** Mean of the gradient; absent when beta1 is 0, where it is the gradient itself. */
  first: Node | undefined;
  /** Mean of the squared gradient. */
  second: Node;
  /** Relative learning rate of each weight. */
  rates: Node;
  /** Scalars: learning rate / (1 - beta1^t), and 1 / (1 - beta2^t). */
  stepSize: Node;
  secondScale: Node;
}

export interface AdamResult {
  weights: Node;
  first: Node | undefined;
  second: Node;
}

export function adamStep(
  graph: Graph,
  inputs: AdamInputs,
  { beta1, beta2, epsilon }: AdamOptions,
): AdamResult {
  const { weights, gradient } = inputs;
  const first =
    inputs.first && graph.add(graph.multiply(inputs.first, beta1), graph.multiply(gradient, 1 - beta1));
  const second = graph.add(
    graph.multiply(inputs.second, beta2),
    graph.multiply(graph.square(gradient), 1 - beta2),
  );
  const root = graph.add(graph.squareRoot(graph.multiply(second, inputs.secondScale)), epsilon);
  const direction = graph.divide(first ?? gradient, root);
  const step = graph.multiply(graph.multiply(direction, inputs.rates), inputs.stepSize);
  return { weights: graph.subtract(weights, step), first, second };
}

/** The two scalars of step `t`, counted from 1. */
export function adamScalars(
  { beta1, beta2 }: AdamOptions,
  learningRate: number,
  t: number,
): [stepSize: number, secondScale: number] {
  return [learningRate / (1 - beta1 ** t), 1 / (1 - beta2 ** t)];
}

/**
 * StyleGAN2's correction for penalties that are applied every `interval` steps in steps of their own: the optimiser
 * then sees (interval + 1) / interval as many steps, so rate and memory shrink in that proportion.
 */
export function lazyOptimiser(
  options: AdamOptions,
  learningRate: number,
  interval: number,
): { options: AdamOptions; learningRate: number } {
  const ratio = interval > 1 ? interval / (interval + 1) : 1;
  return {
    options: { ...options, beta1: options.beta1 ** ratio, beta2: options.beta2 ** ratio },
    learningRate: learningRate * ratio,
  };
}
