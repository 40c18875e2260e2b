/** QUALITY of AIA level 1: bits and their meanings as in JSOC's pipeline (quallev1.h). */
import { numberOf, type Rule } from './types.ts';

/** All bits but 0-4 and 8, which say that a calibration was late or that few values are missing. */
const REJECT_MASK = 0xfffffee0;
const NRT_BIT = 0x40000000;

const MEANINGS: readonly [number, string][] = [
  [0x1, 'flat field missing'],
  [0x2, 'orbit data missing'],
  [0x4, 'ancillary science data missing'],
  [0x8, 'master pointing missing'],
  [0x10, 'limb-fit error'],
  [0x20, 'instrument anomaly'],
  [0x40, 'misconfiguration'],
  [0x80, 'camera anomaly'],
  [0x100, 'some values missing'],
  [0x200, 'more than 1 % of values missing'],
  [0x400, 'more than 5 % of values missing'],
  [0x800, 'more than 25 % of values missing'],
  [0x1000, 'attitude mode is not SCIENCE'],
  [0x2000, 'eclipse'],
  [0x4000, 'Sun not present'],
  [0x8000, 'safe mode'],
  [0x10000, 'dark frame'],
  [0x20000, 'image stabilisation loop open'],
  [0x40000, 'calibration frame'],
  [0x80000, 'HMI calibration mode'],
  [0x100000, 'focus out of range'],
  [0x200000, 'register flag set'],
  [0x400000, 'HMI thermal recovery'],
  [0x800000, 'HMI lunar transit'],
  [0x1000000, 'hard shadow: occultation'],
  [0x2000000, 'light absorbed by the Earth’s atmosphere'],
  [0x40000000, 'near-real-time product'],
  [0x80000000, 'no image'],
];

export const quality: Rule = {
  name: 'quality',
  summary: 'bits of QUALITY that make a frame unusable',
  stage: 'header',
  sense: 'at most',
  limit: () => 0,
  measure({ frame, header, options }) {
    const word = numberOf(header, 'QUALITY') ?? frame.quality ?? null;
    if (word === null) return { score: null };
    const bits = word >>> 0;
    const mask = options.strict ? 0xffffffff : REJECT_MASK;
    const applied = options.nrt ? mask & ~NRT_BIT : mask;
    const note =
      bits === 0 ? undefined : `QUALITY 0x${bits.toString(16).padStart(8, '0')}: ${explainQuality(bits)}`;
    return { score: (bits & applied) >>> 0, note };
  },
};

/** The set bits of an AIA level-1 QUALITY word in words. */
export function explainQuality(word: number): string {
  const bits = word >>> 0;
  const known = MEANINGS.filter(([bit]) => (bits & bit) !== 0);
  const unknown = known.reduce((rest, [bit]) => (rest & ~bit) >>> 0, bits);
  const words = known.map(([, meaning]) => meaning);
  if (unknown !== 0) words.push(`unknown bits 0x${unknown.toString(16)}`);
  return words.join(', ');
}
