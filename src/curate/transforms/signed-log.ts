import type { TransformKind } from './types.ts';

/** For magnetograms: both polarities, linear below `knee` gauss. 0 G is 0.5. */
export const signedLog: TransformKind = {
  name: 'signed-log',
  formula: 'y = 0.5 + 0.5 * sign(x) * ln(1 + min(|x|, ceiling) / knee) / ln(1 + ceiling / knee)',
  inverseFormula: 'x = sign(y - 0.5) * knee * (exp(|2 y - 1| * ln(1 + ceiling / knee)) - 1)',
  version: 1,
  defaults: () => ({ ceiling: 4000, knee: 10 }),
  domain: ({ ceiling }) => [-ceiling!, ceiling!],
  forward: (value, { ceiling, knee }) =>
    0.5 + (0.5 * Math.sign(value) * Math.log1p(Math.abs(value) / knee!)) / Math.log1p(ceiling! / knee!),
  inverse: (value, { ceiling, knee }) =>
    Math.sign(value - 0.5) * knee! * Math.expm1(Math.abs(2 * value - 1) * Math.log1p(ceiling! / knee!)),
};
