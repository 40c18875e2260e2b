import type { TransformKind } from './types.ts';

/** HMI's continuum reaches about 65,000 DN/s at disk centre; AIA's camera ends at 14 bits. */
const CEILINGS: Record<string, number> = { 'hmi-ic': 80_000 };
const CAMERA_CEILING_DN = 16383;

export const linear: TransformKind = {
  name: 'linear',
  formula: 'y = clip(x, 0, ceiling) / ceiling',
  inverseFormula: 'x = y * ceiling',
  version: 1,
  defaults: (channel) => ({ ceiling: CEILINGS[channel] ?? CAMERA_CEILING_DN }),
  domain: ({ ceiling }) => [0, ceiling!],
  forward: (value, { ceiling }) => value / ceiling!,
  inverse: (value, { ceiling }) => value * ceiling!,
};
