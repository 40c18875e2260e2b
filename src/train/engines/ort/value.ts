/** A value as ONNX Runtime holds it, and the check that it fits where it is put. */
import type * as ort from 'onnxruntime-node';
import { SunganError } from '../../../core/errors.ts';
import { elementCount, formatShape, type Program, type Shape } from '../../graph/index.ts';
import type { Value } from '../engine.ts';

export interface OrtValue extends Value {
  readonly tensor: ort.Tensor;
}

export function tensorFor(
  program: Program,
  name: string,
  shape: Shape,
  value: Value | undefined,
): ort.Tensor {
  if (value && elementCount(value.shape) === elementCount(shape) && 'tensor' in value)
    return (value as OrtValue).tensor;
  const given = value ? formatShape(value.shape) : 'nothing';
  throw new SunganError('engine', `input '${name}' wants ${formatShape(shape)}, got ${given}`, {
    where: `program ${program.name}`,
  });
}
