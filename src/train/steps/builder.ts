/** What the programs of all phases have in common: inputs that are declared once, weights, fake images, the Adam step. */
import { applyChanges, CHANGE_COLUMNS } from '../augment/index.ts';
import { type Graph, gradients, type Node, type Shape } from '../graph/index.ts';
import { LOSSES } from '../losses.ts';
import { averagePixels, repeatPixels } from '../networks/layers.ts';
import type { GanNetworks } from '../networks/network.ts';
import { packWeights, parameterCount, unpackWeights, type Weights } from '../networks/parameters.ts';
import { ProgramInputs } from './inputs.ts';
import { lazyShareOf, optimise, type PhaseFacts } from './optimise.ts';
import { type FeedKind, GRADIENT, type Phase, type Player, STATISTIC_PREFIX, SUM_PREFIX } from './phase.ts';
import type { Recipe } from './recipe.ts';

/** Images and the one-hot labels [N, labelCount] that the discriminator is told with them. */
export interface Judged {
  images: Node;
  labels: Node | undefined;
}

export class PhaseBuilder {
  readonly graph: Graph;
  readonly networks: GanNetworks;
  readonly recipe: Recipe;
  private readonly inputs = new ProgramInputs();
  private readonly weightMaps = new Map<Player, Map<string, Node>>();
  private readonly outputs: Record<string, Node> = {};

  constructor(networks: GanNetworks, recipe: Recipe) {
    this.graph = this.inputs.graph;
    this.networks = networks;
    this.recipe = recipe;
  }

  feed(name: string, kind: FeedKind, shape: Shape): Node {
    return this.inputs.feed(name, kind, shape);
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
    return this.inputs.scalar(name);
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

  realLabels(): Node | undefined {
    const { labelCount } = this.networks;
    return labelCount > 0
      ? this.feed('realLabels', 'realLabels', [this.recipe.batch, labelCount])
      : undefined;
  }

  /** Losses that hold the n-th fake against the n-th real give both the same label. */
  fakeLabels(count: number): Node | undefined {
    const { labelCount } = this.networks;
    if (labelCount === 0) return undefined;
    if (LOSSES[this.recipe.loss].generatorSeesReals && count === this.recipe.batch) return this.realLabels();
    return this.feed('fakeLabels', 'labels', [count, labelCount]);
  }

  private fade(): Node | undefined {
    return this.networks.fades ? this.scalar('fade') : undefined;
  }

  /** The style [count, styleSize] of each layer for random latents, mixed from two where the recipe says so. */
  randomStyles(count: number): (layer: number) => Node {
    const { graph, networks } = this;
    const { latentSize, layerCount } = networks;
    const map = (name: string) =>
      graph.inLayer('generator', () => {
        const latents = this.feed(name, 'normal', [count, latentSize]);
        return networks.mapLatents(graph, this.weights('generator'), latents, this.fakeLabels(count));
      });
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
  scores(sets: readonly Judged[]): Node[] {
    const { graph, networks } = this;
    const labels = sets.flatMap((set) => set.labels ?? []);
    const images = graph.concat(
      sets.map((set) => set.images),
      0,
    );
    const all = graph.inLayer('discriminator', () =>
      networks.discriminate(graph, this.weights('discriminator'), images, {
        sets: sets.length,
        fade: this.fade(),
        labels: labels.length > 0 ? graph.concat(labels, 0) : undefined,
      }),
    );
    const count = sets[0]!.images.shape[0]!;
    return sets.map((_, i) => graph.slice(all, 0, i * count, (i + 1) * count));
  }

  statistic(name: string, value: Node): void {
    this.outputs[`${STATISTIC_PREFIX}${name}`] = value;
  }

  replaceState(name: string, value: Node): void {
    this.outputs[name] = value;
  }

  flatState(player: Player, part: string): Node {
    return this.feed(`${player}/${part}`, 'state', [parameterCount(this.networks[player])]);
  }

  /** The phase that descends `loss`; the gradients of several parts are summed first. */
  finish(facts: PhaseFacts, loss: Node): Phase {
    const { graph, inputs, networks, recipe } = this;
    const { name, player, interval } = facts;
    const gradient = packWeights(graph, gradients(graph, loss, [...this.weightMap(player).values()]));
    const { parts = 1 } = recipe;
    const common = { name, player, interval, lazy: lazyShareOf(recipe, player), parts };
    if (parts === 1) {
      const outputs = { ...this.outputs, ...optimise(inputs, networks, recipe, facts, gradient) };
      return { ...common, program: { name, graph, outputs }, feeds: inputs.feeds, apply: undefined };
    }
    const sums = Object.entries({ [GRADIENT]: gradient, ...this.outputs }).map(([key, value]) => {
      const sumName = `${SUM_PREFIX}${key}`;
      const before = this.feed(sumName, 'sum', value.shape);
      return [sumName, graph.add(before, graph.multiply(value, 1 / parts))] as const;
    });
    const end = new ProgramInputs();
    const sum = end.feed(`${SUM_PREFIX}${GRADIENT}`, 'sum', gradient.shape);
    const outputs = optimise(end, networks, recipe, facts, sum);
    return {
      ...common,
      program: { name, graph, outputs: Object.fromEntries(sums) },
      feeds: inputs.feeds,
      apply: { program: { name: `${name}Apply`, graph: end.graph, outputs }, feeds: end.feeds },
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
