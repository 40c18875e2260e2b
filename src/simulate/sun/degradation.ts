/**
 * Loss of sensitivity since launch as smooth curves through the version 9 factors at a few dates (piecewise linear in
 * the logarithm). It serves to make simulated frames dim as real ones do; it is no calibration.
 */

import type { Wavelength } from './channels.ts';
import { decimalYear } from './cycle.ts';

const YEARS = [2010.4, 2012, 2014, 2016, 2018, 2021, 2026] as const;

const FACTORS: Record<Wavelength, readonly number[]> = {
  94: [1, 1.01, 0.882, 0.849, 0.911, 1.004, 1.0],
  131: [1, 0.82, 0.754, 0.636, 0.518, 0.519, 0.5],
  171: [1, 0.963, 0.858, 0.694, 0.719, 0.777, 0.76],
  193: [1, 0.954, 0.907, 0.813, 0.686, 0.529, 0.5],
  211: [1, 0.907, 0.813, 0.777, 0.661, 0.448, 0.42],
  304: [1, 0.295, 0.273, 0.092, 0.059, 0.059, 0.05],
  335: [1, 0.797, 0.449, 0.262, 0.221, 0.164, 0.15],
  1600: [1, 0.73, 0.623, 0.499, 0.431, 0.337, 0.3],
  1700: [1, 0.843, 0.851, 0.876, 0.867, 0.772, 0.75],
  4500: [1, 0.98, 0.96, 0.94, 0.92, 0.9, 0.88],
};

/** Sensitivity at `time` relative to launch, between 0 and about 1. */
export function degradationAt(wavelength: Wavelength, time: Date): number {
  const year = Math.min(YEARS.at(-1)!, Math.max(YEARS[0], decimalYear(time)));
  const next = Math.max(
    1,
    YEARS.findIndex((from) => from >= year),
  );
  const factors = FACTORS[wavelength];
  const share = (year - YEARS[next - 1]!) / (YEARS[next]! - YEARS[next - 1]!);
  return Math.exp(Math.log(factors[next - 1]!) * (1 - share) + Math.log(factors[next]!) * share);
}
