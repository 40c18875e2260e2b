import type { TransformKind } from './types.ts';

/** Makes photon noise nearly constant over the range. */
export const sqrt: TransformKind = {
  name: 'sqrt',
  formula: 'y = sqrt(clip(x, 0, ceiling) / ceiling)',
  inverseFormula: 'x = y^2 * ceiling',
  version: 1,
  defaults: () => ({ ceiling: 16383 }),
  domain: ({ ceiling }) => [0, ceiling!],
  forward: (value, { ceiling }) => Math.sqrt(value / ceiling!),
  inverse: (value, { ceiling }) => value * value * ceiling!,
};
