/** Weights of the Inception network by PyTorch's names, whatever file they come from. */
import { SunganError } from '../../core/errors.ts';
import { CLASSES, FEATURES, listConvolutions } from './architecture.ts';

export interface WeightTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** `Mixed_5b.branch1x1.conv.weight` [out, in, rows, columns], `...bn.weight`, ..., `fc.weight` [1008, 2048], `fc.bias`. */
export type InceptionWeights = ReadonlyMap<string, WeightTensor>;

const BATCH_NORM_PARTS = ['weight', 'bias', 'running_mean', 'running_var'];

/** Every tensor of the network with its shape. */
export function expectedShapes(): Map<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>();
  for (const { layer, inputs } of listConvolutions()) {
    shapes.set(`${layer.torch}.conv.weight`, [layer.outputs, inputs, ...layer.kernel]);
    for (const part of BATCH_NORM_PARTS) shapes.set(`${layer.torch}.bn.${part}`, [layer.outputs]);
  }
  shapes.set('fc.weight', [CLASSES, FEATURES]);
  shapes.set('fc.bias', [CLASSES]);
  return shapes;
}

/** Throws unless all tensors are there, in their shapes. */
export function checkWeights(weights: InceptionWeights, where: string): void {
  for (const [name, shape] of expectedShapes()) {
    const found = weights.get(name);
    if (found && found.shape.join() === shape.join()) continue;
    throw new SunganError(
      'data',
      `tensor ${name} [${shape.join(', ')}] ${found ? `is [${found.shape.join(', ')}]` : 'is missing'}`,
      {
        where,
        remedy: 'these are not the weights of the Inception network of FID: `sungan weights fetch` gets them',
      },
    );
  }
}
