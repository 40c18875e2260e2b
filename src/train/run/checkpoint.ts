/**
 * Checkpoints: one safetensors file with everything that a run needs to go on (weights, averaged weights, moments,
 * counters, seed) and that a generator needs to be used (network, transform). No wall-clock time goes in, so equal
 * states are equal files.
 */
import { readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isSunganError, SunganError } from '../../core/errors.ts';
import { makeFolder, writeAtomic } from '../../core/files.ts';
import type { Workspace } from '../../core/workspace.ts';
import { createNetworks } from '../assemble.ts';
import { formatShape, sameShape } from '../graph/index.ts';
import type { GanNetworks } from '../networks/network.ts';
import { type ParameterList, parameterCount } from '../networks/parameters.ts';
import { nameParts, type StateValues } from '../state.ts';
import type { Player } from '../steps/index.ts';
import { type CheckpointFacts, readFacts, unfit, writeFacts } from './facts.ts';
import { findRun, type RunFolder } from './folder.ts';
import { decodeSafetensors, encodeSafetensors, type NamedTensor } from './safetensors.ts';

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
  const path = join(folder.checkpoints, `${String(facts.counters.step).padStart(8, '0')}.safetensors`);
  await writeAtomic(path, encodeSafetensors({ tensors, metadata: writeFacts(facts) }));
  return path;
}

const NUMBERED = /^\d{8,}\.safetensors$/;

/** Names of the checkpoints of a run, oldest first. */
export async function listCheckpoints(folder: RunFolder): Promise<string[]> {
  const names = await readdir(folder.checkpoints).catch(() => []);
  return names.filter((name) => NUMBERED.test(name)).sort();
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

/** Throws `format` where the file is not whole: every weight of the network, in its shape, and all of them numbers. */
export async function readCheckpoint(path: string): Promise<Checkpoint> {
  const bytes = await readFile(path).catch((cause) => {
    throw new SunganError('io', `cannot read the checkpoint: ${(cause as Error).message}`, {
      where: path,
      remedy: 'give the path of a .safetensors file, or a run by its folder or number',
      cause,
    });
  });
  const { tensors, metadata } = decodeSafetensors(bytes, path);
  const facts = readFacts(metadata, path);
  return { path, ...facts, values: joinParts(tensors, createNetworks(facts.network, facts.side), path) };
}

/**
 * Moves the checkpoints that came after `step`, the best ones too, to `replaced/` in the run: it goes on from an older one, and
 * would else be resumed from what it no longer is. Gives their number.
 */
export async function setAsideLater({ directory }: RunFolder, step: number): Promise<number> {
  const folders = (await readdir(directory)).filter(
    (name) => name === 'checkpoints' || name.startsWith('best-'),
  );
  let moved = 0;
  for (const folder of folders) {
    const names = await readdir(join(directory, folder));
    for (const name of names.filter((each) => NUMBERED.test(each) && Number.parseInt(each, 10) > step)) {
      const place = join(directory, 'replaced', folder);
      await makeFolder(place);
      await rename(join(directory, folder, name), join(place, name));
      moved++;
    }
  }
  return moved;
}

/** Removes all but the newest `keep` checkpoints. */
export async function pruneCheckpoints(folder: RunFolder, keep: number): Promise<void> {
  if (keep === 0) return;
  const names = await listCheckpoints(folder);
  for (const name of names.slice(0, -keep)) await rm(join(folder.checkpoints, name), { force: true });
}

/** Named tensors -> one flat vector a state, whatever their order in the file. */
function joinParts(
  tensors: ReadonlyMap<string, NamedTensor>,
  networks: GanNetworks,
  path: string,
): StateValues {
  const values: StateValues = new Map();
  for (const name of tensors.keys()) {
    const [player, part, ...parameter] = name.split('/');
    const state = `${player}/${part}`;
    if (values.has(state)) continue;
    const data =
      parameter.length === 0
        ? tensors.get(name)!.data
        : joinParameters(tensors, state, networks[player as Player] ?? [], path);
    if (!data.every(Number.isFinite)) throw unfit(path, `'${state}' holds values that are no numbers`);
    values.set(state, data);
  }
  for (const state of [
    'generator/weights',
    'generator/average',
    'generator/styleAverage',
    'discriminator/weights',
  ])
    if (!values.has(state)) throw unfit(path, `'${state}' is missing`);
  return values;
}

function joinParameters(
  tensors: ReadonlyMap<string, NamedTensor>,
  state: string,
  parameters: ParameterList,
  path: string,
): Float32Array {
  const flat = new Float32Array(parameterCount(parameters));
  let begin = 0;
  for (const { name, shape } of parameters) {
    const tensor = tensors.get(`${state}/${name}`);
    if (!tensor || !sameShape(tensor.shape, shape))
      throw unfit(path, `'${state}/${name}' is missing or of another shape than ${formatShape(shape)}`);
    flat.set(tensor.data, begin);
    begin += tensor.data.length;
  }
  return flat;
}
