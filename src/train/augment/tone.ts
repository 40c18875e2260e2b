/** Changes of values, the same for every pixel of an image. */
import type { Graph, Node } from '../graph/index.ts';
import type { Column } from './kinds.ts';

/** Contrast about the image's mean, then brightness (differentiable augmentation). */
export function changeTone(graph: Graph, x: Node, column: Column): Node {
  const mean = graph.meanAxes(x, [1, 2, 3]);
  const stretched = graph.multiply(graph.subtract(x, mean), column('contrast'));
  return graph.add(stretched, graph.add(mean, column('brightness')));
}

/** Brightness, then contrast about the middle gray (ADA). */
export function changeLevel(graph: Graph, x: Node, column: Column): Node {
  return graph.multiply(graph.add(x, column('offset')), column('gain'));
}

/**
 * ADA's changes of colour for any number of channels (wavelengths): the mean of the channels may change its sign, their
 * differences from it are turned (three channels only) and scaled. One channel has no differences.
 */
export function changeColour(graph: Graph, x: Node, column: Column): Node {
  const channels = x.shape[1]!;
  const signed = (mean: Node) =>
    graph.multiply(mean, graph.subtract(1, graph.multiply(column('negative'), 2)));
  if (channels === 1) return signed(x);
  const mean = graph.meanAxes(x, [1]);
  let difference = graph.subtract(x, mean);
  if (channels === 3) difference = turn(graph, difference, column('hueCosine'), column('hueSine'));
  return graph.add(signed(mean), graph.multiply(difference, column('saturation')));
}

/** Rotation of three channels about the axis (1, 1, 1): of a difference from their mean, cosine and cross product. */
function turn(graph: Graph, x: Node, cosine: Node, sine: Node): Node {
  const channel = (index: number) => graph.slice(x, 1, index % 3, (index % 3) + 1);
  const crossed = graph.concat(
    [0, 1, 2].map((index) => graph.subtract(channel(index + 2), channel(index + 1))),
    1,
  );
  const along = graph.multiply(crossed, 1 / Math.sqrt(3));
  return graph.add(graph.multiply(x, cosine), graph.multiply(along, sine));
}
