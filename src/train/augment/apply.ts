/**
 * Augmentation as nodes of the step's graph, so that gradients flow through it to the generator. What is done to each
 * image comes in as numbers, so a step stays a pure function.
 */
import type { Graph, Node } from '../graph/index.ts';
import { type AugmentName, CHANGE_COLUMNS, type Column, needsOf, SKY } from './kinds.ts';
import { changeColour, changeLevel, changeTone } from './tone.ts';
import { warp } from './warp.ts';

/** `images` [N, C, S, S]; `changes` [N, columns] as `drawChanges` makes them for the same kinds. */
export function applyChanges(graph: Graph, images: Node, changes: Node, kinds: readonly AugmentName[]): Node {
  const needs = needsOf(kinds);
  const column: Column = (name) => {
    const index = CHANGE_COLUMNS.indexOf(name);
    return graph.reshape(graph.slice(changes, 1, index, index + 1), [changes.shape[0]!, 1, 1, 1]);
  };
  return graph.inLayer('augment', () => {
    let x = images;
    if (needs.has('tone')) x = changeTone(graph, x, column);
    if (needs.has('diagonal')) x = mirrorAtDiagonal(graph, x, column('diagonal'));
    if (needs.has('affine')) x = warp(graph, x, column);
    else if (needs.has('geometry') || needs.has('diagonal')) x = move(graph, x, column);
    if (needs.has('level')) x = changeLevel(graph, x, column);
    if (needs.has('colour')) x = changeColour(graph, x, column);
    if (needs.has('cutout')) x = cutOut(graph, x, column);
    return x;
  });
}

function mirrorAtDiagonal(graph: Graph, x: Node, share: Node): Node {
  const mirrored = graph.transpose(x, [0, 1, 3, 2]);
  return graph.add(x, graph.multiply(graph.subtract(mirrored, x), share));
}

/** Scale and translation along rows and columns, by products with interpolation matrices; sky comes in at the edges. */
function move(graph: Graph, x: Node, column: Column): Node {
  const side = x.shape[2]!;
  const rows = interpolation(graph, side, column('scaleRows'), column('shiftRows'));
  const columns = interpolation(graph, side, column('scaleColumns'), column('shiftColumns'));
  const moved = graph.matmul(graph.matmul(rows, graph.subtract(x, SKY)), columns, false, true);
  return graph.add(moved, SKY);
}

/** [N, 1, side, side]: row i interpolates linearly at (i - centre) * scale + centre + shift. */
function interpolation(graph: Graph, side: number, scale: Node, shift: Node): Node {
  const centre = (side - 1) / 2;
  const target = graph.reshape(graph.subtract(graph.indices(side), centre), [1, 1, side, 1]);
  const source = graph.reshape(graph.subtract(graph.indices(side), centre), [1, 1, 1, side]);
  const position = graph.add(graph.multiply(target, scale), shift);
  const distance = graph.absolute(graph.subtract(source, position));
  return graph.clamp(graph.subtract(1, distance), 0, 1);
}

/** The square becomes 0; it may hang over the edge. */
function cutOut(graph: Graph, x: Node, column: Column): Node {
  const side = x.shape[2]!;
  const half = column('cutHalf');
  const inside = (centre: Node, shape: number[]) => {
    const offset = graph.add(graph.subtract(graph.reshape(graph.indices(side), shape), centre), 0.5);
    return graph.insideStep(graph.subtract(half, graph.absolute(offset)), 0, side * 2);
  };
  const square = graph.multiply(
    inside(column('cutRow'), [1, 1, side, 1]),
    inside(column('cutColumn'), [1, 1, 1, side]),
  );
  return graph.multiply(x, graph.subtract(1, square));
}
