/**
 * Reading images at any places, and its adjoint: linear interpolation between the four pixels around a place; outside
 * the image is zero. Each is the other's gradient in the image. Places are not differentiated: they are given.
 */
import { elementCount, formatShape, type Shape, sameShape } from '../shape.ts';
import type { OpRow } from './row.ts';

export const sample: OpRow<'sample'> = {
  meaning: 'images read at given rows and columns, between pixels by linear interpolation',
  shape: ([x, rows, columns]) => misfit(x!, rows!, columns!) ?? [x![0]!, x![1]!, rows![1]!, rows![2]!],
  gradient: (graph, node, upstream, needs) => {
    refusePlaces(needs);
    const [x, rows, columns] = node.inputs;
    const [height, width] = x!.shape.slice(2) as [number, number];
    return [graph.splat(upstream, rows!, columns!, { height, width })];
  },
  evaluate: ([x, rows, columns], node) => {
    const result = new Float64Array(elementCount(node.shape));
    forEachTap(node.inputs[0]!.shape, node.shape, rows!, columns!, (pixel, place, weight) => {
      result[place]! += weight * x![pixel]!;
    });
    return result;
  },
};

export const splat: OpRow<'splat'> = {
  meaning: 'values added to images at given rows and columns: the adjoint of sample',
  shape: ([y, rows, columns], { height, width }) => {
    const problem = misfit(y!, rows!, columns!);
    if (problem) return problem;
    const fits = y![2] === rows![1] && y![3] === rows![2];
    return fits
      ? [y![0]!, y![1]!, height, width]
      : `${formatShape(y!)} has other places than ${formatShape(rows!)}`;
  },
  gradient: (graph, node, upstream, needs) => {
    refusePlaces(needs);
    return [graph.sample(upstream, node.inputs[1]!, node.inputs[2]!)];
  },
  evaluate: ([y, rows, columns], node) => {
    const result = new Float64Array(elementCount(node.shape));
    forEachTap(node.shape, node.inputs[0]!.shape, rows!, columns!, (pixel, place, weight) => {
      result[pixel]! += weight * y![place]!;
    });
    return result;
  },
};

function misfit(images: Shape, rows: Shape, columns: Shape): string | undefined {
  if (images.length !== 4) return `${formatShape(images)} is not a batch of images`;
  if (rows.length === 3 && sameShape(rows, columns) && rows[0] === images[0]) return undefined;
  return `${formatShape(rows)} and ${formatShape(columns)} are not places for ${formatShape(images)}`;
}

function refusePlaces(needs: (input: number) => boolean): void {
  if (needs(1) || needs(2)) throw new Error('places of a sampling are not differentiated');
}

/** Visits every pixel that a place reads, for all channels: flat positions, and the pixel's weight. */
function forEachTap(
  image: Shape,
  places: Shape,
  rows: Float64Array,
  columns: Float64Array,
  visit: (pixel: number, place: number, weight: number) => void,
): void {
  const [count, channels, height, width] = image as [number, number, number, number];
  const area = elementCount(places.slice(2));
  for (let at = 0; at < count * area; at++) {
    const n = Math.floor(at / area);
    const [top, left] = [Math.floor(rows[at]!), Math.floor(columns[at]!)];
    for (let tap = 0; tap < 4; tap++) {
      const [row, column] = [top + (tap >> 1), left + (tap & 1)];
      if (row < 0 || column < 0 || row >= height || column >= width) continue;
      const weight = (1 - Math.abs(rows[at]! - row)) * (1 - Math.abs(columns[at]! - column));
      for (let channel = 0; channel < channels; channel++) {
        const plane = n * channels + channel;
        visit((plane * height + row) * width + column, plane * area + (at % area), weight);
      }
    }
  }
}
