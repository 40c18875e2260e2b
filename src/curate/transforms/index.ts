/** The table of intensity transforms, and one bound to its constants. A new transform is a file and a row here. */
import { SunganError } from '../../core/errors.ts';
import { asinh } from './asinh.ts';
import { linear } from './linear.ts';
import { log } from './log.ts';
import { log1p } from './log1p.ts';
import { signedLog } from './signed-log.ts';
import { sqrt } from './sqrt.ts';
import type { TransformConstants, TransformKind, TransformName } from './types.ts';

export type { TransformConstants, TransformName } from './types.ts';

const KINDS: readonly TransformKind[] = [log1p, log, linear, sqrt, asinh, signedLog];

export const TRANSFORM_NAMES = [
  'log1p',
  'log',
  'linear',
  'sqrt',
  'asinh',
  'signed-log',
] as const satisfies TransformName[];

/** 16-bit steps: stored value = y * 65535. */
export const QUANTISATION_LEVELS = 65535;

/** What the manifest and the arrays' attributes keep: enough to invert without this program. */
export interface TransformRecord {
  name: TransformName;
  version: number;
  constants: TransformConstants;
  formula: string;
  inverse: string;
}

export interface Transform {
  readonly name: TransformName;
  readonly constants: TransformConstants;
  /** Linear values are clipped to it before averages and before `forward`. */
  readonly domain: readonly [number, number];
  /** Linear values (DN at nominal exposure, gauss) to [0, 1]; clips; a new array. */
  forward(values: Float32Array): Float32Array;
  /** [0, 1] to linear values; a new array. */
  inverse(values: Float32Array): Float32Array;
  readonly record: TransformRecord;
}

export function createTransform(name: TransformName, channel: string): Transform {
  return bind(kindOf(name), kindOf(name).defaults(channel));
}

/** The transform a manifest describes; a version that this program does not know is refused. */
export function restoreTransform(record: TransformRecord): Transform {
  const kind = kindOf(record.name);
  if (kind.version !== record.version) {
    throw new SunganError(
      'data',
      `transform ${record.name} version ${record.version} is not known here (${kind.version} is)`,
      {
        remedy: 'use the version of sungan that made the dataset, or make it anew',
      },
    );
  }
  return bind(kind, record.constants);
}

function kindOf(name: string): TransformKind {
  const kind = KINDS.find((candidate) => candidate.name === name);
  if (kind) return kind;
  throw new SunganError('data', `no transform is called '${name}'`, {
    remedy: `known: ${TRANSFORM_NAMES.join(', ')}`,
  });
}

function bind(kind: TransformKind, constants: TransformConstants): Transform {
  const [low, high] = kind.domain(constants);
  const { name, version, formula } = kind;
  return {
    name,
    constants,
    domain: [low, high],
    forward: (values) => values.map((value) => kind.forward(Math.min(high, Math.max(low, value)), constants)),
    inverse: (values) => values.map((value) => kind.inverse(value, constants)),
    record: { name, version, constants, formula, inverse: kind.inverseFormula },
  };
}

/** [0, 1] to 16 bits, to the nearest step. NaN becomes 0. */
export function quantise(values: Float32Array): Uint16Array {
  const result = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) {
    result[i] = Math.min(QUANTISATION_LEVELS, Math.max(0, Math.round(values[i]! * QUANTISATION_LEVELS)));
  }
  return result;
}

export function dequantise(values: Uint16Array): Float32Array {
  const result = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) result[i] = values[i]! / QUANTISATION_LEVELS;
  return result;
}
