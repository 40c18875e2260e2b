/** The curated dataset as training images: one level, the training split only. */
import { isAbsolute, join } from 'node:path';
import { SunganError } from '../../core/errors.ts';
import { exists } from '../../core/files.ts';
import type { Workspace } from '../../core/workspace.ts';
import { openDataset } from '../../curate/index.ts';
import type { LabelKind } from '../labels.ts';
import type { TrainingImages } from './images.ts';
import { labelFrames } from './labels.ts';
import { createBatchReader } from './reader.ts';

/** `wanted`: a dataset's name in the workspace, or its folder. */
export async function openTrainingImages(
  workspace: Workspace,
  wanted: string,
  resolution: number,
  label: LabelKind = 'none',
): Promise<TrainingImages> {
  const named = join(workspace.datasets, wanted);
  const directory = !isAbsolute(wanted) && (await exists(named)) ? named : wanted;
  const dataset = await openDataset(directory);
  if (!dataset.levels.includes(resolution)) {
    throw new SunganError('usage', `the dataset has no level of ${resolution} pixels`, {
      where: directory,
      remedy: `choose --resolution among ${dataset.levels.join(', ')}`,
    });
  }
  const indices = dataset.indicesOf('train');
  if (indices.length === 0) {
    throw new SunganError('data', 'the dataset has no frames in its training split', {
      where: directory,
      remedy: 'curate a longer time range: whole months go to one split',
    });
  }
  const reader = createBatchReader(dataset, resolution);
  return {
    name: dataset.name,
    resolution,
    channels: dataset.channels.length,
    count: indices.length,
    hash: dataset.hash,
    transforms: dataset.manifest.transforms,
    simulated: dataset.simulated,
    physical: dataset.transforms.map(({ inverse }, i) => ({ name: dataset.channels[i]!, inverse })),
    labels: label === 'none' ? undefined : await labelFrames(dataset, indices, label),
    read: (positions, side = resolution) =>
      reader.read(
        side,
        positions.map((position) => indices[position]!),
      ),
    close: () => reader.close(),
  };
}
