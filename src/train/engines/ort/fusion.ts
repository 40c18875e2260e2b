/** Convolutions with what follows them at once, a bias and perhaps a leaky ReLU: one operator does all of it. */
import { isOp, type Node } from '../../graph/index.ts';

export interface BiasedConvolution {
  convolution: Node<'convolution'>;
  /** [1, C, 1, 1] */
  bias: Node;
  /** Of the leaky ReLU, where one follows. */
  slope: number | undefined;
  /** What needs no operator of its own. */
  within: Node[];
}

/** By the last node of each. What is needed elsewhere too stays on its own. */
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
    const sum = isOp(node, 'leakyRelu') ? node.inputs[0]! : undefined;
    const biased = sum && uses.get(sum) === 1 ? found.get(sum) : undefined;
    if (isOp(node, 'leakyRelu') && biased) {
      found.delete(sum!);
      found.set(node, { ...biased, slope: node.attributes.slope, within: [...biased.within, sum!] });
    }
    const ended = biasedConvolution(node, uses);
    if (ended) found.set(node, ended);
  }
  return found;
}

function biasedConvolution(node: Node, uses: ReadonlyMap<Node, number>): BiasedConvolution | undefined {
  if (node.op !== 'add') return undefined;
  const convolution = node.inputs.find((input) => isOp(input, 'convolution'));
  const bias = node.inputs.find((input) => input !== convolution);
  if (!convolution || !bias || uses.get(convolution) !== 1) return undefined;
  const [, channels, ...image] = convolution.shape;
  const fits = bias.shape.length === 4 && bias.shape.join() === `1,${channels},${image.map(() => 1).join()}`;
  return fits
    ? { convolution: convolution as Node<'convolution'>, bias, slope: undefined, within: [convolution] }
    : undefined;
}
