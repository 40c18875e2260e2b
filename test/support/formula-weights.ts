/** Weights of the Inception network made by formula: they check architecture and arithmetic, never a weights file. */
import {
  expectedShapes,
  type InceptionWeights,
  type WeightTensor,
} from '../../src/eval/inception/weights.ts';
import { fnv1a } from '../../src/numeric/random.ts';
import { formulaUniform } from './formula-images.ts';

export function formulaWeights(salt = ''): InceptionWeights {
  const weights = new Map<string, WeightTensor>();
  for (const [name, shape] of expectedShapes()) {
    const seed = fnv1a(salt + name);
    const length = shape.reduce((product, size) => product * size, 1);
    const value = formulaOf(name, length / shape[0]);
    const data = new Float32Array(length);
    for (let i = 0; i < length; i++) data[i] = value(formulaUniform(seed, i));
    weights.set(name, { shape, data });
  }
  return weights;
}

function formulaOf(name: string, fanIn: number): (u: number) => number {
  if (name.endsWith('bn.weight') || name.endsWith('running_var')) return (u) => 1 + 0.5 * u;
  if (name.endsWith('.bias') || name.endsWith('running_mean')) return (u) => 0.4 * u;
  const scale = Math.sqrt(24 / fanIn);
  return (u) => u * scale;
}
