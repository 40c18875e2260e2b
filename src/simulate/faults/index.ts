/** Faults that real archives contain, planted by rate and seed. A new one is a function beside these and a row here. */
import { createRandom, type Random } from '../../numeric/random.ts';
import { type FrameId, hmiSeriesOf, isLevel1, type Product } from '../products.ts';
import { duplicate, html, truncated } from './file.ts';
import { blur, dark, offPoint, shortExposure, wrongWavelength } from './instrument.ts';
import { MAGNETOGRAM_FAULTS } from './magnetogram.ts';
import { inSeason } from './seasons.ts';
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
  const shares = resolveRates(rates, id.product);
  const names = faultNamesOf(id.product);
  const drawn = pick(names, shares, random.uniform());
  if (drawn === undefined) return undefined;
  const hasSeasons = typeof rates === 'number' && names.includes('eclipse');
  const other = () => pickOther(names, random);
  return { fault: FAULTS[hasSeasons ? inSeason(drawn, id.slot, random, other) : drawn], noticed };
}

/** The name into whose share a draw of [0, 1) falls. */
function pick(
  names: readonly FaultName[],
  shares: Partial<Record<FaultName, number>>,
  draw: number,
): FaultName | undefined {
  let left = draw;
  return names.find((name) => {
    left -= shares[name] ?? 0;
    return left < 0;
  });
}

/** A fault that is no eclipse, by weight. */
function pickOther(names: readonly FaultName[], random: Random): FaultName {
  const others = names.filter((name) => name !== 'eclipse');
  const total = others.reduce((sum, name) => sum + FAULTS[name].weight, 0);
  const shares = Object.fromEntries(others.map((name) => [name, FAULTS[name].weight / total]));
  return pick(others, shares, random.fork('other').uniform()) ?? others[0]!;
}

/** Where a planted fault shows in the finished file. */
export function evidenceOf({ fault, noticed }: PlannedFault, id: FrameId): Evidence {
  // Synoptic headers carry no count of spikes: a storm shows in the picture only.
  if (fault.name === 'particle-storm' && !isLevel1(id.product)) return 'pixels';
  return noticed ? fault.evidence.noticed : fault.evidence.unnoticed;
}
