/** Reading a dataset: what the trainer and the evaluator enter by. */
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Split } from '../catalog/index.ts';
import { SunganError } from '../core/errors.ts';
import { sha256OfBytes } from '../core/files.ts';
import { formatTime } from '../core/time.ts';
import { decodeCoordinates, type FrameCoordinates } from './coordinates.ts';
import { MANIFEST_FILE, type Manifest, readManifest } from './manifest.ts';
import { createChunkReader } from './shard-reader.ts';
import { dequantise, restoreTransform, type Transform } from './transforms/index.ts';
import { decodeBlosc } from './zarr/blosc.ts';

export interface DatasetFrame {
  index: number;
  /** Of the catalog. */
  frameId: number;
  /** ISO 8601 UTC, of the observation. */
  time: string;
  split: Split;
  /** As taken; pixels are normalised to the nominal exposure. */
  exposureSeconds: number;
}

/** Imported pictures without a date in their name have this time. */
const NO_TIME_MS = 0;

export const isDated = ({ time }: Pick<DatasetFrame, 'time'>) => Date.parse(time) !== NO_TIME_MS;

export interface Dataset {
  readonly name: string;
  readonly directory: string;
  /** Pixels a side, descending, down to 4. */
  readonly levels: readonly number[];
  /** For people and for metrics: `['193']`. */
  readonly channels: readonly string[];
  readonly count: number;
  readonly frames: readonly DatasetFrame[];
  /** The transform of the first channel; `transforms` has one for each. */
  readonly transform: Transform;
  readonly transforms: readonly Transform[];
  /** Of the manifest: changes with every commit. */
  readonly hash: string;
  /** Made of simulated frames. */
  readonly simulated: boolean;
  readonly manifest: Manifest;
  /** Indices of the frames of a split, in the order of the dataset. */
  indicesOf(split: Split): number[];
  /** [n, C, size, size], row 0 = south; 0..65535 is 0..1 in transform space. */
  read(size: number, indices: readonly number[]): Promise<Uint16Array>;
  /** The same as values in [0, 1], transform space. */
  readFloat(size: number, indices: readonly number[]): Promise<Float32Array>;
}

/** Decoded frames are kept up to so many bytes: small levels then come from memory after the first epoch. */
const CACHE_BYTES = 256 * 2 ** 20;

/** Opens the dataset in `directory` as it was last committed; later appends are seen by opening again. */
export async function openDataset(directory: string): Promise<Dataset> {
  const manifest = await readManifest(directory);
  if (!manifest) {
    throw new SunganError('data', 'no dataset here', {
      where: directory,
      remedy: 'make one with `sungan curate`; `sungan status` lists those that are there',
    });
  }
  const hash = sha256OfBytes(await readFile(join(directory, MANIFEST_FILE)));
  const coordinates = await decodeCoordinates(manifest.count, (path) => readFile(join(directory, path)));
  const frames = coordinates.map(toFrame);
  const transforms = manifest.transforms.map(restoreTransform);
  const read = createReader(directory, manifest);
  return {
    name: manifest.name || basename(directory),
    directory,
    levels: manifest.levels,
    channels: manifest.recipe.channels,
    count: manifest.count,
    frames,
    transform: transforms[0]!,
    transforms,
    hash,
    simulated: manifest.simulated,
    manifest,
    indicesOf: (split) => frames.filter((frame) => frame.split === split).map((frame) => frame.index),
    read,
    readFloat: async (size, indices) => dequantise(await read(size, indices)),
  };
}

function toFrame(frame: FrameCoordinates, index: number): DatasetFrame {
  const { frameId, timeMs, split, exposureSeconds } = frame;
  return { index, frameId, time: formatTime(new Date(timeMs)), split, exposureSeconds };
}

function createReader(directory: string, manifest: Manifest): Dataset['read'] {
  const cache = new ByteCache(CACHE_BYTES);
  const chunks = createChunkReader(directory, manifest);
  const channels = manifest.recipe.channels.length;

  async function readFrame(size: number, index: number): Promise<Uint16Array> {
    const key = `${size}/${index}`;
    const cached = cache.get(key);
    if (cached) return cached;
    const chunk = await chunks.read(size, index);
    const pixels = decodeBlosc(chunk, channels * size * size, chunks.where(size, index));
    cache.put(key, pixels);
    return pixels;
  }

  return async (size, indices) => {
    if (!manifest.levels.includes(size)) {
      throw new SunganError('usage', `dataset '${manifest.name}' has no level of ${size} pixels`, {
        where: directory,
        remedy: `it has ${manifest.levels.join(', ')}`,
      });
    }
    const frameLength = channels * size * size;
    const result = new Uint16Array(indices.length * frameLength);
    for (const [i, index] of indices.entries()) {
      if (!(index >= 0 && index < manifest.count)) {
        throw new SunganError('usage', `dataset '${manifest.name}' has no frame ${index}`, {
          where: directory,
        });
      }
      result.set(await readFrame(size, index), i * frameLength);
    }
    return result;
  };
}

/** Least recently used out first. */
class ByteCache {
  private readonly limit: number;
  private bytes = 0;
  private readonly entries = new Map<string, Uint16Array>();

  constructor(limit: number) {
    this.limit = limit;
  }

  get(key: string): Uint16Array | undefined {
    const value = this.entries.get(key);
    if (!value) return undefined;
    this.entries.delete(key);
    this.entries.set(key, value);
    return value;
  }

  put(key: string, value: Uint16Array): void {
    if (value.byteLength > this.limit / 4 || this.entries.has(key)) return;
    this.entries.set(key, value);
    this.bytes += value.byteLength;
    for (const [oldest, held] of this.entries) {
      if (this.bytes <= this.limit) break;
      this.entries.delete(oldest);
      this.bytes -= held.byteLength;
    }
  }
}
