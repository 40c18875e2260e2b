/** What the trainer must know of a pair of networks. The table of architectures is in `index.ts`. */
import type { Graph, Node } from '../graph/index.ts';
import type { ParameterList, Weights } from './parameters.ts';

export interface SynthesisInputs {
  /** The style [N, styleSize] of one layer, 0..layerCount-1. */
  style(layer: number): Node;
  /** Standard normal values [N, noiseLength]; absent where noiseLength is 0. */
  noise: Node | undefined;
  /** Scalar: how far the newest layers have been faded in, 0..1; absent where `fades` is false. */
  fade: Node | undefined;
}

export interface GanNetworks {
  readonly architecture: string;
  /** Of the images it works on now; a growing network has a `GanNetworks` for every side. */
  readonly resolution: number;
  readonly channels: number;
  readonly latentSize: number;
  readonly styleSize: number;
  /** Number of layers that take a style. */
  readonly layerCount: number;
  /** Noise values an image wants. */
  readonly noiseLength: number;
  /** Whether its newest layers are faded in. */
  readonly fades: boolean;
  /** Classes of a conditional network; 0: it has no labels. */
  readonly labelCount: number;
  readonly generator: ParameterList;
  readonly discriminator: ParameterList;
  /** Latents [N, latentSize] and, where there are classes, one-hot labels [N, labelCount] -> styles [N, styleSize]. */
  mapLatents(graph: Graph, weights: Weights, latents: Node, labels: Node | undefined): Node;
  /** Images [N, channels, resolution, resolution], about -1..1, row 0 south like the data. */
  synthesise(graph: Graph, weights: Weights, inputs: SynthesisInputs): Node;
  /**
   * Scores [N, 1]. `sets` equal parts of the batch (reals, fakes) are judged apart wherever samples of a batch see one
   * another.
   */
  discriminate(graph: Graph, weights: Weights, images: Node, options: DiscriminateOptions): Node;
}

export interface DiscriminateOptions {
  sets: number;
  fade: Node | undefined;
  /** One-hot [N, labelCount]; absent where labelCount is 0. */
  labels: Node | undefined;
}
