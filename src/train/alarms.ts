/** What goes wrong in adversarial training, seen from numbers. Pure. */
import { SunganError } from '../core/errors.ts';

/** A loss or score that is no number any more: nothing learnt after it is worth keeping. `lastGood`: path of a checkpoint. */
export function assertFinite(
  statistics: Readonly<Record<string, number>>,
  images: number,
  lastGood: string | undefined,
): void {
  const broken = Object.entries(statistics).find(([, value]) => !Number.isFinite(value));
  if (!broken) return;
  throw new SunganError('data', `training broke down: ${broken[0]} is ${broken[1]} after ${images} images`, {
    where: lastGood ?? 'before the first checkpoint',
    remedy: `${wayBack(lastGood)} with half the learning rates (--generator-rate, --discriminator-rate) or a larger --r1-gamma`,
  });
}

function wayBack(lastGood: string | undefined): string {
  return lastGood === undefined
    ? 'begin again'
    : `that checkpoint is the last good one; begin a new run by --from ${lastGood},`;
}

/** Mean over pixels of the standard deviation across images: how much a set varies. */
export function diversity(
  images: Float32Array,
  { channels, resolution }: { channels: number; resolution: number },
): number {
  const imageLength = channels * resolution ** 2;
  const count = images.length / imageLength;
  let total = 0;
  for (let pixel = 0; pixel < imageLength; pixel++) {
    let sum = 0;
    let squares = 0;
    for (let image = 0; image < count; image++) {
      const value = images[image * imageLength + pixel]!;
      sum += value;
      squares += value * value;
    }
    total += Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2));
  }
  return total / imageLength;
}

/** What a run remembers about how its samples varied, as a share of how the reals vary. */
export interface VarietyRecord {
  /** The largest share so far. */
  best: number;
  /** Ticks in a row in which samples hardly differed. */
  flatTicks: number;
}

export const INITIAL_VARIETY: VarietyRecord = { best: 0, flatTicks: 0 };

/** Below this share a generator makes one picture only. */
const FLAT_SHARE = 0.1;
/** A generator that once varied by this share and is flat now has collapsed; before, it may not have begun. */
const ALIVE_SHARE = 0.3;
const PATIENCE_TICKS = 3;
/** A generator that never began to vary within so many thousand images never will. */
const PATIENCE_KIMG = 200;

export function watchVariety(record: VarietyRecord, share: number): VarietyRecord {
  return { best: Math.max(record.best, share), flatTicks: share < FLAT_SHARE ? record.flatTicks + 1 : 0 };
}

/** Flat samples are not worth a checkpoint that would push out better ones. */
export function isFlat(record: VarietyRecord, kimg: number): boolean {
  return record.flatTicks > 0 && (record.best > ALIVE_SHARE || kimg > PATIENCE_KIMG);
}

export function hasCollapsed(record: VarietyRecord, kimg: number): boolean {
  return isFlat(record, kimg) && record.flatTicks >= PATIENCE_TICKS;
}

export function collapseError(kimg: number, lastGood: string | undefined): SunganError {
  return new SunganError(
    'data',
    `collapse: samples hardly differ any more, ${kimg.toFixed(1)} thousand images in`,
    {
      where: lastGood ?? 'before the first checkpoint',
      remedy: `${wayBack(lastGood)} with --augment translation,cutout, a lower --discriminator-rate or a larger --r1-gamma; --on-collapse warn goes on all the same`,
    },
  );
}
