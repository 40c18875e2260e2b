/** A run of `train`: its averaged generator, one picture a seed. */
import { readdir } from 'node:fs/promises';
import { basename, isAbsolute, join, resolve } from 'node:path';
import { SunganError } from '../../core/errors.ts';
import { exists, sha256OfFile } from '../../core/files.ts';
import type { Workspace } from '../../core/workspace.ts';
import { type Dataset, openDataset, restoreTransform } from '../../curate/index.ts';
import { openGenerator, openRun, type Run } from '../../train/index.ts';
import { type Source, type SourceKind, UNKNOWN_TRANSFORM } from './source.ts';

export const METRICS_FILE = 'metrics.jsonl';

/** Pictures of seed s have the latents of s * stride onwards, so that the pictures of two seeds never meet. */
const SEED_STRIDE = 1_000_000;

export const runSource: SourceKind = {
  what: 'a run',
  async open(name, { workspace, checkpoint }) {
    const directory = await locateRun(name, workspace);
    return directory === undefined ? undefined : sourceOfRun(directory, workspace, checkpoint);
  },
};

/** The folder of a run by its path, its name, its number, or `latest`. */
export async function findRun(name: string, workspace: Workspace): Promise<string> {
  const directory = await locateRun(name, workspace);
  if (directory) return directory;
  const names = await runNames(workspace);
  throw new SunganError('usage', `no run '${name}'`, {
    where: workspace.runs,
    remedy: names.length > 0 ? `there are ${names.join(', ')}` : 'train one with `sungan train`',
  });
}

async function locateRun(name: string, workspace: Workspace): Promise<string | undefined> {
  if (await exists(join(name, 'options.json'))) return resolve(name);
  const names = await runNames(workspace);
  const wanted =
    name === 'latest' ? names.at(-1) : names.find((run) => run === name || numberOf(run) === Number(name));
  return wanted === undefined ? undefined : join(workspace.runs, wanted);
}

async function runNames({ runs }: Workspace): Promise<string[]> {
  const names = await readdir(runs).catch(() => []);
  return names.filter((name) => /^\d{4,}-/.test(name)).sort((a, b) => numberOf(a) - numberOf(b));
}

const numberOf = (run: string) => Number(run.split('-', 1)[0]);

/** What `--real` is when only a run is given: its data set, by path where it is known, else by name. */
export async function datasetOfRun(directory: string, workspace: Workspace): Promise<string> {
  const run = await openRun(directory);
  const folder = await datasetFolder(run, workspace);
  if (folder) return folder;
  throw new SunganError('data', `the data set '${run.dataset.name}' of this run is not in the workspace`, {
    where: directory,
    remedy: 'say what to judge against with --real, or point --workspace to where the data set is',
  });
}

/** The data set a run was trained on, where it is still there. */
export async function openDatasetOfRun(run: Run, workspace: Workspace): Promise<Dataset | undefined> {
  const folder = await datasetFolder(run, workspace);
  return folder === undefined ? undefined : openDataset(folder);
}

async function datasetFolder(run: Run, workspace: Workspace): Promise<string | undefined> {
  const given = String(run.options['data'] ?? '');
  const candidates = [join(workspace.datasets, run.dataset.name), ...(isAbsolute(given) ? [given] : [])];
  for (const folder of candidates) if (await exists(join(folder, 'manifest.json'))) return folder;
  return undefined;
}

async function sourceOfRun(
  directory: string,
  workspace: Workspace,
  checkpoint: string | undefined,
): Promise<Source> {
  const run = await openRun(directory);
  const dataset = await openDatasetOfRun(run, workspace);
  const generator = await openGenerator(directory, { checkpoint });
  const { resolution, channels } = generator;
  const checkpointHash = await sha256OfFile(generator.checkpoint);
  const label = basename(directory) + (checkpoint === undefined ? '' : `, ${basename(checkpoint)}`);
  const changed = dataset !== undefined && dataset.hash !== run.dataset.hash;
  // Of the checkpoint itself: the data set may be elsewhere by now, or curated anew by another transform.
  const transforms = generator.transforms.map(restoreTransform);
  const isKnown = transforms.length === channels;
  return {
    label,
    path: directory,
    generated: true,
    simulated: run.dataset.simulated,
    hash: checkpointHash,
    kimg: generator.seenImages / 1000,
    resolutions: [resolution],
    channels,
    channelNames: dataset?.channels,
    transforms: isKnown ? transforms : undefined,
    warnings: [
      ...(changed ? [`${run.dataset.name} has changed since ${label} was trained on it`] : []),
      ...(isKnown ? [] : [`${label} ${UNKNOWN_TRANSFORM}`]),
    ],
    images: ({ count, seed }) => ({
      label: `${label}, generated`,
      count,
      width: resolution,
      height: resolution,
      channels,
      identity: `${checkpointHash}/${seed}`,
      read: (indices) => generator.generate(indices.map((index) => seed * SEED_STRIDE + index)),
    }),
    close: () => generator.close(),
  };
}
