/** What the programs of all phases have in common: inputs that are declared once, weights, fake images, the Adam step. */
import { applyChanges, CHANGE_COLUMNS } from '../augment/index.ts';
import { Graph, gradients, type Node, type Shape } from '../graph/index.ts';
import { averagePixels, repeatPixels } from '../networks/layers.ts';
import type { GanNetworks } from '../networks/network.ts';
import { packWeights, parameterCount, unpackWeights, type Weights } from '../networks/parameters.ts';
import { adamStep, lazyShare } from '../optimiser.ts';
import { type Feed, type FeedKind, type Phase, type Player, STATISTIC_PREFIX } from './phase.ts';
import type { Recipe } from './recipe.ts';

export class PhaseBuilder {
  readonly graph = new Graph();
  readonly networks: GanNetworks;
  readonly recipe: Recipe;
  private readonly feeds = new Map<string, { feed: Feed; node: Node }>();
  private readonly weightMaps = new Map<Player, Map<string, Node>>();
  private readonly outputs: Record<string, Node> = {};

  constructor(networks: GanNetworks, recipe: Recipe) {
    this.networks = networks;
    this.recipe = recipe;
  }

  feed(name: string, kind: FeedKind, shape: Shape): Node {
    const existing = this.feeds.get(name);
    if (existing) return existing.node;
    const node = this.graph.input(name, shape);
    this.feeds.set(name, { feed: { name, kind, shape }, node });
    return node;
  }

  weights(player: Player): Weights {
    const map = this.weightMap(player);
    return (name) => {
      const node = map.get(name);
      if (!node) throw new Error(`${player} has no parameter ${name}`);
      return node;
    };
  }

  /** A number that the schedule computes for every step. */
  scalar(name: string): Node {
    return this.feed(name, 'scalar', []);
  }

  /** Real images of the batch; while layers are faded in, the reals are too. */
  realImages(count = this.recipe.batch): Node {
    const { graph, networks } = this;
    const { channels, resolution } = networks;
    const real = this.feed('real', 'real', [count, channels, resolution, resolution]);
    const fade = this.fade();
    if (!fade) return real;
    const coarse = repeatPixels(graph, averagePixels(graph, real));
    return graph.identity(graph.add(coarse, graph.multiply(graph.subtract(real, coarse), fade)));
  }

  private fade(): Node | undefined {
    return this.networks.fades ? this.scalar('fade') : undefined;
  }

  /** The style [count, styleSize] of each layer for random latents, mixed from two where the recipe says so. */
  randomStyles(count: number): (layer: number) => Node {
    const { graph, networks } = this;
    const { latentSize, layerCount } = networks;
    const map = (name: string) =>
      graph.inLayer('generator', () =>
        networks.mapLatents(graph, this.weights('generator'), this.feed(name, 'normal', [count, latentSize])),
      );
    const style = map('latents');
    if (this.recipe.styleMixing <= 0 || layerCount === 0) return () => style;
    const taken = this.feed('mixing', 'mixing', [count, layerCount]);
    const other = graph.subtract(map('mixedLatents'), style);
    return (layer) => graph.add(style, graph.multiply(graph.slice(taken, 1, layer, layer + 1), other));
  }

  fakeImages(count: number, style: (layer: number) => Node): Node {
    const { graph, networks } = this;
    const { noiseLength } = networks;
    const noise = noiseLength > 0 ? this.feed('noise', 'normal', [count, noiseLength]) : undefined;
    const inputs = { style, noise, fade: this.fade() };
    return graph.inLayer('generator', () => networks.synthesise(graph, this.weights('generator'), inputs));
  }

  augmented(images: Node, changes: string): Node {
    const { augment } = this.recipe;
    if (augment.length === 0) return images;
    const feed = this.feed(changes, 'changes', [images.shape[0]!, CHANGE_COLUMNS.length]);
    return applyChanges(this.graph, images, feed, augment);
  }

  /** Scores of several sets of images of equal size, judged in one pass. */
  scores(sets: readonly Node[]): Node[] {
    const { graph, networks } = this;
    const all = graph.inLayer('discriminator', () =>
      networks.discriminate(graph, this.weights('discriminator'), graph.concat(sets, 0), {
        sets: sets.length,
        fade: this.fade(),
      }),
    );
    const count = sets[0]!.shape[0]!;
    return sets.map((_, i) => graph.slice(all, 0, i * count, (i + 1) * count));
  }

  statistic(name: string, value: Node): void {
    this.outputs[`${STATISTIC_PREFIX}${name}`] = value;
  }

  replaceState(name: string, value: Node): void {
    this.outputs[name] = value;
  }

  /** One Adam step of `player` down `loss`; returns the new flat weights. */
  descend(player: Player, loss: Node, interval: number): Node {
    const { graph } = this;
    const gradient = packWeights(graph, gradients(graph, loss, [...this.weightMap(player).values()]));
    const beta1 = this.recipe.beta1 ** lazyShare(interval);
    const result = adamStep(graph, {
      weights: this.flatState(player, 'weights'),
      gradient,
      first: beta1 > 0 ? this.flatState(player, 'first') : undefined,
      second: this.flatState(player, 'second'),
      rates: this.flatState(player, 'rates'),
      beta1,
      beta2: this.scalar('beta2'),
      stepSize: this.scalar('stepSize'),
      secondScale: this.scalar('secondScale'),
    });
    this.replaceState(`${player}/weights`, result.weights);
    this.replaceState(`${player}/second`, result.second);
    if (result.first) this.replaceState(`${player}/first`, result.first);
    return result.weights;
  }

  flatState(player: Player, part: string): Node {
    return this.feed(`${player}/${part}`, 'state', [parameterCount(this.networks[player])]);
  }

  finish(name: string, player: Player, interval: number): Phase {
    return {
      name,
      player,
      interval,
      lazy: lazyShare(interval),
      program: { name, graph: this.graph, outputs: this.outputs },
      feeds: [...this.feeds.values()].map(({ feed }) => feed),
    };
  }

  private weightMap(player: Player): Map<string, Node> {
    const known = this.weightMaps.get(player);
    if (known) return known;
    const map = unpackWeights(this.graph, this.flatState(player, 'weights'), this.networks[player]);
    this.weightMaps.set(player, map);
    return map;
  }
}
