/** Whether a frame is worth a look at its neighbours. The verdict that counts is curation's. */
import type { HeaderFacts } from './facts.ts';

/** All bits but those that only say that something small is missing (0-4 and 8); JSOC's quallev1.h. */
const AIA_BAD = 0xfffffee0;

/** HMI observables: 0, or 0x400 (no cosmic-ray list), are fit for use. */
const HMI_HARMLESS = 0x400;

/** Shortest automatic exposure that counts as nominal, in seconds (limits of JSOC's aia_slot.c). */
const SHORT_BELOW: Record<number, number> = {
  94: 2.8,
  131: 2.8,
  171: 1.931,
  193: 1.931,
  211: 2.8,
  304: 2.8,
  335: 2.8,
  1600: 2.8,
  1700: 0.966,
  4500: 0.483,
};

type FlagFacts = Pick<HeaderFacts, 'product' | 'wavelength' | 'quality' | 'exposureSeconds'>;

export function isGoodFrame({ product, wavelength, quality, exposureSeconds }: FlagFacts): boolean {
  if (product?.startsWith('hmi.')) return quality !== null && (quality & ~HMI_HARMLESS) === 0;
  const isShort = exposureSeconds !== null && exposureSeconds < (SHORT_BELOW[wavelength] ?? 0);
  return quality !== null && (quality & AIA_BAD) === 0 && !isShort;
}
