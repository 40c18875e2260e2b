/**
 * Writing a dataset so that a kill at any moment leaves it as of some commit. A commit goes: every new file into
 * `.staging`, then the journal `.commit.json` (from here on the commit will happen), then the renames, the documents
 * and the manifest last, then the catalog's verdicts, then the journal is removed. `recover` finishes a commit whose
 * journal is there and throws away a staging folder without one.
 */
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Verdict } from '../catalog/index.ts';
import { SunganError } from '../core/errors.ts';
import { readJson, sha256OfParts, syncFolder, writeAtomic } from '../core/files.ts';
import { formatTime } from '../core/time.ts';
import { VERSION } from '../core/version.ts';
import { channelOf } from './channels.ts';
import { COORDINATES, describeCoordinate, encodeCoordinates, type FrameCoordinates } from './coordinates.ts';
import { encodeManifest, MANIFEST_FILE, type Manifest } from './manifest.ts';
import { encodeProvenance, type FrameProvenance } from './provenance.ts';
import { coordinateDocument, groupDocument, levelDocument, shardKey } from './zarr/metadata.ts';
import { decodeShardIndex, encodeShard, shardIndexBytes } from './zarr/shard.ts';

const STAGING = '.staging';
const JOURNAL = '.commit.json';

/** A frame ready to be stored: its chunk of every level, in the order of the manifest's levels. */
export interface EncodedFrame extends FrameCoordinates {
  chunks: Uint8Array[];
  /** Where its channels come from and what was done to them. */
  members: FrameProvenance['members'];
}

export interface Commit {
  frames: readonly EncodedFrame[];
  /** Of the frames above and of those that were rejected on the way. */
  verdicts: readonly Verdict[];
}

export interface DatasetState {
  manifest: Manifest;
  /** Of every committed frame. */
  coordinates: FrameCoordinates[];
}

interface Journal {
  /** Paths inside the dataset, in the order of their renames. */
  paths: string[];
  verdicts: Verdict[];
}

/** Brings the folder to the state of its last commit; true when a commit had to be finished. */
export async function recover(directory: string, record: (verdicts: Verdict[]) => void): Promise<boolean> {
  const journal = (await readJson(join(directory, JOURNAL))) as Journal | undefined;
  if (journal) {
    await moveIntoPlace(directory, journal.paths);
    record(journal.verdicts);
    await rm(join(directory, JOURNAL));
  }
  await rm(join(directory, STAGING), { recursive: true, force: true });
  return journal !== undefined;
}

/** Appends the frames and records the verdicts: all of it or nothing, whenever the process dies. */
export async function commit(
  directory: string,
  state: DatasetState,
  { frames, verdicts }: Commit,
  record: (verdicts: readonly Verdict[]) => void,
): Promise<DatasetState> {
  if (frames.length === 0) {
    record(verdicts);
    return state;
  }
  const start = state.manifest.count;
  const coordinates = [...state.coordinates, ...frames.map(withoutChunks)];
  const arrays: Files = new Map([
    ...(await encodeShards(directory, state.manifest, frames)),
    ...inOnePart(encodeCoordinates(coordinates, start)),
    ...inOnePart(await encodeProvenance(directory, start, frames.map(provenanceLine(start)))),
  ]);
  const manifest = appended(state.manifest, coordinates.length, arrays);
  const files: Files = new Map([...arrays, ...inOnePart(encodeDocuments(manifest))]);

  await stage(directory, files);
  const journal: Journal = { paths: [...files.keys()], verdicts: [...verdicts] };
  await writeAtomic(join(directory, JOURNAL), JSON.stringify(journal));
  await recover(directory, record);
  return { manifest, coordinates };
}

/** By path inside the dataset, in parts that follow one another: shards are not copied together in memory. */
type Files = Map<string, readonly Uint8Array[]>;

function inOnePart(files: ReadonlyMap<string, Uint8Array>): Files {
  return new Map([...files].map(([path, bytes]) => [path, [bytes]]));
}

/** Files of the shards that the new frames change; chunks of an unfilled last shard are carried over. */
async function encodeShards(
  directory: string,
  manifest: Manifest,
  frames: readonly EncodedFrame[],
): Promise<Files> {
  const files: Files = new Map();
  const dimensions = manifest.recipe.channels.length > 1 ? 4 : 3;
  for (const [level, size] of manifest.levels.entries()) {
    const capacity = manifest.framesPerShard[size]!;
    const held = manifest.count % capacity;
    let shard = Math.floor(manifest.count / capacity);
    const chunks = frames.map((frame) => frame.chunks[level]!);
    if (held > 0) {
      const path = join(directory, String(size), shardKey(shard, dimensions));
      chunks.unshift(...(await readChunks(path, capacity, held)));
    }
    for (let first = 0; first < chunks.length; first += capacity) {
      const path = `${size}/${shardKey(shard++, dimensions)}`;
      files.set(path, encodeShard(chunks.slice(first, first + capacity), capacity));
    }
  }
  return files;
}

async function readChunks(path: string, capacity: number, count: number): Promise<Uint8Array[]> {
  const bytes = new Uint8Array(await readFile(path));
  const ranges = decodeShardIndex(bytes.subarray(-shardIndexBytes(capacity)), capacity, path);
  return ranges.slice(0, count).map((range) => {
    if (!range) throw new SunganError('format', 'a committed frame is absent', { where: path });
    return bytes.subarray(range.offset, range.offset + range.length);
  });
}

