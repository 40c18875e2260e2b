/** A data set of `curate`, one split of it: `aia-193`, `aia-193@validation`, or its folder. */
import { join, resolve } from 'node:path';
import type { Split } from '../../catalog/index.ts';
import { SunganError } from '../../core/errors.ts';
import { exists } from '../../core/files.ts';
import { type Dataset, openDataset } from '../../curate/index.ts';
import type { ImageSet } from '../image-set.ts';
import type { Source, SourceKind } from './source.ts';

/** Where a judged split has no frames, these stand in for it, with a warning. */
const STAND_INS: readonly Split[] = ['test', 'validation', 'train'];

export const datasetSource: SourceKind = {
  what: 'a data set',
  async open(spec, context) {
    for (const { name, split } of readingsOf(spec, context.split)) {
      for (const folder of [resolve(name), join(context.workspace.datasets, name)]) {
        if (await exists(join(folder, 'manifest.json')))
          return sourceOfDataset(await openDataset(folder), requireSplit(split));
      }
    }
    return undefined;
  },
};

/** A folder's name may hold an @ too: the whole is a name, or what stands behind the last one is a split. */
function readingsOf(spec: string, usual: string): { name: string; split: string }[] {
  const at = spec.lastIndexOf('@');
  const whole = { name: spec, split: usual };
  return at < 0 ? [whole] : [whole, { name: spec.slice(0, at), split: spec.slice(at + 1) }];
}

function requireSplit(name: string): Split {
  if (name === 'train' || name === 'validation' || name === 'test' || name === 'guard') return name;
  throw new SunganError('usage', `'${name}' is not a split`, {
    remedy: 'splits are train, validation and test',
  });
}

export function sourceOfDataset(dataset: Dataset, wanted: Split): Source {
  const split = [wanted, ...STAND_INS].find((candidate) => dataset.indicesOf(candidate).length > 0) ?? wanted;
  const warnings =
    split === wanted
      ? []
      : [
          `${dataset.name} has no frames in its ${wanted} split: the ${split} split stands in for it${split === 'train' ? ', so a generator that memorises its training frames would score well' : ''}`,
        ];
  const other: Split = split === 'train' ? 'validation' : 'train';
  const part = (of: Split, resolution: number): ImageSet => {
    const indices = dataset.indicesOf(of);
    return {
      label: `${dataset.name}, ${of} split`,
      count: indices.length,
      width: resolution,
      height: resolution,
      channels: dataset.channels.length,
      identity: `${dataset.hash}/${of}/${resolution}`,
      read: (chosen) =>
        dataset.readFloat(
          resolution,
          chosen.map((index) => indices[index]),
        ),
    };
  };
  return {
    label: `${dataset.name}, ${split} split`,
    path: dataset.directory,
    generated: false,
    simulated: dataset.simulated,
    hash: dataset.hash,
    kimg: null,
    resolutions: dataset.levels,
    channels: dataset.channels.length,
    channelNames: dataset.channels,
    transforms: dataset.transforms,
    warnings,
    images: ({ resolution }) => part(split, resolution),
    others({ resolution }) {
      const set = part(other, resolution);
      return set.count > 0 ? set : undefined;
    },
    training({ resolution }) {
      const set = part('train', resolution);
      return split !== 'train' && set.count > 0 ? set : undefined;
    },
    async close() {},
  };
}
