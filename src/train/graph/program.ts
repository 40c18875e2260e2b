/** A program: named inputs and named outputs of a graph. What an engine compiles. */
import type { Graph } from './graph.ts';
import type { Node } from './node.ts';
import { formatShape } from './shape.ts';

export interface Program {
  /** For error messages and profiles. */
  readonly name: string;
  readonly graph: Graph;
  /** Names must be the graph's own input names. */
  readonly outputs: Readonly<Record<string, Node>>;
}

/** The nodes that the outputs need, in an order in which they can be computed. */
export function liveNodes(program: Program): Node[] {
  const live = new Set<Node>();
  const waiting = Object.values(program.outputs);
  while (waiting.length > 0) {
    const node = waiting.pop()!;
    if (live.has(node)) continue;
    live.add(node);
    waiting.push(...node.inputs);
  }
  return program.graph.nodes.filter((node) => live.has(node));
}

/** One line a node: `%12 = convolution(%3, %7) {"stride":1,"pad":1} : [8, 64, 32, 32]  # generator/32`. */
export function printProgram(program: Program): string {
  const lines = liveNodes(program).map((node) => {
    const inputs = node.inputs.map((input) => `%${input.id}`).join(', ');
    const attributes = Object.keys(node.attributes).length > 0 ? ` ${JSON.stringify(node.attributes)}` : '';
    const layer = node.layer ? `  # ${node.layer}` : '';
    return `%${node.id} = ${node.op}(${inputs})${attributes} : ${formatShape(node.shape)}${layer}`;
  });
  const outputs = Object.entries(program.outputs).map(([name, node]) => `${name} = %${node.id}`);
  return `program ${program.name}\n${[...lines, ...outputs].join('\n')}\n`;
}
