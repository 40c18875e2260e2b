import type { TransformKind } from './types.ts';

export const linear: TransformKind = {
  name: 'linear',
  formula: 'y = clip(x, 0, ceiling) / ceiling',
  inverseFormula: 'x = y * ceiling',
  version: 1,
  defaults: () => ({ ceiling: 16383 }),
  domain: ({ ceiling }) => [0, ceiling!],
  forward: (value, { ceiling }) => value / ceiling!,
  inverse: (value, { ceiling }) => value * ceiling!,
};
