/** Writing simulated frames into a folder laid out like the archive, with the ground truth beside them. */
import { join } from 'node:path';
import { type Effects, throwIfStopped } from '../core/effects.ts';
import { SunganError } from '../core/errors.ts';
import { exists, readJson, writeAtomic } from '../core/files.ts';
import { runCooperatively } from './cooperate.ts';
import { frameSteps } from './frame.ts';
import { type Label, labelOf } from './labels.ts';
import type { SimulateOptions } from './options.ts';
import { type ArchiveContents, plannedFrames, requireContents } from './plan.ts';
import { type Product, pathOf } from './products.ts';

export interface SimulateReport {
  folder: string;
  /** Path of the ground truth, JSON. */
  labelsPath: string;
  written: number;
  /** Files that an earlier run had written. */
  kept: number;
  labels: Label[];
}

const LABELS_FILE = 'labels.json';

export function contentsOf(options: SimulateOptions): ArchiveContents {
  return requireContents({ ...options, product: productOf(options), wavelengths: options.wavelength });
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
  const labelsPath = join(folder, LABELS_FILE);
  await writeTruth(labelsPath, options, labels);

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

/** What decides the bytes of a frame. Frames made with other values must not share a folder: their labels would lie. */
function recipeOf({ seed, size, faults, unnoticed, absent, cadence }: SimulateOptions) {
  return { seed, size, faults, unnoticed, absent, cadence };
}

/** Adds the labels of this range to those of earlier runs with the same recipe. */
async function writeTruth(path: string, options: SimulateOptions, labels: Label[]): Promise<void> {
  const recipe = recipeOf(options);
  const known = (await readJson(path)) as { recipe?: unknown; frames?: Label[] } | undefined;
  if (known !== undefined && JSON.stringify(known.recipe) !== JSON.stringify(recipe)) {
    throw new SunganError('usage', 'this folder holds frames that were simulated with other options', {
      where: path,
      remedy: 'choose another --out, or give the seed, size, cadence and rates that labels.json names',
    });
  }
  const byPath = new Map([...(known?.frames ?? []), ...labels].map((label) => [label.path, label]));
  const frames = [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  await writeAtomic(path, `${JSON.stringify({ simulated: true, recipe, frames }, null, 1)}\n`);
}

function productOf({ product, level }: SimulateOptions): Product {
  if (product === 'hmi') return 'hmi';
  return level === '1' ? 'aia-level1' : 'aia-synoptic';
}
