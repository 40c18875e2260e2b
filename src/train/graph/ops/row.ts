/** What the graph must know of an operation: one row of the table. Engines keep their own tables, by the same names. */
import type { Graph } from '../graph.ts';
import type { Node, OpAttributes, OpName } from '../node.ts';
import type { Shape } from '../shape.ts';

export interface OpRow<Op extends OpName> {
  /** One line: what it computes. */
  readonly meaning: string;
  /** The shape of the result, or a sentence that says why the inputs do not fit. */
  shape(inputs: readonly Shape[], attributes: OpAttributes[Op]): Shape | string;
  /**
   * The vector-Jacobian product, made of operations of the set, so that gradients can be differentiated again.
   * `needs(i)` tells whether the gradient of input i is wanted; an absent gradient means zero.
   */
  gradient(
    graph: Graph,
    node: Node<Op>,
    upstream: Node,
    needs: (input: number) => boolean,
  ): (Node | undefined)[];
  /** Plain float64 evaluation: the definition that every engine is held against. */
  evaluate(inputs: readonly Float64Array[], node: Node<Op>): Float64Array;
  /** For elementwise operations: the value on single numbers, which also folds constants. */
  scalar?(attributes: OpAttributes[Op], a: number, b: number): number;
}
