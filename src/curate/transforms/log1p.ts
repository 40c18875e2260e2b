import type { TransformKind } from './types.ts';

/** The 14-bit ceiling of the camera. The SunGAN paper's range: without the logarithm its GAN collapsed. */
const CEILING_DN = 16383;

export const log1p: TransformKind = {
  name: 'log1p',
  formula: 'y = ln(1 + clip(x, 0, ceiling)) / ln(1 + ceiling)',
  inverseFormula: 'x = exp(y * ln(1 + ceiling)) - 1',
  version: 1,
  defaults: () => ({ ceiling: CEILING_DN }),
  domain: ({ ceiling }) => [0, ceiling!],
  forward: (value, { ceiling }) => Math.log1p(value) / Math.log1p(ceiling!),
  inverse: (value, { ceiling }) => Math.expm1(value * Math.log1p(ceiling!)),
};
