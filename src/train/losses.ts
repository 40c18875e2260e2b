/** Adversarial losses on scores and penalties on their gradients. A new loss is a row of the table. */
import { type Graph, gradients, type Node } from './graph/index.ts';

export interface AdversarialLoss {
  /** Scores are [N, 1] each; the result is a scalar. */
  discriminator(graph: Graph, real: Node, fake: Node): Node;
  generator(graph: Graph, real: Node, fake: Node): Node;
  /** Whether the generator's loss looks at the scores of real images. */
  generatorSeesReals: boolean;
  /**
   * What the discriminator's loss wants to be above zero for every real, where that is not the score itself: relativistic
   * losses do not see a number that is added to all scores. Adaptive augmentation follows its sign.
   */
  margin?(graph: Graph, real: Node, fake: Node): Node;
}

export const LOSSES = {
  /** Goodfellow et al. 2014, the non-saturating form, as StyleGAN2 uses it. */
  logistic: {
    generatorSeesReals: false,
    discriminator: (graph, real, fake) => graph.add(prefer(graph, graph.negate(fake)), prefer(graph, real)),
    generator: (graph, _real, fake) => prefer(graph, fake),
  },
  /** Relativistic average (Jolicoeur-Martineau 2018, arXiv 1807.00734): each score against the mean of the other set, for both players. */
  relativistic: {
    generatorSeesReals: true,
    discriminator: (graph, real, fake) => relativisticAverage(graph, real, fake),
    generator: (graph, real, fake) => relativisticAverage(graph, fake, real),
    margin: (graph, real, fake) => graph.subtract(real, graph.mean(fake)),
  },
  /** Relativistic pairing, as in R3GAN (arXiv 2501.05441): the n-th real against the n-th fake. */
  pairing: {
    generatorSeesReals: true,
    discriminator: (graph, real, fake) => prefer(graph, graph.subtract(real, fake)),
    generator: (graph, real, fake) => prefer(graph, graph.subtract(fake, real)),
    margin: (graph, real, fake) => graph.subtract(real, fake),
  },
  hinge: {
    generatorSeesReals: false,
    discriminator: (graph, real, fake) => {
      const below = (score: Node) => graph.mean(graph.leakyRelu(graph.subtract(1, score), 0));
      return graph.add(below(real), below(graph.negate(fake)));
    },
    generator: (graph, _real, fake) => graph.negate(graph.mean(fake)),
  },
  /** Wasserstein (arXiv 1704.00028) with PG-GAN's drift term, 0.001 of the mean squared score of the reals. */
  wasserstein: {
    generatorSeesReals: false,
    discriminator: (graph, real, fake) => {
      const drift = graph.multiply(graph.mean(graph.square(real)), 0.001);
      return graph.add(graph.subtract(graph.mean(fake), graph.mean(real)), drift);
    },
    generator: (graph, _real, fake) => graph.negate(graph.mean(fake)),
  },
} satisfies Record<string, AdversarialLoss>;

export type LossName = keyof typeof LOSSES;
export const LOSS_NAMES = Object.keys(LOSSES) as LossName[];

/** Mean squared length of the gradient of each score with respect to its image (R1 on reals, R2 on fakes, arXiv 1801.04406). */
export function gradientPenalty(graph: Graph, scores: Node, images: Node): Node {
  const [slope] = gradients(graph, graph.total(scores), [images]);
  return graph.multiply(graph.total(graph.square(slope!)), 1 / images.shape[0]!);
}

/** Mean squared distance of that length from 1 (WGAN-GP, arXiv 1704.00028). */
export function unitGradientPenalty(graph: Graph, scores: Node, images: Node): Node {
  const [slope] = gradients(graph, graph.total(scores), [images]);
  const length = graph.squareRoot(graph.add(graph.sumAxes(graph.square(slope!), [1, 2, 3]), 1e-12));
  return graph.mean(graph.square(graph.subtract(length, 1)));
}

/** Mean of softplus(-score): falls as scores rise. */
function prefer(graph: Graph, scores: Node): Node {
  return graph.mean(graph.softplus(graph.negate(scores)));
}

function relativisticAverage(graph: Graph, preferred: Node, other: Node): Node {
  const above = prefer(graph, graph.subtract(preferred, graph.mean(other)));
  return graph.add(above, prefer(graph, graph.subtract(graph.mean(preferred), other)));
}