function appended(manifest: Manifest, count: number, arrays: Readonly<Files>): Manifest {
  const files = { ...manifest.files };
  for (const [path, parts] of arrays) {
    const bytes = parts.reduce((sum, part) => sum + part.length, 0);
    files[path] = { bytes, sha256: sha256OfParts(parts) };
  }
  return { ...manifest, count, files: sortedByKey(files), madeBy: VERSION };
}

function sortedByKey<Value>(record: Record<string, Value>): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The `zarr.json` documents and, last, the manifest: until it is renamed the dataset has its old length. */
function encodeDocuments(manifest: Manifest): Map<string, Uint8Array> {
  const documents = new Map<string, object>();
  const isCube = manifest.recipe.channels.length > 1;
  for (const size of manifest.levels) {
    documents.set(
      `${size}/zarr.json`,
      levelDocument({
        shape: [manifest.count, ...(isCube ? [manifest.recipe.channels.length] : []), size, size],
        dimensionNames: ['frame', ...(isCube ? ['channel'] : []), `y_${size}`, `x_${size}`],
        framesPerShard: manifest.framesPerShard[size]!,
        attributes: levelAttributes(manifest, size),
      }),
    );
  }
  for (const kind of COORDINATES) {
    documents.set(`${kind.name}/zarr.json`, coordinateDocument(describeCoordinate(kind, manifest.count)));
  }
  documents.set('zarr.json', groupDocument(groupAttributes(manifest)));
  const encoder = new TextEncoder();
  const files = new Map<string, Uint8Array>();
  for (const [path, document] of documents)
    files.set(path, encoder.encode(`${JSON.stringify(document, null, 2)}\n`));
  files.set(MANIFEST_FILE, encoder.encode(encodeManifest(manifest)));
  return files;
}

function levelAttributes(manifest: Manifest, size: number): Record<string, unknown> {
  const isCube = manifest.recipe.channels.length > 1;
  const transforms = manifest.transforms.map(({ name, version, constants, formula, inverse }) => ({
    name,
    version,
    constants,
    formula,
    inverse,
  }));
  return {
    long_name: `solar disk, transformed intensity, ${size} pixels a side`,
    scale_factor: 1 / 65535,
    add_offset: 0,
    coordinates: COORDINATES.map((kind) => kind.name).join(' '),
    channels: manifest.recipe.channels,
    simulated: manifest.simulated,
    transform: isCube ? transforms : transforms[0],
    units_of_x: manifest.recipe.channels.map((name) => channelOf(name).unit),
    arcsec_per_pixel: (0.6 * 4096) / size,
    // Every disk is brought to this radius; the scale is that of a Sun which has it.
    ...(manifest.recipe.fixedRadiusArcsec === null
      ? {}
      : { solar_radius_arcsec: manifest.recipe.fixedRadiusArcsec }),
    orientation: 'row 0 is solar south, column 0 solar east; disk centre at (size - 1) / 2',
  };
}

function groupAttributes(manifest: Manifest): Record<string, unknown> {
  return {
    title: manifest.name,
    channels: manifest.recipe.channels,
    simulated: manifest.simulated,
    source: manifest.simulated ? 'SIMULATED frames: not observations' : 'Solar Dynamics Observatory',
    credit: manifest.simulated
      ? 'none: simulated'
      : 'Courtesy of NASA/SDO and the AIA, EVE, and HMI science teams',
    created_by: `sungan ${manifest.madeBy}`,
  };
}

async function stage(directory: string, files: Readonly<Files>): Promise<void> {
  const staging = join(directory, STAGING);
  await rm(staging, { recursive: true, force: true });
  try {
    for (const [path, parts] of files) {
      const target = join(staging, path);
      await mkdir(dirname(target), { recursive: true });
      const file = await open(target, 'wx');
      try {
        for (const part of parts) await file.writeFile(part);
        await file.sync();
      } finally {
        await file.close();
      }
    }
  } catch (cause) {
    await rm(staging, { recursive: true, force: true });
    throw new SunganError('io', `cannot write the dataset: ${(cause as Error).message}`, {
      where: directory,
      remedy: 'free some space and run the same command again: it goes on from the last commit',
      cause,
    });
  }
}

async function moveIntoPlace(directory: string, paths: readonly string[]): Promise<void> {
  const staging = join(directory, STAGING);
  const waiting = new Set((await readdir(staging, { recursive: true }).catch(() => [])).map(toSlashes));
  const folders = new Set<string>([directory]);
  for (const path of paths) {
    // What is not in staging any more was renamed before the kill.
    if (!waiting.has(path)) continue;
    const target = join(directory, path);
    await mkdir(dirname(target), { recursive: true });
    // The manifest makes the commit visible: everything before it must be durable first.
    if (path === MANIFEST_FILE) for (const folder of folders) await syncFolder(folder);
    await rename(join(staging, path), target);
    for (let folder = dirname(target); folder.length >= directory.length; folder = dirname(folder))
      folders.add(folder);
  }
  await syncFolder(directory);
}

const toSlashes = (path: string) => path.replaceAll('\\', '/');

const provenanceLine =
  (start: number) =>
  ({ timeMs, split, members }: EncodedFrame, i: number): FrameProvenance => ({
    index: start + i,
    time: formatTime(new Date(timeMs)),
    split,
    members,
  });

function withoutChunks({ frameId, timeMs, split, exposureSeconds }: EncodedFrame): FrameCoordinates {
  return { frameId, timeMs, split, exposureSeconds };
}
