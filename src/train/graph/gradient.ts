/** Reverse-mode differentiation. The gradients are nodes of the same graph, so they can be differentiated again. */
import type { Graph } from './graph.ts';
import type { Node } from './node.ts';
import { rowOf } from './ops/index.ts';

/**
 * Gradients of the sum of `y` (weighted by `upstream`, if given) with respect to each of `parameters`, in their
 * shapes; a constant zero where `y` does not depend on one.
 */
export function gradients(graph: Graph, y: Node, parameters: readonly Node[], upstream?: Node): Node[] {
  const wrong = parameters.find((parameter) => parameter.op !== 'input' && parameter.op !== 'identity');
  if (wrong)
    throw new Error(`differentiate at inputs and identities, not at ${wrong.op} (layer ${wrong.layer})`);
  const ancestors = dependants(graph, y, parameters);
  const collected = new Map<Node, Node>([[y, upstream ?? graph.constant(1, y.shape)]]);
  const depends = new Set(ancestors);
  for (const node of ancestors.reverse()) {
    const own = collected.get(node);
    if (!own || node.inputs.length === 0) continue;
    const needs = (input: number) => depends.has(node.inputs[input]!);
    const parts = graph.inLayer(`d ${node.layer}`, () => rowOf(node.op).gradient(graph, node, own, needs));
    node.inputs.forEach((input, i) => {
      const part = parts[i];
      if (!part || !needs(i)) return;
      const before = collected.get(input);
      collected.set(input, before ? graph.add(before, part) : part);
    });
  }
  return parameters.map((parameter) => collected.get(parameter) ?? graph.constant(0, parameter.shape));
}

/** The nodes between `parameters` and `y`, both included, in the order in which they were made. */
function dependants(graph: Graph, y: Node, parameters: readonly Node[]): Node[] {
  const reached = new Set<Node>(parameters);
  for (const node of graph.nodes.slice(0, y.id + 1)) {
    if (node.inputs.some((input) => reached.has(input))) reached.add(node);
  }
  return graph.nodes.slice(0, y.id + 1).filter((node) => reached.has(node));
}
