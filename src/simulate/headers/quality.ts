/** Bits of the AIA level 1 QUALITY word (JSOC quallev1.h) that simulated frames can carry. */
export const QUALITY = {
  missingSome: 0x100,
  missing1Percent: 0x200,
  missing5Percent: 0x400,
  missing25Percent: 0x800,
  notScienceMode: 0x1000,
  eclipse: 0x2000,
  sunNotPresent: 0x4000,
  dark: 0x10000,
  issLoopOpen: 0x20000,
  hardShadow: 0x1000000,
  atmosphere: 0x2000000,
  nearRealTime: 0x40000000,
} as const;

/** The bits that the share of missing values sets, 0 to 1. */
export function missingBits(share: number): number {
  if (share <= 0) return 0;
  let bits: number = QUALITY.missingSome;
  if (share > 0.01) bits |= QUALITY.missing1Percent;
  if (share > 0.05) bits |= QUALITY.missing5Percent;
  if (share > 0.25) bits |= QUALITY.missing25Percent;
  return bits;
}

/** Bits of the HMI observables' QUALITY word (JSOC lev1.5_hmi QUALITY.txt) that simulated magnetograms can carry. */
export const HMI_QUALITY = {
  eclipse: 0x200,
  issLoopOpen: 0x4000,
  fewFiltergrams: 0x10000,
  noImage: 0x80000000,
} as const;
