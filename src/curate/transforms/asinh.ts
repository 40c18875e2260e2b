import type { TransformKind } from './types.ts';

/** Stretch of InstrumentToInstrument (Jarolim et al.): 0.005 of the range is where linear turns to logarithmic. */
export const asinh: TransformKind = {
  name: 'asinh',
  formula: 'y = asinh(clip(x, 0, ceiling) / (ceiling * softness)) / asinh(1 / softness)',
  inverseFormula: 'x = sinh(y * asinh(1 / softness)) * ceiling * softness',
  version: 1,
  defaults: (channel) => ({ ceiling: 16383, softness: channel === '304' ? 0.001 : 0.005 }),
  domain: ({ ceiling }) => [0, ceiling!],
  forward: (value, { ceiling, softness }) =>
    Math.asinh(value / (ceiling! * softness!)) / Math.asinh(1 / softness!),
  inverse: (value, { ceiling, softness }) =>
    Math.sinh(value * Math.asinh(1 / softness!)) * ceiling! * softness!,
};
