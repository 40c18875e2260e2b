/** The one-dimensional arrays beside the levels: one value a frame, uncompressed little-endian chunks. */
import type { Split } from '../catalog/index.ts';
import { SunganError } from '../core/errors.ts';
import type { CoordinateArray } from './zarr/metadata.ts';

export interface FrameCoordinates {
  frameId: number;
  /** Time of observation, milliseconds since 1970 UTC. */
  timeMs: number;
  split: Split;
  /** Exposure as taken, seconds; pixels are normalised to the nominal one. */
  exposureSeconds: number;
}

/** Stored as these numbers, named in the array's attributes (CF conventions, flag_values and flag_meanings). */
export const SPLITS: readonly Split[] = ['train', 'validation', 'test', 'guard'];

/** Appending rewrites at most one chunk of so many values. */
const CHUNK_LENGTH = 4096;

interface CoordinateKind {
  name: string;
  dataType: CoordinateArray['dataType'];
  bytes: number;
  attributes: Record<string, unknown>;
  put(view: DataView, offset: number, frame: FrameCoordinates): void;
  take(view: DataView, offset: number, frame: FrameCoordinates): void;
}

export const COORDINATES: readonly CoordinateKind[] = [
  {
    name: 'time',
    dataType: 'int64',
    bytes: 8,
    attributes: {
      standard_name: 'time',
      long_name: 'time of observation (T_OBS)',
      units: 'milliseconds since 1970-01-01T00:00:00',
      calendar: 'proleptic_gregorian',
    },
    put: (view, offset, frame) => view.setBigInt64(offset, BigInt(frame.timeMs), true),
    take: (view, offset, frame) => {
      frame.timeMs = Number(view.getBigInt64(offset, true));
    },
  },
  {
    name: 'frame_id',
    dataType: 'int64',
    bytes: 8,
    attributes: { long_name: 'id of the frame in the catalog' },
    put: (view, offset, frame) => view.setBigInt64(offset, BigInt(frame.frameId), true),
    take: (view, offset, frame) => {
      frame.frameId = Number(view.getBigInt64(offset, true));
    },
  },
  {
    name: 'split',
    dataType: 'uint8',
    bytes: 1,
    attributes: {
      long_name: 'part of the dataset',
      flag_values: SPLITS.map((_, index) => index),
      flag_meanings: SPLITS.join(' '),
    },
    put: (view, offset, frame) => view.setUint8(offset, SPLITS.indexOf(frame.split)),
    take: (view, offset, frame) => {
      frame.split = SPLITS[view.getUint8(offset)]!;
    },
  },
  {
    name: 'exposure_seconds',
    dataType: 'float64',
    bytes: 8,
    attributes: { long_name: 'exposure as taken; pixels are normalised to the nominal one', units: 's' },
    put: (view, offset, frame) => view.setFloat64(offset, frame.exposureSeconds, true),
    take: (view, offset, frame) => {
      frame.exposureSeconds = view.getFloat64(offset, true);
    },
  },
];

export function describeCoordinate(kind: CoordinateKind, length: number): CoordinateArray {
  return { dataType: kind.dataType, length, chunkLength: CHUNK_LENGTH, attributes: kind.attributes };
}

/** Files of the chunks that change when frames from `start` on are appended, by path inside the dataset. */
export function encodeCoordinates(all: readonly FrameCoordinates[], start: number): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  for (const kind of COORDINATES) {
    for (let chunk = Math.floor(start / CHUNK_LENGTH); chunk * CHUNK_LENGTH < all.length; chunk++) {
      const view = new DataView(new ArrayBuffer(CHUNK_LENGTH * kind.bytes));
      const frames = all.slice(chunk * CHUNK_LENGTH, (chunk + 1) * CHUNK_LENGTH);
      frames.forEach((frame, i) => {
        kind.put(view, i * kind.bytes, frame);
      });
      files.set(`${kind.name}/c/${chunk}`, new Uint8Array(view.buffer));
    }
  }
  return files;
}

function damaged(path: string, what: string, cause?: unknown): SunganError {
  return new SunganError('format', `a coordinate of the dataset is damaged: ${what}`, {
    where: path,
    remedy: 'delete the folder of the dataset and run curate again',
    cause,
  });
}

/** The frames' coordinates, read back with `readFile` (path inside the dataset). */
export async function decodeCoordinates(
  count: number,
  readFile: (path: string) => Promise<Uint8Array>,
): Promise<FrameCoordinates[]> {
  const frames: FrameCoordinates[] = Array.from({ length: count }, () => ({
    frameId: 0,
    timeMs: 0,
    split: 'train',
    exposureSeconds: 0,
  }));
  for (const kind of COORDINATES) {
    for (let chunk = 0; chunk * CHUNK_LENGTH < count; chunk++) {
      const path = `${kind.name}/c/${chunk}`;
      const bytes = await readFile(path).catch((cause) => {
        throw damaged(path, `cannot read it: ${cause.message}`, cause);
      });
      if (bytes.length !== CHUNK_LENGTH * kind.bytes)
        throw damaged(path, `${bytes.length} bytes in place of ${CHUNK_LENGTH * kind.bytes}`);
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const end = Math.min(count, (chunk + 1) * CHUNK_LENGTH);
      for (let i = chunk * CHUNK_LENGTH; i < end; i++) {
        kind.take(view, (i - chunk * CHUNK_LENGTH) * kind.bytes, frames[i]!);
      }
    }
  }
  return frames;
}
