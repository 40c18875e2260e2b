/** `labels.json`: the ground truth of simulated frames, at the root of an archive, and in a folder, where every run adds to it. */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Lock, takeLock } from '../catalog/index.ts';
import { throwIfStopped } from '../core/effects.ts';
import { isSunganError, SunganError } from '../core/errors.ts';
import { readJson, writeAtomic } from '../core/files.ts';
import type { Label } from './labels.ts';
import type { SimulateOptions } from './options.ts';
import { MOST_SLOTS } from './plan.ts';

export const LABELS_FILE = 'labels.json';
/** Held while labels are read, merged and written: runs of neighbouring ranges may share a folder. */
const LOCK_FILE = '.labels.lock';
const RETRY_MS = 50;
const PATIENCE_MS = 60_000;

type Recipe = Record<'seed' | 'size' | 'faults' | 'unnoticed' | 'absent' | 'cadence', unknown>;

interface Truth {
  recipe: unknown;
  frames: Label[];
}

/** Adds the labels of this range to those of other runs with the same recipe; the path of the file. */
export async function addTruth(
  folder: string,
  options: SimulateOptions,
  labels: readonly Label[],
  signal: AbortSignal,
): Promise<string> {
  const path = join(folder, LABELS_FILE);
  const lock = await lockFolder(folder, signal);
  try {
    const recipe = recipeOf(options);
    const known = await readTruth(path);
    if (known && JSON.stringify(known.recipe) !== JSON.stringify(recipe)) {
      throw new SunganError('usage', 'this folder holds frames that were simulated with other options', {
        where: path,
        remedy: 'choose another --out, or give the seed, size, cadence and rates that labels.json names',
      });
    }
    const frames = merged(known?.frames ?? [], labels);
    if (frames.length > MOST_SLOTS)
      throw new SunganError('usage', `labels of ${frames.length} frames are too many for one file`, {
        where: path,
        remedy: 'choose another --out for this range',
      });
    await writeAtomic(path, truthText({ recipe, frames }));
  } finally {
    lock.release();
  }
  return path;
}

/** The text of `labels.json`. */
export function truthText({ recipe, frames }: Truth): string {
  return `${JSON.stringify({ simulated: true, recipe, frames }, null, 1)}\n`;
}

/** What decides the bytes of a frame. Frames made with other values must not share a folder: their labels would lie. */
export function recipeOf({
  seed,
  size,
  faults,
  unnoticed,
  absent,
  cadence,
}: Partial<Recipe>): Partial<Recipe> {
  return { seed, size, faults, unnoticed, absent, cadence };
}

function merged(known: readonly Label[], labels: readonly Label[]): Label[] {
  const byPath = new Map(known.map((label) => [label.path, label]));
  for (const label of labels) byPath.set(label.path, label);
  return [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function readTruth(path: string): Promise<Truth | undefined> {
  const content = await readJson(path).catch((cause: unknown) => {
    throw noTruth(path, (cause as Error).message, cause);
  });
  if (content === undefined) return undefined;
  const { recipe, frames } = (content ?? {}) as Partial<Truth>;
  if (!recipe || !Array.isArray(frames)) throw noTruth(path, 'no recipe, or no list of frames', undefined);
  return { recipe, frames };
}

function noTruth(where: string, message: string, cause: unknown): SunganError {
  return new SunganError('format', `no labels of simulated frames: ${message}`, {
    where,
    remedy:
      'choose another --out, or move that file away: its frames are kept, labels of ranges run again come back',
    cause,
  });
}

async function lockFolder(folder: string, signal: AbortSignal): Promise<Lock> {
  const began = performance.now();
  for (;;) {
    try {
      return takeLock(join(folder, LOCK_FILE), 'simulate', () => new Date());
    } catch (error) {
      if (!isBusy(error) || performance.now() - began > PATIENCE_MS) throw error;
    }
    throwIfStopped(signal);
    await delay(RETRY_MS);
  }
}

function isBusy(error: unknown): boolean {
  const code = isSunganError(error) ? (error.cause as { code?: string } | undefined)?.code : undefined;
  return code?.startsWith('SQLITE_BUSY') ?? false;
}
