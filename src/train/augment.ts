/**
 * Differentiable augmentation (Zhao et al. 2020, arXiv 2006.10738) as nodes of the step's graph, so that gradients flow
 * through it. All that is random comes in as numbers in [0, 1), six an image, so a step stays a pure function.
 */
import type { Graph, Node } from './graph/index.ts';

export interface AugmentOptions {
  translation: boolean;
  cutout: boolean;
  brightness: boolean;
  contrast: boolean;
}

/** Random numbers an image wants. */
export const AUGMENT_NUMBERS = 6;
/** Translation by up to this share of the side. */
const TRANSLATION = 0.125;
/** Side of the cut-out square as a share of the side. */
const CUTOUT = 0.5;
/** Dark sky in the range -1..1: what comes in from outside the picture. */
const SKY = -1;

export function isAugmenting(options: AugmentOptions): boolean {
  return Object.values(options).some(Boolean);
}

/** `images` [N, C, S, S], `numbers` [N, 6]. */
export function augment(graph: Graph, images: Node, numbers: Node, options: AugmentOptions): Node {
  return graph.inLayer('augment', () => {
    let x = images;
    if (options.brightness) x = graph.add(x, graph.subtract(number(graph, numbers, 4), 0.5));
    if (options.contrast) x = changeContrast(graph, x, number(graph, numbers, 5));
    if (options.translation) x = translate(graph, x, number(graph, numbers, 0), number(graph, numbers, 1));
    if (options.cutout) x = cutOut(graph, x, number(graph, numbers, 2), number(graph, numbers, 3));
    return x;
  });
}

/** Contrast about the image's mean, times 0.5..1.5. */
function changeContrast(graph: Graph, x: Node, u: Node): Node {
  const mean = graph.meanAxes(x, [1, 2, 3]);
  return graph.add(graph.multiply(graph.subtract(x, mean), graph.add(u, 0.5)), mean);
}

/** Whole pixels, by products with shift matrices; sky comes in at the edges. */
function translate(graph: Graph, x: Node, u: Node, v: Node): Node {
  const side = x.shape[2]!;
  const reach = Math.floor(side * TRANSLATION + 0.5);
  const rows = shiftMatrix(graph, wholeNumber(graph, u, 2 * reach + 1), side, reach);
  const columns = shiftMatrix(graph, wholeNumber(graph, v, 2 * reach + 1), side, reach);
  const shifted = graph.matmul(graph.matmul(rows, graph.subtract(x, SKY)), columns, false, true);
  return graph.add(shifted, SKY);
}

/** [N, 1, side, side] with ones where column - row = shift - reach. */
function shiftMatrix(graph: Graph, shift: Node, side: number, reach: number): Node {
  const row = graph.reshape(graph.indices(side), [1, 1, side, 1]);
  const column = graph.reshape(graph.indices(side), [1, 1, 1, side]);
  const distance = graph.subtract(graph.subtract(column, row), graph.subtract(shift, reach));
  return graph.insideStep(distance, -0.5, 0.5);
}

/** A square of half the side becomes 0; its centre is anywhere, so it may hang over the edge. */
function cutOut(graph: Graph, x: Node, u: Node, v: Node): Node {
  const side = x.shape[2]!;
  const half = Math.floor(side * CUTOUT + 0.5) / 2;
  const inside = (centre: Node, shape: number[]) => {
    const offset = graph.subtract(
      graph.reshape(graph.indices(side), shape),
      wholeNumber(graph, centre, side),
    );
    return graph.insideStep(graph.add(offset, 0.5), -half, half);
  };
  const square = graph.multiply(inside(u, [1, 1, side, 1]), inside(v, [1, 1, 1, side]));
  return graph.multiply(x, graph.subtract(1, square));
}

/** Random number `index` of every image as [N, 1, 1, 1]. */
function number(graph: Graph, numbers: Node, index: number): Node {
  return graph.reshape(graph.slice(numbers, 1, index, index + 1), [numbers.shape[0]!, 1, 1, 1]);
}

/** floor(u * count): the sum of the steps it has passed, since the set has no floor. */
function wholeNumber(graph: Graph, u: Node, count: number): Node {
  const steps = graph.reshape(graph.multiply(graph.add(graph.indices(count), 1), 1 / count), [
    1,
    1,
    1,
    count,
  ]);
  const passed = graph.insideStep(graph.subtract(u, steps), -1e-7, 2);
  return graph.sumAxes(passed, [3]);
}
