/** Intensity transforms: linear DN to [0, 1] and back. Constants are fixed per channel, never taken from the data. */

export type TransformName = 'log1p' | 'log' | 'linear' | 'sqrt' | 'asinh' | 'signed-log';

export type TransformConstants = Record<string, number>;

export interface TransformKind {
  name: TransformName;
  /** Formula for people and for the attributes of the arrays; x is the linear value, y is in [0, 1]. */
  formula: string;
  inverseFormula: string;
  /** Raised when the formula changes: the constants of a dataset are on record with it. */
  version: number;
  defaults(channel: string): TransformConstants;
  /** Linear values are clipped to this range first; averages are made of the clipped values. */
  domain(constants: TransformConstants): readonly [number, number];
  /** One value inside the domain. */
  forward(value: number, constants: TransformConstants): number;
  inverse(value: number, constants: TransformConstants): number;
}
