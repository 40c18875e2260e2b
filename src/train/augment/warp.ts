/**
 * Any affine change of images. As in ADA, images are read between the pixels of a copy at twice their size, made with an
 * orthogonal wavelet filter and undone with its transpose: an unmoved image comes back exactly, a moved one hardly
 * blurred.
 */
import type { Graph, Node } from '../graph/index.ts';
import { type Column, SKY } from './kinds.ts';

/** Scaling filter of the symlet with six vanishing moments (Daubechies 1992, table 6.4), of unit length. */
const SYMLET = [
  0.015404109327027373, 0.0034907120842174702, -0.11799011114819057, -0.048311742585633, 0.4910559419267466,
  0.787641141030194, 0.3379294217276218, -0.07263752278646252, -0.021060292512300564, 0.04472490177066578,
  0.0017677118642428036, -0.007800708325034148,
];
const LAST = SYMLET.length - 1;
/** Where in the large copy the first pixel of an image has its centre of mass. */
const FIRST = LAST - SYMLET.reduce((sum, tap, i) => sum + tap * i, 0) / Math.SQRT2;

export function warp(graph: Graph, x: Node, column: Column): Node {
  const side = x.shape[2]!;
  const count = x.shape[0]!;
  // Long enough to hold all that the filter makes of the outermost pixels.
  const large = graph.resample(graph.subtract(x, SKY), {
    taps: SYMLET,
    up: 2,
    down: 1,
    before: LAST,
    after: LAST - 1,
  });
  const length = large.shape[2]!;
  const centre = (side - 1) / 2;
  /** Distance of the places of the large copy from the centre, in pixels of the image. */
  const places = (shape: number[]) =>
    graph.reshape(
      graph.subtract(graph.multiply(graph.subtract(graph.indices(length), FIRST), 0.5), centre),
      shape,
    );
  const [row, line] = [places([1, length, 1]), places([1, 1, length])];
  const number = (name: Parameters<Column>[0]) => graph.reshape(column(name), [count, 1, 1]);
  const source = (byRow: Node, byColumn: Node, shift: Node) => {
    const place = graph.add(graph.add(graph.multiply(row, byRow), graph.multiply(line, byColumn)), shift);
    return graph.add(graph.multiply(graph.add(place, centre), 2), FIRST);
  };
  const moved = graph.sample(
    large,
    source(number('scaleRows'), number('skewRows'), number('shiftRows')),
    source(number('skewColumns'), number('scaleColumns'), number('shiftColumns')),
  );
  const taps = [...SYMLET].reverse();
  return graph.add(graph.resample(moved, { taps, up: 1, down: 2, before: 0, after: 0 }), SKY);
}
