/** Steps of the discriminator: the adversarial loss, and the gradient penalties in the same step or in steps of their own. */
import type { Node } from '../graph/index.ts';
import { type AdversarialLoss, gradientPenalty, LOSSES, unitGradientPenalty } from '../losses.ts';
import type { GanNetworks } from '../networks/network.ts';
import { type Judged, PhaseBuilder } from './builder.ts';
import type { Phase } from './phase.ts';
import type { Recipe } from './recipe.ts';

export function discriminatorPhases(networks: GanNetworks, recipe: Recipe): Phase[] {
  const penalised = recipe.r1Gamma > 0 || recipe.r2Gamma > 0;
  const phases = [adversarialPhase(networks, recipe, penalised && recipe.penaltyInterval === 1)];
  if (penalised && recipe.penaltyInterval > 1) phases.push(penaltyPhase(networks, recipe));
  return phases;
}

function adversarialPhase(networks: GanNetworks, recipe: Recipe, penalised: boolean): Phase {
  const builder = new PhaseBuilder(networks, recipe);
  const { graph } = builder;
  const { real, fake } = judgedImages(builder);
  const [realScores, fakeScores] = builder.scores([judgedReal(builder, real), judgedFake(builder, fake)]) as [
    Node,
    Node,
  ];
  const chosen: AdversarialLoss = LOSSES[recipe.loss];
  const adversarial = chosen.discriminator(graph, realScores, fakeScores);
  const margin = chosen.margin?.(graph, realScores, fakeScores) ?? realScores;
  builder.statistic('discriminatorLoss', adversarial);
  builder.statistic('realScore', graph.mean(realScores));
  builder.statistic('fakeScore', graph.mean(fakeScores));
  builder.statistic('realSign', graph.mean(graph.leakyStep(margin, -1)));
  let loss = adversarial;
  if (penalised) loss = graph.add(loss, penalty(builder, real, realScores, fake, fakeScores));
  if (recipe.unitPenalty > 0) loss = graph.add(loss, unitPenalty(builder, real, fake));
  return builder.finish(
    { name: 'discriminator', player: 'discriminator', interval: 1, averages: false },
    loss,
  );
}

/** Only what the penalties need: R1 alone reads no fakes. */
function penaltyPhase(networks: GanNetworks, recipe: Recipe): Phase {
  const builder = new PhaseBuilder(networks, recipe);
  const { graph } = builder;
  const real = builder.realImages();
  const fake = recipe.r2Gamma > 0 ? judgedImages(builder).fake : undefined;
  const sets = [judgedReal(builder, real)];
  if (fake) sets.push(judgedFake(builder, fake));
  const [realScores, fakeScores] = builder.scores(sets) as [Node, Node | undefined];
  const loss = penalty(builder, real, realScores, fake, fakeScores);
  const interval = recipe.penaltyInterval;
  return builder.finish(
    { name: 'discriminatorPenalty', player: 'discriminator', interval, averages: false },
    graph.multiply(loss, interval),
  );
}

function judgedReal(builder: PhaseBuilder, real: Node): Judged {
  return { images: builder.augmented(real, 'realAugment'), labels: builder.realLabels() };
}

function judgedFake(builder: PhaseBuilder, fake: Node): Judged {
  const labels = builder.fakeLabels(fake.shape[0]!);
  return { images: builder.augmented(fake, 'fakeAugment'), labels };
}

function judgedImages(builder: PhaseBuilder): { real: Node; fake: Node } {
  const { batch } = builder.recipe;
  // A place to differentiate at, for R2.
  const fake = builder.graph.identity(builder.fakeImages(batch, builder.randomStyles(batch)));
  return { real: builder.realImages(), fake };
}

function penalty(builder: PhaseBuilder, real: Node, realScores: Node, fake?: Node, fakeScores?: Node): Node {
  const { graph, recipe } = builder;
  let loss = graph.constant(0);
  if (recipe.r1Gamma > 0) {
    const r1 = gradientPenalty(graph, realScores, real);
    builder.statistic('r1', r1);
    loss = graph.add(loss, graph.multiply(r1, recipe.r1Gamma / 2));
  }
  if (recipe.r2Gamma > 0 && fake && fakeScores) {
    const r2 = gradientPenalty(graph, fakeScores, fake);
    builder.statistic('r2', r2);
    loss = graph.add(loss, graph.multiply(r2, recipe.r2Gamma / 2));
  }
  return graph.multiply(loss, builder.scalar('penaltyShare'));
}

/** WGAN-GP: at random places on the lines from reals to fakes. */
function unitPenalty(builder: PhaseBuilder, real: Node, fake: Node): Node {
  const { graph, recipe } = builder;
  const share = graph.reshape(builder.feed('between', 'uniform', [recipe.batch]), [recipe.batch, 1, 1, 1]);
  const between = graph.identity(graph.add(real, graph.multiply(graph.subtract(fake, real), share)));
  const [scores] = builder.scores([{ images: between, labels: builder.realLabels() }]) as [Node];
  const value = unitGradientPenalty(graph, scores, between);
  builder.statistic('gradientPenalty', value);
  return graph.multiply(value, recipe.unitPenalty);
}
