/** Faults that real archives contain, planted by rate and seed. A new one is a function beside these and a row here. */
import { createRandom } from '../../numeric/random.ts';
import { type FrameId, hmiSeriesOf, isLevel1, type Product } from '../products.ts';
import { duplicate, html, truncated } from './file.ts';
import { blur, dark, offPoint, shortExposure, wrongWavelength } from './instrument.ts';
import { MAGNETOGRAM_FAULTS } from './magnetogram.ts';
import { eclipse, lunarTransit } from './shadows.ts';
import { missingBlocks, particleStorm } from './telemetry.ts';
import { type Evidence, FAULT_NAMES, type Fault, type FaultName, type PlannedFault } from './types.ts';

export { MAGNETOGRAM_FAULTS, type Magnetogram } from './magnetogram.ts';
export { type Evidence, FAULT_NAMES, type Fault, type FaultName, type PlannedFault } from './types.ts';

export const FAULTS: Record<FaultName, Fault> = {
  eclipse,
  'lunar-transit': lunarTransit,
  'off-point': offPoint,
  dark,
  'short-exposure': shortExposure,
  'missing-blocks': missingBlocks,
  'particle-storm': particleStorm,
  blur,
  'wrong-wavelength': wrongWavelength,
  truncated,
  html,
  duplicate,
};

/** Faults of one product: those of AIA's pictures that a magnetogram cannot have are left out; continuum has those of files. */
export function faultNamesOf(product: Product): readonly FaultName[] {
  if (!hmiSeriesOf(product)) return FAULT_NAMES;
  const ofFiles: readonly FaultName[] = ['truncated', 'html', 'duplicate'];
  const ofFields = product === 'hmi-continuum' ? {} : MAGNETOGRAM_FAULTS;
  return FAULT_NAMES.filter((name) => ofFiles.includes(name) || ofFields[name]);
}

/** One total share, split by the faults' weights, or a share for each named fault. */
export type FaultRates = number | Partial<Record<FaultName, number>>;

/** Share of frames for each fault; their sum must not exceed 1. */
export function resolveRates(rates: FaultRates, product: Product): Partial<Record<FaultName, number>> {
  if (typeof rates !== 'number') return rates;
  const names = faultNamesOf(product);
  const total = names.reduce((sum, name) => sum + FAULTS[name].weight, 0);
  return Object.fromEntries(names.map((name) => [name, (rates * FAULTS[name].weight) / total]));
}

/**
 * The fault of one frame, if any: a function of seed and frame alone, so that the order of requests does not matter.
 * `unnoticed` is the share of faults that the instrument did not report.
 */
export function planFault(
  seed: number | string,
  id: FrameId,
  rates: FaultRates,
  unnoticed: number,
): PlannedFault | undefined {
  const random = createRandom(`${seed}/fault/${id.product}/${id.wavelength}/${id.slot.getTime()}`);
  const noticed = random.uniform() >= unnoticed;
  let draw = random.uniform();
  const shares = resolveRates(rates, id.product);
  for (const name of faultNamesOf(id.product)) {
    draw -= shares[name] ?? 0;
    if (draw < 0) return { fault: FAULTS[name], noticed };
  }
  return undefined;
}

/** Where a planted fault shows in the finished file. */
export function evidenceOf({ fault, noticed }: PlannedFault, id: FrameId): Evidence {
  // Synoptic headers carry no count of spikes: a storm shows in the picture only.
  if (fault.name === 'particle-storm' && !isLevel1(id.product)) return 'pixels';
  return noticed ? fault.evidence.noticed : fault.evidence.unnoticed;
}
