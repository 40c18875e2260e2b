/** QUALITY: of AIA level 1 the bits of JSOC's quallev1.h, of HMI observables those of QUALITY.txt beside the pipeline. */
import { numberOf, type Rule } from './types.ts';

/** AIA: all bits but 0-4 and 8, which say that a calibration was late or that few values are missing. */
const REJECT_MASK = 0xfffffee0;
const NRT_BIT = 0x40000000;

/** HMI: a missing list of cosmic-ray hits does no harm; anything else is a worse or an absent observable. */
const HMI_HARMLESS = 0x400;

const AIA_MEANINGS: readonly [number, string][] = [
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
  [0x80000, 'calibration mode'],
  [0x100000, 'focus out of range'],
  [0x200000, 'register flag set'],
  [0x400000, 'thermal recovery'],
  [0x800000, 'lunar transit'],
  [0x1000000, 'hard shadow: occultation'],
  [0x2000000, 'light absorbed by the Earth’s atmosphere'],
  [0x40000000, 'near-real-time product'],
  [0x80000000, 'no image'],
];

const HMI_MEANINGS: readonly [number, string][] = [
  [0x20, 'poor quality'],
  [0x80, 'processing error'],
  [0x100, 'special observing sequence'],
  [0x200, 'eclipse'],
  [0x400, 'no list of cosmic-ray hits'],
  [0x800, 'limb-fit error'],
  [0x1000, 'gap-filling trouble'],
  [0x2000, 'temperature missing'],
  [0x4000, 'image stabilisation loop open'],
  [0x8000, 'keywords interpolated'],
  [0x10000, 'few filtergrams in the interpolation'],
  [0x80000000, 'no image'],
];

export const quality: Rule = {
  name: 'quality',
  summary: 'bits of QUALITY that make a frame unusable',
  stage: 'header',
  sense: 'at most',
  limit: () => 0,
  measure({ frame, header, channel, options }) {
    const word = numberOf(header, 'QUALITY') ?? frame.quality ?? null;
    if (word === null) return { score: null };
    const bits = word >>> 0;
    const meanings = channel.instrument === 'HMI' ? HMI_MEANINGS : AIA_MEANINGS;
    const hex = `0x${bits.toString(16).padStart(8, '0')}`;
    const note = bits === 0 ? undefined : `QUALITY ${hex}: ${explainBits(bits, meanings)}`;
    return { score: (bits & maskOf(channel.instrument, options)) >>> 0, note };
  },
};

function maskOf(instrument: string, { strict, nrt }: { strict: boolean; nrt: boolean }): number {
  if (strict) return 0xffffffff;
  if (instrument === 'HMI') return ~HMI_HARMLESS;
  return nrt ? REJECT_MASK & ~NRT_BIT : REJECT_MASK;
}

/** The set bits in words. */
function explainBits(bits: number, meanings: readonly [number, string][]): string {
  const known = meanings.filter(([bit]) => (bits & bit) !== 0);
  const unknown = known.reduce((rest, [bit]) => (rest & ~bit) >>> 0, bits);
  const words = known.map(([, meaning]) => meaning);
  if (unknown !== 0) words.push(`unknown bits 0x${unknown.toString(16)}`);
  return words.join(', ');
}
