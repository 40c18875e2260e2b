/** A run as its folder tells it, for reports and evaluation. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { exists } from '../core/files.ts';
import { listCheckpoints } from './run/checkpoint.ts';
import { readRunOptions, readStatistics, runFolder } from './run/folder.ts';

export interface Run {
  directory: string;
  /** `options.json`. */
  options: Record<string, unknown>;
  /** One object a tick. */
  stats: Record<string, number>[];
  /** Paths of the sample pictures, oldest first. */
  samples: string[];
  /** Path of the picture of training images, if written. */
  reals: string | undefined;
  checkpoints: string[];
  dataset: { name: string; hash: string; simulated: boolean };
}

export async function openRun(directory: string): Promise<Run> {
  const folder = runFolder(directory);
  const options = await readRunOptions(folder);
  const samples = (await readdir(folder.samples).catch(() => []))
    .filter((name) => name.endsWith('.png'))
    .sort();
  return {
    directory,
    options,
    stats: await readStatistics(folder),
    samples: samples.map((name) => join(folder.samples, name)),
    reals: (await exists(folder.reals)) ? folder.reals : undefined,
    checkpoints: (await listCheckpoints(folder)).map((name) => join(folder.checkpoints, name)),
    dataset: options['dataset'] as Run['dataset'],
  };
}
