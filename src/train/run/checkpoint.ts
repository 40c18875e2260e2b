/**
 * Checkpoints: one safetensors file with everything that a run needs to go on (weights, averaged weights, moments,
 * counters, seed) and that a generator needs to be used (network, transform). No wall-clock time goes in, so equal
 * states are equal files.
 */
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isSunganError, SunganError } from '../../core/errors.ts';
import { writeAtomic } from '../../core/files.ts';
import type { Workspace } from '../../core/workspace.ts';
import type { TransformRecord } from '../../curate/index.ts';
import type { NetworkOptions } from '../assemble.ts';
import type { LabelFacts } from '../labels.ts';
import type { GanNetworks } from '../networks/network.ts';
import { type Counters, nameParts, type StateValues } from '../state.ts';
import type { Player } from '../steps/index.ts';
import { findRun, type RunFolder } from './folder.ts';
import { decodeSafetensors, encodeSafetensors, type NamedTensor } from './safetensors.ts';

const FORMAT = 'sungan-checkpoint-1';

export interface CheckpointFacts {
  network: NetworkOptions;
  /** Side of the images that are learnt now, and how far the newest layers of a growing network are faded in. */
  side: number;
  fade: number;
  counters: Counters;
  seed: number;
  dataset: {
    name: string;
    hash: string;
    transforms: readonly TransformRecord[];
    simulated: boolean;
    /** Of a conditional network. */
    labels?: LabelFacts | undefined;
  };
}

export interface Checkpoint extends CheckpointFacts {
  path: string;
  /** Flat state vectors by name. */
  values: StateValues;
}

export async function writeCheckpoint(
  folder: RunFolder,
  networks: GanNetworks,
  facts: CheckpointFacts,
  values: StateValues,
): Promise<string> {
  const tensors = new Map<string, NamedTensor>();
  for (const [name, data] of values) {
    const parameters = networks[name.split('/')[0] as Player];
    for (const [part, shape, slice] of nameParts(name, data, parameters))
      tensors.set(part, { shape, data: slice });
  }
  const { network, side, fade, counters, seed, dataset } = facts;
  const metadata = {
    format: FORMAT,
    note: 'Weights of a generative model. What it makes is not an observation of the Sun.',
    network: JSON.stringify(network),
    side: String(side),
    fade: String(fade),
    counters: JSON.stringify(counters),
    seed: String(seed),
    dataset: JSON.stringify(dataset),
  };
  const path = join(folder.checkpoints, `${String(counters.step).padStart(8, '0')}.safetensors`);
  await writeAtomic(path, encodeSafetensors({ tensors, metadata }));
  return path;
}

/** Names of the checkpoints of a run, oldest first. */
export async function listCheckpoints(folder: RunFolder): Promise<string[]> {
  const names = await readdir(folder.checkpoints).catch(() => []);
  return names.filter((name) => /^\d{8,}\.safetensors$/.test(name)).sort();
}

/** Path of the newest one, unread. */
export async function newestCheckpoint(folder: RunFolder): Promise<string | undefined> {
  const newest = (await listCheckpoints(folder)).at(-1);
  return newest === undefined ? undefined : join(folder.checkpoints, newest);
}

/** The newest one; when it is damaged the error names the way to go on from the newest that can be read. */
export async function readLatestCheckpoint(folder: RunFolder): Promise<Checkpoint | undefined> {
  const paths = (await listCheckpoints(folder)).map((name) => join(folder.checkpoints, name));
  const newest = paths.pop();
  if (newest === undefined) return undefined;
  try {
    return await readCheckpoint(newest);
  } catch (cause) {
    if (!isSunganError(cause)) throw cause;
    const older = await newestReadable(paths);
    const remedy = older
      ? `the newest before it that can be read: --resume ${older} (or --checkpoint, --from)`
      : 'no older checkpoint of this run can be read; begin a new run';
    throw new SunganError(cause.kind, cause.message, { where: newest, remedy, cause });
  }
}

async function newestReadable(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths.toReversed()) {
    if (await readCheckpoint(path).catch(() => undefined)) return path;
  }
  return undefined;
}

/** A checkpoint by its file, or the newest of a run (its folder, its name, its number, 'latest'). */
export async function findCheckpoint(workspace: Workspace, wanted: string): Promise<Checkpoint> {
  if (wanted.endsWith('.safetensors')) return readCheckpoint(wanted);
  const folder = await findRun(workspace, wanted);
  const checkpoint = await readLatestCheckpoint(folder);
  if (checkpoint) return checkpoint;
  throw new SunganError('data', 'this run has no checkpoint yet', { where: folder.directory });
}

export async function readCheckpoint(path: string): Promise<Checkpoint> {
  const { tensors, metadata } = decodeSafetensors(await readFile(path), path);
  if (metadata['format'] !== FORMAT) {
    throw new SunganError('format', 'not a checkpoint of this program', { where: path });
  }
  return {
    path,
    network: JSON.parse(metadata['network']!) as NetworkOptions,
    side: Number(metadata['side']),
    fade: Number(metadata['fade']),
    counters: JSON.parse(metadata['counters']!) as Counters,
    seed: Number(metadata['seed']),
    dataset: JSON.parse(metadata['dataset']!) as CheckpointFacts['dataset'],
    values: joinParts(tensors),
  };
}

/** Removes all but the newest `keep` checkpoints. */
export async function pruneCheckpoints(folder: RunFolder, keep: number): Promise<void> {
  if (keep === 0) return;
  const names = await listCheckpoints(folder);
  for (const name of names.slice(0, -keep)) await rm(join(folder.checkpoints, name), { force: true });
}

/** `generator/weights/<parameter>` tensors in file order -> one flat vector a state. */
function joinParts(tensors: ReadonlyMap<string, NamedTensor>): StateValues {
  const parts = new Map<string, Float32Array[]>();
  for (const [name, { data }] of tensors) {
    const state = name.split('/').slice(0, 2).join('/');
    parts.set(state, [...(parts.get(state) ?? []), data]);
  }
  const values: StateValues = new Map();
  for (const [state, list] of parts) {
    const flat = new Float32Array(list.reduce((total, data) => total + data.length, 0));
    let begin = 0;
    for (const data of list) {
      flat.set(data, begin);
      begin += data.length;
    }
    values.set(state, flat);
  }
  return values;
}
