/** Runs a program in plain float64 JavaScript: slow, and the definition that every engine is held against. */
import { SunganError } from '../../core/errors.ts';
import { isOp, type Node } from './node.ts';
import { rowOf } from './ops/index.ts';
import { liveNodes, type Program } from './program.ts';
import { elementCount, formatShape } from './shape.ts';

export function evaluateProgram(
  program: Program,
  inputs: Readonly<Record<string, ArrayLike<number>>>,
): Record<string, Float64Array> {
  const values = new Map<Node, Float64Array>();
  for (const node of liveNodes(program)) {
    values.set(node, isOp(node, 'input') ? readInput(node, inputs) : evaluateNode(node, values));
  }
  return Object.fromEntries(Object.entries(program.outputs).map(([name, node]) => [name, values.get(node)!]));
}

function evaluateNode(node: Node, values: ReadonlyMap<Node, Float64Array>): Float64Array {
  return rowOf(node.op).evaluate(
    node.inputs.map((input) => values.get(input)!),
    node,
  );
}

function readInput(node: Node<'input'>, inputs: Readonly<Record<string, ArrayLike<number>>>): Float64Array {
  const value = inputs[node.attributes.name];
  if (value?.length !== elementCount(node.shape)) {
    throw new SunganError(
      'usage',
      `input '${node.attributes.name}' wants ${formatShape(node.shape)}, got ${value?.length} elements`,
    );
  }
  return Float64Array.from(value);
}
