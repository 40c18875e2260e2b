/** Writing simulated frames into a folder laid out like the archive, with the ground truth beside them. */
import { join } from 'node:path';
import { type Effects, throwIfStopped } from '../core/effects.ts';
import { SunganError } from '../core/errors.ts';
import { exists, writeAtomic } from '../core/files.ts';
import { runCooperatively } from './cooperate.ts';
import { frameSteps } from './frame.ts';
import { type Label, labelOf } from './labels.ts';
import type { SimulateOptions } from './options.ts';
import { type ArchiveContents, MOST_SLOTS, plannedFrames, requireContents, slotCount } from './plan.ts';
import { type Product, pathOf } from './products.ts';
import { addTruth } from './truth.ts';

export interface SimulateReport {
  folder: string;
  /** Path of the ground truth, JSON. */
  labelsPath: string;
  written: number;
  /** Files that an earlier run had written. */
  kept: number;
  labels: Label[];
}

/** What the options ask for, checked: some slots, and not more than one run can do. */
export function contentsOf(options: SimulateOptions): ArchiveContents {
  const contents = requireContents({
    ...options,
    product: productOf(options),
    wavelengths: options.wavelength,
  });
  const slots = slotCount(contents);
  if (slots === 0)
    throw new SunganError('usage', `no slot of a cadence of ${options.cadence} lies in the range`, {
      where: '--from, --to, --cadence',
      remedy: 'slots are whole multiples of the cadence since 1970: give a longer range or a shorter cadence',
    });
  if (slots > MOST_SLOTS)
    throw new SunganError('usage', `${slots} frames are more than the ${MOST_SLOTS} of one run`, {
      where: '--from, --to, --cadence',
      remedy: 'give a shorter range, a longer cadence or fewer channels',
    });
  return contents;
}

/**
 * Writes every frame of the range to `folder`. Files are a function of the options, so a file that is there is kept: a
 * stopped run is completed by the next. `labels.json` is written first, so that no frame is ever without its truth.
 */
export async function simulateFolder(
  options: SimulateOptions,
  folder: string,
  effects: Effects,
): Promise<SimulateReport> {
  const contents = contentsOf(options);
  const frames = plannedFrames(contents);
  const labels = frames.map(({ id, planned }) => labelOf(id, planned));
  const labelsPath = await addTruth(folder, options, labels, effects.signal);

  const present = frames.filter(({ planned }) => planned !== 'absent');
  const progress = effects.progress('simulate', present.length, 'frames');
  let kept = 0;
  for (const { id, planned } of present) {
    throwIfStopped(effects.signal);
    const path = join(folder, ...pathOf(id).split('/'));
    if (await exists(path)) {
      kept++;
    } else {
      const fault = planned === 'absent' ? undefined : planned;
      const steps = frameSteps({
        id,
        seed: contents.seed,
        size: contents.size,
        fault,
        stepMs: contents.cadenceMs,
      });
      await writeAtomic(path, (await runCooperatively(steps, effects.signal)).bytes);
    }
    progress.advance(1, pathOf(id).split('/').at(-1));
  }
  progress.done();
  return { folder, labelsPath, written: present.length - kept, kept, labels };
}

function productOf({ product, level }: SimulateOptions): Product {
  if (product === 'hmi') return 'hmi';
  return level === '1' ? 'aia-level1' : 'aia-synoptic';
}
