import type { TransformKind } from './types.ts';

/** Fields beyond it are measured wrongly; counts of AIA go up to its camera's 14 bits. */
const FIELD_CEILING_GAUSS = 4000;
const CAMERA_CEILING_DN = 16383;

/** For magnetograms: both polarities, linear below `knee` gauss. 0 G is 0.5. */
export const signedLog: TransformKind = {
  name: 'signed-log',
  formula: 'y = 0.5 + 0.5 * sign(x) * ln(1 + min(|x|, ceiling) / knee) / ln(1 + ceiling / knee)',
  inverseFormula: 'x = sign(y - 0.5) * knee * (exp(|2 y - 1| * ln(1 + ceiling / knee)) - 1)',
  version: 1,
  defaults: (channel) => ({
    ceiling: channel.startsWith('hmi') ? FIELD_CEILING_GAUSS : CAMERA_CEILING_DN,
    knee: 10,
  }),
  domain: ({ ceiling }) => [-ceiling!, ceiling!],
  forward: (value, { ceiling, knee }) =>
    0.5 + (0.5 * Math.sign(value) * Math.log1p(Math.abs(value) / knee!)) / Math.log1p(ceiling! / knee!),
  inverse: (value, { ceiling, knee }) =>
    Math.sign(value - 0.5) * knee! * Math.expm1(Math.abs(2 * value - 1) * Math.log1p(ceiling! / knee!)),
};
