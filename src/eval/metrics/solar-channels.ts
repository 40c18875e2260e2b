/** Which channels the solar quantities are defined for, and what must be known of the others. */
import type { Transform } from '../../curate/index.ts';
import { rangeOf } from '../image-set.ts';
import { BRIGHT_MEDIANS, DARK_MEDIANS } from '../measures/solar/regions.ts';
import type { Linear } from '../metric.ts';

/** Of which the thresholds of regions are, in angstrom and as data sets name it. */
const THRESHOLD_CHANNEL = '193';

/** Magnetograms of HMI, in gauss along the line of sight. */
const SIGNED_CHANNELS: ReadonlySet<string> = new Set(['hmi-m']);

/** The conversion with what the transforms and the data set know of the channels. */
export function linearOfChannels(
  convert: (values: Float32Array, channel: number) => Float32Array,
  transforms: readonly Transform[],
  names: readonly string[] | undefined,
): Linear {
  const channels = transforms.map((transform, i) => {
    const name = names?.[i];
    return { name, isSigned: isSigned(name, transform) };
  });
  return Object.assign(convert.bind(undefined), { channels });
}

/** A data set may keep intensities by a transform for both signs; only where no name is known it must tell alone. */
function isSigned(name: string | undefined, { domain }: Transform): boolean {
  return name === undefined ? domain[0] < 0 : SIGNED_CHANNELS.has(name);
}

/** Those of `count` channels that hold intensities: a logarithm and parts of a median mean nothing for a signed field. */
export function intensityChannels(linear: Linear, count: number): number[] {
  return rangeOf(count).filter((channel) => linear.channels?.[channel]?.isSigned !== true);
}

/** `hmi-m holds signed values`: why these channels are left out; undefined where all can be measured. */
export function signedReason(linear: Linear, count: number): string | undefined {
  const measured = intensityChannels(linear, count);
  const signed = rangeOf(count).filter((channel) => !measured.includes(channel));
  if (signed.length === 0) return undefined;
  const names = signed.map((channel) => linear.channels?.[channel]?.name ?? `channel ${channel + 1}`);
  return `needs intensities: ${names.join(', ')} ${signed.length === 1 ? 'holds' : 'hold'} signed values, for which flux in DN, coronal holes and the others are not defined`;
}

/** One for each measured channel that is known to be another than the thresholds were made for. */
export function thresholdWarnings(linear: Linear, count: number): string[] {
  return intensityChannels(linear, count).flatMap((channel) => {
    const name = linear.channels?.[channel]?.name;
    if (name === undefined || name === THRESHOLD_CHANNEL) return [];
    const words = /^\d+$/.test(name) ? `${name} Å` : name;
    return `active regions and coronal holes of ${words} are segmented by the thresholds of ${THRESHOLD_CHANNEL} Å (above ${BRIGHT_MEDIANS} and below ${DARK_MEDIANS} medians of the disk): compare them with their floors, do not take them for a catalogue of such regions`;
  });
}
