/** Convolutions whose bias is added right after them: one ONNX operator, which the runtime joins with the activation. */
import { isOp, type Node } from '../../graph/index.ts';

export interface BiasedConvolution {
  convolution: Node<'convolution'>;
  /** [1, C, 1, 1] */
  bias: Node;
}

/** By the node of the sum. A convolution that is needed elsewhere too stays on its own. */
export function findBiasedConvolutions(
  order: readonly Node[],
  outputs: readonly Node[],
): Map<Node, BiasedConvolution> {
  const uses = new Map<Node, number>();
  const use = (node: Node) => uses.set(node, (uses.get(node) ?? 0) + 1);
  for (const node of order) node.inputs.forEach(use);
  outputs.forEach(use);
  const found = new Map<Node, BiasedConvolution>();
  for (const node of order) {
    if (node.op !== 'add') continue;
    const convolution = node.inputs.find((input) => isOp(input, 'convolution'));
    const bias = node.inputs.find((input) => input !== convolution);
    if (!convolution || !bias || uses.get(convolution) !== 1) continue;
    const [, channels, ...image] = convolution.shape;
    const fits =
      bias.shape.length === 4 && bias.shape.join() === `1,${channels},${image.map(() => 1).join()}`;
    if (fits) found.set(node, { convolution: convolution as Node<'convolution'>, bias });
  }
  return found;
}
