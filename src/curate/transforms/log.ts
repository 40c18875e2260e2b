import { CHANNELS } from '../channels.ts';
import type { TransformKind } from './types.ts';

/** Faintest values that tell something, DN/s: where SDOBenchmark clips before its logarithm. */
const FLOORS: Readonly<Record<string, number>> = {
  '94': 0.1,
  '131': 0.7,
  '171': 5,
  '193': 20,
  '211': 7,
  '304': 0.1,
  '335': 0.4,
  '1600': 10,
  '1700': 220,
  '4500': 4000,
};

/** Of channels that are in no such table, in their own unit. */
const OTHER_FLOOR = 1;

/** The 14-bit ceiling of the camera. */
const CEILING_DN = 16383;

function floorOf(name: string): number {
  const channel = CHANNELS.find((candidate) => candidate.name === name);
  const rate = FLOORS[name];
  return rate === undefined ? OTHER_FLOOR : rate * (channel?.nominalExposureSeconds ?? 1);
}

/** The corona in the whole range: what log1p spends on values that are noise, this gives to the others. */
export const log: TransformKind = {
  name: 'log',
  formula: 'y = ln(clip(x, floor, ceiling) / floor) / ln(ceiling / floor)',
  inverseFormula: 'x = floor * exp(y * ln(ceiling / floor))',
  version: 1,
  defaults: (channel) => ({ floor: floorOf(channel), ceiling: CEILING_DN }),
  domain: ({ floor, ceiling }) => [floor!, ceiling!],
  forward: (value, { floor, ceiling }) => Math.log(value / floor!) / Math.log(ceiling! / floor!),
  inverse: (value, { floor, ceiling }) => floor! * Math.exp(value * Math.log(ceiling! / floor!)),
};
