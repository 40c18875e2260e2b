/** `sungan verify`: whether files are still what the catalog and the manifests say. */
import { z } from 'zod';
import { type DatasetCheck, verifyDatasets } from '../../curate/index.ts';
import {
  type FaultyFrame,
  type FramesSummary,
  verifyFrames,
  verifyFramesOptions,
} from '../../ingest/index.ts';
import { defineCommand } from '../command.ts';

export default defineCommand({
  examples: [
    'sungan verify',
    'sungan verify frames --wavelength 193 --from 2017-01-01',
    'sungan verify frames --repair',
  ],
  positionals: ['what'],
  schema: z.strictObject({
    what: z
      .enum(['all', 'frames', 'datasets'])
      .default('all')
      .describe('all, or only frames, or only datasets'),
    ...verifyFramesOptions.shape,
  }),
  async run({ what, ...options }, { workspace, effects, jobs, dryRun }) {
    if (dryRun) return { text: `would read ${what} of ${workspace.root} and compare hashes`, data: { what } };
    const frames =
      what === 'datasets' ? undefined : await verifyFrames(options, { workspace, effects, jobs });
    const datasets = what === 'frames' ? [] : await verifyDatasets(workspace, effects, jobs);
    const faultyFrames = frames?.faulty ?? [];
    const isBad =
      datasets.some(({ faulty }) => faulty.length > 0) || faultyFrames.some(({ repaired }) => !repaired);
    return {
      text: [
        ...(frames ? describeFrames(frames) : []),
        ...datasets.flatMap(describeDataset),
        ...(what === 'datasets' && datasets.length === 0 ? ['no datasets yet'] : []),
      ].join('\n'),
      data: { frames: frames ?? null, datasets },
      exitCode: isBad ? 1 : faultyFrames.length > 0 ? 3 : 0,
    };
  },
});

function describeFrames({ files, bytes, faulty }: FramesSummary): string[] {
  const broken = faulty.filter(({ fault, repaired }) => fault !== 'unreadable' && !repaired).length;
  return [
    `frames: ${files} files, ${gigabytes(bytes)}, ${faulty.length} not as they were stored`,
    ...faulty.map(describeFrame),
    ...(broken > 0
      ? [`  -> sungan verify frames --repair, then the same sungan ingest as before: it fetches them again`]
      : []),
  ];
}

function describeFrame({ slot, path, fault, detail, repaired }: FaultyFrame): string {
  return `  ${slot} ${path}: ${fault}, ${detail}${repaired ? '; expected again' : ''}`;
}

function describeDataset({ name, files, bytes, faulty }: DatasetCheck): string[] {
  return [
    `dataset ${name}: ${files} files, ${gigabytes(bytes)}, ${faulty.length} not as the manifest says`,
    ...faulty.map(({ path, detail }) => `  ${path}: ${detail}`),
    ...(faulty.length > 0
      ? [
          `  -> delete its folder and make it again with the options on its card: the same frames give the same bytes`,
        ]
      : []),
  ];
}

const gigabytes = (bytes: number) => `${(bytes / 1e9).toPrecision(3)} GB`;
