/** Which frames an archive has, and what is wrong with each: computed from its options, without drawing anything. */
import { SunganError } from '../core/errors.ts';
import { requireDuration, requireTime } from '../core/time.ts';
import { createRandom } from '../numeric/random.ts';
import { type FaultRates, type PlannedFault, planFault, resolveRates } from './faults/index.ts';
import { type FrameId, hmiSeriesOf, type Product } from './products.ts';
import { findChannel, WAVELENGTHS, type Wavelength } from './sun/index.ts';

export interface ArchiveContents {
  seed: number | string;
  /** Inclusive and exclusive ends, in the time system of the slots. */
  from: Date;
  to: Date;
  cadenceMs: number;
  product: Product;
  wavelengths: (Wavelength | 0)[];
  size: number;
  faults: FaultRates;
  /** Share of faults that the header does not tell. */
  unnoticed: number;
  /** Share of slots without a file. */
  absent: number;
}

export interface PlannedFrame {
  id: FrameId;
  planned: PlannedFault | 'absent' | undefined;
}

const FIRST_LIGHT = Date.UTC(2010, 4, 13);
const MIN_CADENCE_MS = 12_000;
const SECOND_MS = 1000;
const MINUTE_MS = 60_000;
/** Slots of one run or archive: they are planned in memory, some kilobytes each, and labels are one text. */
export const MOST_SLOTS = 1_500_000;

/** Checks what the caller asked for; times and durations as people write them. */
export function requireContents(options: {
  seed: number | string;
  from: string;
  to: string;
  cadence: string;
  product: Product;
  wavelengths: readonly number[];
  size: number;
  faults: FaultRates;
  unnoticed: number;
  absent: number;
}): ArchiveContents {
  const from = requireTime(options.from, '--from');
  const to = requireTime(options.to, '--to');
  if (to <= from)
    throw new SunganError('usage', 'the range of time is empty', {
      where: '--from, --to',
      remedy: 'give a later --to',
    });
  if (from.getTime() < FIRST_LIGHT) {
    throw new SunganError('usage', 'SDO data begin on 2010-05-13', {
      where: '--from',
      remedy: 'give a later --from',
    });
  }
  const cadenceMs = Math.round(requireDuration(options.cadence, '--cadence'));
  if (cadenceMs < MIN_CADENCE_MS)
    throw new SunganError('usage', 'shorter than 12 s, the cadence of AIA', { where: '--cadence' });
  if (cadenceMs % SECOND_MS !== 0)
    throw new SunganError('usage', 'names of files and T_REC have no fractions of a second', {
      where: '--cadence',
      remedy: 'give whole seconds',
    });
  if (options.product === 'aia-synoptic' && cadenceMs % MINUTE_MS !== 0) {
    throw new SunganError('usage', 'names of synoptic files have no seconds: frames would share them', {
      where: '--cadence',
      remedy: 'give whole minutes, or --level 1',
    });
  }
  const shares = Object.values(resolveRates(options.faults, options.product)).reduce(
    (sum, share) => sum + share,
    0,
  );
  if (shares > 1 || shares < 0)
    throw new SunganError('usage', 'fault rates add up to more than 1', { where: '--faults' });
  const wavelengths = hmiSeriesOf(options.product)
    ? [0 as const]
    : [...new Set(options.wavelengths.map(requireWavelength))];
  if (wavelengths.length === 0)
    throw new SunganError('usage', 'no channel was named', {
      where: '--wavelength',
      remedy: `choose among ${WAVELENGTHS.join(', ')}`,
    });
  return { ...options, from, to, cadenceMs, wavelengths };
}

function requireWavelength(value: number): Wavelength {
  const channel = findChannel(value);
  if (channel) return channel.wavelength;
  throw new SunganError('usage', `AIA has no channel at ${value} angstrom`, {
    where: '--wavelength',
    remedy: `choose among ${WAVELENGTHS.join(', ')}`,
  });
}

/** How many frames `plannedFrames` would plan, absent ones included. */
export function slotCount({ from, to, cadenceMs, wavelengths }: ArchiveContents): number {
  const slots = Math.ceil(to.getTime() / cadenceMs) - Math.ceil(from.getTime() / cadenceMs);
  return slots * wavelengths.length;
}

/** Every slot of the range, in order of time. */
export function plannedFrames(contents: ArchiveContents): PlannedFrame[] {
  const frames: PlannedFrame[] = [];
  const first = Math.ceil(contents.from.getTime() / contents.cadenceMs) * contents.cadenceMs;
  for (let time = first; time < contents.to.getTime(); time += contents.cadenceMs) {
    for (const wavelength of contents.wavelengths) {
      const id: FrameId = { product: contents.product, slot: new Date(time), wavelength };
      frames.push({ id, planned: planOf(contents, id) });
    }
  }
  return frames;
}

function planOf(contents: ArchiveContents, id: FrameId): PlannedFault | 'absent' | undefined {
  const random = createRandom(`${contents.seed}/absent/${id.product}/${id.wavelength}/${id.slot.getTime()}`);
  if (random.uniform() < contents.absent) return 'absent';
  return planFault(contents.seed, id, contents.faults, contents.unnoticed);
}
