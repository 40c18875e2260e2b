/** Steps of the generator: the adversarial loss with the average of weights, and path length regularisation. */
import { gradients, type Node } from '../graph/index.ts';
import { LOSSES } from '../losses.ts';
import type { GanNetworks } from '../networks/network.ts';
import { type Judged, PhaseBuilder } from './builder.ts';
import type { Phase } from './phase.ts';
import type { Recipe } from './recipe.ts';

/** Memory of the mean style, which truncation pulls towards (StyleGAN, `w_avg_beta`). */
const STYLE_AVERAGE_DECAY = 0.995;

export function generatorPhases(networks: GanNetworks, recipe: Recipe): Phase[] {
  const phases = [adversarialPhase(networks, recipe)];
  if (recipe.pathWeight > 0) phases.push(pathLengthPhase(networks, recipe));
  return phases;
}

function adversarialPhase(networks: GanNetworks, recipe: Recipe): Phase {
  const builder = new PhaseBuilder(networks, recipe);
  const { graph } = builder;
  const style = builder.randomStyles(recipe.batch);
  const fake: Judged = {
    images: builder.augmented(builder.fakeImages(recipe.batch, style), 'fakeAugment'),
    labels: builder.fakeLabels(recipe.batch),
  };
  const loss = LOSSES[recipe.loss];
  const sets = [fake];
  if (loss.generatorSeesReals) {
    const images = builder.augmented(builder.realImages(), 'realAugment');
    sets.push({ images, labels: builder.realLabels() });
  }
  const [fakeScores, realScores] = builder.scores(sets) as [Node, Node | undefined];
  const value = loss.generator(graph, realScores ?? fakeScores, fakeScores);
  builder.statistic('generatorLoss', value);
  averageStyle(builder, style(0));
  return builder.finish({ name: 'generator', player: 'generator', interval: 1, averages: true }, value);
}

function averageStyle(builder: PhaseBuilder, styles: Node): void {
  const { graph, networks } = builder;
  const average = builder.feed('generator/styleAverage', 'state', [networks.styleSize]);
  const mean = graph.reshape(graph.meanAxes(styles, [0]), [networks.styleSize]);
  const kept = graph.multiply(average, STYLE_AVERAGE_DECAY);
  builder.replaceState(
    'generator/styleAverage',
    graph.add(kept, graph.multiply(mean, 1 - STYLE_AVERAGE_DECAY)),
  );
}

/**
 * Path length regularisation (StyleGAN2 section 3.2): the length of the image's response to a step in style space is
 * held near its running mean. Half a batch is enough.
 */
function pathLengthPhase(networks: GanNetworks, recipe: Recipe): Phase {
  const builder = new PhaseBuilder(networks, recipe);
  const { graph } = builder;
  const count = Math.max(1, recipe.batch >> 1);
  const { layerCount, styleSize, resolution, channels } = networks;
  const random = builder.randomStyles(count);
  const layers = Array.from({ length: layerCount }, (_, layer) =>
    graph.reshape(random(layer), [count, 1, styleSize]),
  );
  const styles = graph.identity(graph.concat(layers, 1));
  const style = (layer: number) =>
    graph.reshape(graph.slice(styles, 1, layer, layer + 1), [count, styleSize]);
  const images = builder.fakeImages(count, style);
  const probe = builder.feed('probe', 'normal', [count, channels, resolution, resolution]);
  const response = graph.multiply(graph.total(graph.multiply(images, probe)), 1 / resolution);
  const [slope] = gradients(graph, response, [styles]);
  const squares = graph.meanAxes(graph.sumAxes(graph.square(slope!), [2]), [1]);
  const lengths = graph.squareRoot(graph.add(squares, 1e-12));
  const before = builder.feed('generator/pathLength', 'state', []);
  const mean = graph.add(
    before,
    graph.multiply(graph.subtract(graph.mean(lengths), before), recipe.pathDecay),
  );
  const penalty = graph.mean(graph.square(graph.subtract(lengths, mean)));
  builder.replaceState('generator/pathLength', mean);
  builder.statistic('pathLength', graph.mean(lengths));
  builder.statistic('pathPenalty', penalty);
  const { pathInterval: interval } = recipe;
  return builder.finish(
    { name: 'generatorPath', player: 'generator', interval, averages: false },
    graph.multiply(penalty, recipe.pathWeight * interval),
  );
}
